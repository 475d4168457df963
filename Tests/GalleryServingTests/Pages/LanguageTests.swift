import GalleryServing
import HTTPTypes
import Testing

struct LanguageTests {
    @Test(
        arguments: [
            (nil, .english), ("zh-CN,zh;q=0.9,en;q=0.8", .chinese), ("en-US,en;q=0.9,zh;q=0.8", .english),
            ("de,zh;q=0.7,en;q=0.3", .chinese), ("fr", .english), ("zha", .english),
            ("zh;q=0, en;q=0.1", .english), (";;q=,=,", .english),
        ] as [(String?, Language)]
    )
    func `pages speak the reader's language`(header: String?, language: Language) {
        #expect(Language.preferred(by: header) == language)
    }

    @Test func `what was chosen here counts more than what the browser prefers`() {
        #expect(Language.wanted(by: [.acceptLanguage: "en", .cookie: "a=b; lang=zh"]) == .chinese)
        #expect(Language.wanted(by: [.acceptLanguage: "zh", .cookie: "lang=en"]) == .english)
        #expect(Language.wanted(by: [.acceptLanguage: "zh", .cookie: "lang=klingon"]) == .chinese)
    }
}
