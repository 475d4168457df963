import GalleryModel
import NIOCore
import Testing

@testable import GalleryHub

@Suite struct `Commit lines` {
    private func parse(_ text: String) throws -> CommitLine { try CommitLine(ByteBuffer(string: text)) }

    @Test func `a header carries the summary and the parent`() throws {
        guard
            case .header(let header) = try parse(
                #"{"key":"header","value":{"summary":"s","description":"","parentCommit":"abcde"}}"#
            )
        else { throw Unexpected() }
        #expect(header.summary == "s")
        #expect(header.parentCommit == "abcde")
    }

    @Test func `a file's base64 becomes its bytes`() throws {
        guard
            case .file(let path, let bytes) = try parse(
                #"{"key":"file","value":{"content":"aGk=","path":"中文/a.txt","encoding":"base64"}}"#
            )
        else { throw Unexpected() }
        #expect(path == "中文/a.txt")
        #expect(bytes == Array("hi".utf8))
    }

    @Test func `an lfs file may leave out its size`() throws {
        let oid = String(repeating: "ab", count: 32)
        guard
            case .largeFile("w.bin", let digest, nil) = try parse(
                #"{"key":"lfsFile","value":{"path":"w.bin","algo":"sha256","oid":"\#(oid)"}}"#
            )
        else { throw Unexpected() }
        #expect(digest.hex == oid)
    }

    @Test(arguments: [
        "", "[]", "{", #"{"key":"nothing","value":{}}"#, #"{"key":"file","value":{"path":"a"}}"#,
        #"{"key":"file","value":{"path":"a","content":"***","encoding":"base64"}}"#,
        #"{"key":"lfsFile","value":{"path":"a","oid":"abc","size":1}}"#,
        #"{"key":"lfsFile","value":{"path":"a","algo":"md5","oid":"\#(String(repeating: "ab", count: 32))","size":1}}"#,
        #"{"key":"lfsFile","value":{"path":"a","oid":"\#(String(repeating: "ab", count: 32))","size":-1}}"#,
    ])
    func `a malformed line is refused as the client's fault`(line: String) {
        #expect { try parse(line) } throws: { ($0 as? Problem)?.kind == .invalid }
    }

    @Test func `lines are found however the body is cut`() throws {
        let text = "one\ntwo\n\nfour"
        for size in 1...text.utf8.count {
            var reader = LineReader(maximumLineBytes: 10)
            var lines: [String] = []
            var rest = ByteBuffer(string: text)
            while rest.readableBytes > 0 {
                guard let chunk = rest.readSlice(length: min(size, rest.readableBytes)) else { break }
                try reader.append(chunk)
                while let line = try reader.nextLine() { lines.append(String(buffer: line)) }
            }
            if let last = reader.lastLine() { lines.append(String(buffer: last)) }
            #expect(lines == ["one", "two", "", "four"])
        }
    }

    @Test func `a line beyond the limit is refused before it is held whole`() throws {
        var reader = LineReader(maximumLineBytes: 8)
        try reader.append(ByteBuffer(string: "12345678"))
        #expect(try reader.nextLine() == nil)
        #expect(throws: Problem.self) {
            try reader.append(ByteBuffer(string: "9"))
            _ = try reader.nextLine()
        }
    }
}

private struct Unexpected: Error {}
