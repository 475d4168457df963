import GalleryTesting
import Testing

@testable import GalleryMarket

struct WordFinderTests {
    private let finder = WordFinder(["敏感词", "违禁", "badword", "ass", "Ünal"])

    @Test(arguments: [
        "一个敏感词在这里", "敏 感 词", "敏\u{200B}感\u{FEFF}词", "敏*感_词", "敏\n感\t词", "敏🙂感-词", "违禁品", "BadWord", "b a d w o r d",
        "ｂａｄｗｏｒｄ", "ＢＡＤ　ＷＯＲＤ", "b.a.d-w_o/r*d", "ba\u{0301}dword", "𝐛𝐚𝐝𝐰𝐨𝐫𝐝", "ⓑⓐⓓword", "b\u{00AD}adword", "unal",
        "U\u{0308}NAL",
        "an ass!",
    ])
    func `a listed word is found however it is dressed up`(_ text: String) {
        #expect(!finder.hits(in: text).isEmpty)
    }

    @Test(arguments: [
        "", "敏感", "class assistant passage", "as sure as ever", "badwords", "词感敏", "一般的模型介绍", "mass", "assembly",
    ])
    func `what only looks alike is let be`(_ text: String) {
        #expect(finder.hits(in: text) == [])
    }

    @Test
    func `hits are told as they were written, each word once`() {
        let hits = finder.hits(in: "x 敏 感 词, 敏感词 and Bad-Word")
        #expect(hits.map(\.text) == ["敏 感 词", "Bad-Word"])
        #expect(hits.map(\.word) == ["敏感词", "badword"])
    }

    @Test
    func `words within words are found too`() {
        let finder = WordFinder(["禁止销售武器", "销售", "武器"])
        #expect(finder.hits(in: "这里禁止销售武器").map(\.word) == ["销售", "禁止销售武器", "武器"])
    }

    @Test
    func `a hundred kilobytes are read against thousands of words in a moment`() {
        let finder = WordFinder((0..<5000).map { "word\($0)zz" } + ["敏感词"])
        let text = String(repeating: "普通的介绍 with some English text. ", count: 3500) + "敏_感_词"
        let time = processorTime { #expect(finder.hits(in: text).map(\.word) == ["敏感词"]) }
        // Unoptimised; optimised it takes milliseconds.
        #expect(time < .seconds(3))
    }
}
