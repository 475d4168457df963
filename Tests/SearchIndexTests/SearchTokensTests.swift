import Testing

@testable import SearchIndex

struct SearchTokensTests {
    @Test func `words are lower-cased, without accents, cut at signs`() {
        #expect(
            SearchTokens.of("Qwen2.5-7B Instruct, naïve Ｆｕｌｌ") == ["qwen2", "5", "7b", "instruct", "naive", "full"]
        )
    }

    @Test func `ideographs are kept in overlapping pairs, the last one also alone`() {
        #expect(SearchTokens.of("大模型 v2") == ["大模", "模型", "型", "v2"])
        #expect(SearchTokens.of("图") == ["图"])
        #expect(SearchTokens.of("通义qwen模型") == ["通义", "义", "qwen", "模型", "型"])
    }

    @Test func `names are kept in pieces whatever stands between their letters`() {
        #expect(SearchTokens.pieces(of: "B-er_T") == ["~ber", "~ert"])
        #expect(SearchTokens.pieces(of: "模型") == [])
        #expect(SearchTokens.pieces(of: "ab") == [])
    }

    @Test func `two characters are one look-up, one is a beginning`() {
        #expect(SearchWish("模型").terms == [[.init(tokens: ["模型"], endsOpen: false)]])
        #expect(SearchWish("模").terms == [[.init(tokens: ["模"], endsOpen: true)]])
        #expect(SearchWish("大模型").terms == [[.init(tokens: ["大模", "模型"], endsOpen: false)]])
    }

    @Test func `a word is found whole, begun, or as a part of a name`() {
        #expect(
            SearchWish("Bert").terms == [
                [.init(tokens: ["bert"], endsOpen: true), .init(tokens: ["~ber", "~ert"], isOrdered: false)]
            ]
        )
        #expect(SearchWish("a").terms == [[.init(tokens: ["a"], endsOpen: false)]])
    }

    @Test func `mixed text is one phrase`() {
        #expect(SearchWish("千问qwen2").terms == [[.init(tokens: ["千问", "问", "qwen2"], endsOpen: true)]])
    }

    @Test(arguments: [
        "", "  ", "\"*()", "AND OR", "a\" OR \"b", "{names} : x", "'", "\\", "^\u{0}", "NEAR(a b)", "!!|&",
    ])
    func `operators and quotes are text like any other`(_ text: String) {
        for term in SearchWish(text).terms {
            for phrase in term {
                #expect(phrase.tokens.allSatisfy { $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "~" } })
            }
        }
    }

    @Test func `long texts and many terms are cut`() {
        #expect(SearchWish(String(repeating: "ab ", count: 500)).terms.count == 10)
        #expect(SearchTokens.of(String(repeating: "模", count: 9000), limit: 100).count == 100)
        #expect(SearchTokens.of(String(repeating: "x", count: 9000)) == [String(repeating: "x", count: 40)])
    }
}
