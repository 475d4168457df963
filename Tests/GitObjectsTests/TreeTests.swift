import GalleryModel
import GalleryTesting
import Testing

@testable import GitObjects

@Suite struct `Folders` {
    private static let one = GitObjectKind.blob.id(of: [1])
    private static let two = GitObjectKind.blob.id(of: [2])

    private func tree(_ names: [String], folders: Set<String> = []) -> Tree {
        Tree(names.map { TreeEntry(name: GitName($0), mode: folders.contains($0) ? .folder : .file, oid: Self.one) })
    }

    private func change(_ name: String, _ entry: (mode: FileMode, oid: GitOID)?) -> TreeChange {
        TreeChange(name: GitName(name), entry: entry)
    }

    @Test(
        arguments: [
            [1, 2, 3], Array("100644 a".utf8), Array("100644 a\0".utf8) + [1],
            Array("999999 a\0".utf8) + Array(repeating: 0, count: 20),
            Array("100644 \0".utf8) + Array(repeating: 0, count: 20),
            Array("100644 a/b\0".utf8) + Array(repeating: 0, count: 20),
            Array("100644 b\0".utf8) + Array(repeating: 0, count: 20) + Array("100644 a\0".utf8)
                + Array(repeating: 0, count: 20),
            Array("100644 a\0".utf8) + Array(repeating: 0, count: 20) + Array("100644 a\0".utf8)
                + Array(repeating: 0, count: 20),
        ] as [[UInt8]]
    )
    func `bytes that are no folder in git's form are refused`(bytes: [UInt8]) {
        #expect(throws: GitObjectError.malformedTree) { try Tree(bytes: bytes) }
    }

    @Test func `changes give the same folder as building it anew`() throws {
        let before = tree(["a", "b", "b.c", "d", "z"], folders: ["b"])
        let changes = [
            change("a", nil), change("b", (.file, Self.two)), change("c", (.file, Self.two)),
            change("zz", (.folder, Self.one)),
            change("unknown", nil),
        ]
        let after = before.applying(changes)
        let expected = Tree([
            TreeEntry(name: GitName("b"), mode: .file, oid: Self.two),
            TreeEntry(name: GitName("b.c"), mode: .file, oid: Self.one),
            TreeEntry(name: GitName("c"), mode: .file, oid: Self.two),
            TreeEntry(name: GitName("d"), mode: .file, oid: Self.one),
            TreeEntry(name: GitName("z"), mode: .file, oid: Self.one),
            TreeEntry(name: GitName("zz"), mode: .folder, oid: Self.one),
        ])
        #expect(after == expected)
        #expect(try Tree(bytes: after.bytes) == after)
        #expect(try before.applying(TreeChange.decode(TreeChange.encode(changes))) == after)
        #expect(before.applying(before.changes(to: after)) == after)
        #expect(after.applying(after.changes(to: before)) == before)
    }

    @Test func `random changes are found and applied`() throws {
        var generator = Randomness(seed: 7)
        for _ in 0..<200 {
            let (first, second) = (randomTree(&generator), randomTree(&generator))
            #expect(first.applying(first.changes(to: second)) == second)
            #expect(try Tree(bytes: second.bytes) == second)
        }
    }

    private func randomTree(_ generator: inout Randomness) -> Tree {
        var entries: [GitName: TreeEntry] = [:]
        for _ in 0..<Int.random(in: 0...30, using: &generator) {
            let name = GitName(
                (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                    "ab-.0".randomElement(using: &generator).map(String.init) ?? ""
                }.joined()
            )
            entries[name] = TreeEntry(
                name: name,
                mode: Bool.random(using: &generator) ? .file : .folder,
                oid: Bool.random(using: &generator) ? Self.one : Self.two
            )
        }
        return Tree(Array(entries.values))
    }

    @Test func `a folder of 100,000 files is changed quickly`() throws {
        let big = Tree((0..<100_000).map { TreeEntry(name: GitName("file-\($0).json"), mode: .file, oid: Self.one) })
        var after = big
        let time = processorTime {
            for number in 0..<10 { after = after.applying([change("file-\(number * 7919).json", (.file, Self.two))]) }
        }
        #expect(time < .seconds(2))
        #expect(big.changes(to: after).count == 10)
        #expect(after.entry(named: GitName("file-7919.json"))?.oid == Self.two)
    }
}

/// The same numbers in every run.
struct Randomness: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 33)
    }
}
