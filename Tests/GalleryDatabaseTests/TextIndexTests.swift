import GalleryTesting
import Testing

@testable import GalleryDatabase

struct TextIndexTests {
    private static let index = TextIndex("texts", columns: ["names", "tags", "body"])
    private static let migrations = [Migration("0001 texts", index.migrationStatement)]

    private func phrase(_ tokens: String..., open: Bool = false) -> [TextQuery.Phrase] {
        [TextQuery.Phrase(tokens: tokens, endsOpen: open)]
    }

    private func numbers(_ text: String) -> [Int] { text.split(separator: ",").compactMap { Int($0) }.sorted() }

    @Test(arguments: TestDatabase.all)
    func `terms, phrases, beginnings and columns narrow alike on both databases`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: Self.migrations) { database in
            try await database.write { db in
                try db.putText([["大模", "模型", "型"], ["nlp"], ["a", "b", "c"]], number: 1, in: Self.index)
                try db.putText([["qwen2", "5"], ["nlp", "|", "vision"], ["模型", "型"]], number: 2, in: Self.index)
                try db.putText([["bert", "|", "~ber", "~ert"], [], ["b", "a"]], number: 3, in: Self.index)
            }
            try await database.read { db throws in
                func found(_ terms: [TextQuery.Phrase]..., width: Int = 3) throws -> [Int] {
                    try numbers(db.textMatches(TextQuery(terms: terms), in: Self.index, width: width))
                }
                #expect(try found(phrase("模型")) == [1, 2])
                #expect(try found(phrase("模型"), width: 1) == [1])
                #expect(try found(phrase("大模", "模型")) == [1])
                #expect(try found(phrase("模", open: true)) == [1, 2])
                #expect(try found(phrase("qwen2", "5")) == [2])
                #expect(try found(phrase("5", "qwen2")) == [])
                #expect(try found(phrase("be", open: true)) == [3])
                #expect(try found(phrase("be")) == [])
                #expect(try found([TextQuery.Phrase(tokens: ["~ert", "~ber"], isOrdered: false)]) == [3])
                #expect(try found([TextQuery.Phrase(tokens: ["~ber", "~xyz"], isOrdered: false)]) == [])
                #expect(try found(phrase("nlp"), phrase("模型")) == [1, 2])
                #expect(try found(phrase("nlp"), phrase("模型"), width: 2) == [1])
                // Neither over a gap nor from one column into the next.
                #expect(try found(phrase("nlp", "vision")) == [])
                #expect(try found(phrase("5", "nlp")) == [])
                #expect(try found(phrase("b") + phrase("qwen2")) == [1, 2, 3])
                #expect(try found() == [])
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a document is replaced and removed, and quotes are harmless`(_ kind: TestDatabase) async throws {
        try await kind.run(migrations: Self.migrations) { database in
            try await database.write { db in
                try db.putText([["old"], [], []], number: 7, in: Self.index)
                try db.putText([["new'\\\"x"], [], []], number: 7, in: Self.index)
                try db.putText([["other"], [], []], number: 8, in: Self.index)
                try db.removeText(8, from: Self.index)
            }
            try await database.read { db throws in
                for (token, expected) in [("old", ""), ("new'\\\"x", "7"), ("other", "")] {
                    let query = TextQuery(terms: [[.init(tokens: [token], endsOpen: false)]])
                    #expect(try db.textMatches(query, in: Self.index, width: 3) == expected)
                }
            }
        }
    }
}
