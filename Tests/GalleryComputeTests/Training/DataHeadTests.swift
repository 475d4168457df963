import Testing

@testable import GalleryCompute

struct DataHeadTests {
    private func head(_ text: String, _ path: String, isWhole: Bool = true) -> DataHead {
        DataHead(Array(text.utf8), of: path, isWhole: isWhole)
    }

    private func record(_ members: KeyValuePairs<String, String>) -> TrainingJSON {
        .object(members.map { .init(name: $0.key, value: .text($0.value)) })
    }

    @Test func `lines of JSON are records, empty lines are not`() {
        let head = head("\u{FEFF}{\"a\":\"1\"}\n\n{\"a\":\"2\"}", "x.jsonl")
        #expect(
            head.entries == [
                .init(place: .line(1), record: record(["a": "1"])), .init(place: .line(3), record: record(["a": "2"])),
            ]
        )
        #expect(head.fault == nil)
    }

    @Test func `the last line of a part is left out, since it may go on`() {
        #expect(head("{\"a\":\"1\"}\n{\"a\":\"2", "x.jsonl", isWhole: false).entries.count == 1)
        #expect(head("{\"a\":\"1\"}\n{\"a\":\"2", "x.jsonl").fault?.line == 2)
    }

    @Test func `a document holds its records in the one list that it has`() {
        #expect(
            head("{\"version\":1,\"data\":[{\"a\":\"1\"}]}", "x.json").entries.map(\.record) == [record(["a": "1"])]
        )
        #expect(head("{\"version\":1,\"data\":[{\"a\":\"1\"},{\"a", "x.json", isWhole: false).entries.count == 1)
        #expect(head("[{\"a\":\"1\"}, {\"a\":", "x.json").fault?.fault == .notJSON)
        #expect(head("{\"a\":[1],\"b\":[2]}", "x.json").fault?.fault == .noRecords)
    }

    @Test func `tables have columns from their first line`() {
        let head = head("q,a\r\n\"one, \"\"two\"\"\nlines\",yes\r\n3,no\r\n", "x.csv")
        #expect(
            head.entries.map(\.record) == [
                record(["q": "one, \"two\"\nlines", "a": "yes"]), record(["q": "3", "a": "no"]),
            ]
        )
        #expect(self.head("q,a\n1\n", "x.csv").fault?.fault == .unequalRows)
        #expect(self.head("q,q\n1,2\n", "x.csv").fault?.fault == .columnTwice)
        #expect(self.head("q,a\n1,\"2\n", "x.csv").fault?.fault == .notCSV)
        #expect(self.head("q,a\n1,2\n3,\"4", "x.csv", isWhole: false).entries.count == 1)
    }

    @Test func `plain text falls into paragraphs`() {
        let head = head("one\ntwo\n\n\nthree", "x.txt")
        #expect(
            head.entries == [
                .init(place: .line(1), record: record(["text": "one\ntwo"])),
                .init(place: .line(5), record: record(["text": "three"])),
            ]
        )
    }

    @Test func `what is no text says so`() {
        #expect(DataHead([0xFF, 0xFE, 0x00], of: "x.jsonl", isWhole: true).fault?.fault == .notText)
        #expect(DataHead([], of: "x.csv", isWhole: true).fault?.fault == .noRecords)
    }
}
