import Testing

@testable import GalleryClient

@Suite struct GlobTests {
    @Test(arguments: [
        ("*.json", "config.json", true), ("*.json", "data/a.json", true), ("*.json", "config.jsonl", false),
        ("data/*", "data/a/b.txt", true), ("data/", "data/a/b.txt", true), ("data/", "data", false),
        ("?.txt", "a.txt", true), ("?.txt", "ab.txt", false), ("[ab].txt", "b.txt", true),
        ("[!ab].txt", "b.txt", false),
        ("[a-c]*", "bcd", true), ("[", "[", true), ("[]]", "]", true), ("a[b", "a[b", true), ("", "", true),
        ("*", "", true),
        ("数据*.csv", "数据1.csv", true), ("*a*a*a*a*a*a*b", String(repeating: "a", count: 500), false),
        ("[z-a]", "b", false), ("Config.json", "config.json", false),
    ]) func `patterns match as the hub's Python client matches`(pattern: String, path: String, expected: Bool) {
        #expect(Glob(pattern).matches(path) == expected)
    }

    @Test func `exclude wins over include, and no include means all`() {
        let filter = PathFilter(include: ["*.json", "*.txt"], exclude: ["data/*"])
        #expect(filter.accepts("a.json"))
        #expect(!filter.accepts("data/a.json"))
        #expect(!filter.accepts("a.bin"))
        #expect(PathFilter(exclude: ["*.json"]).accepts("a.bin"))
    }
}
