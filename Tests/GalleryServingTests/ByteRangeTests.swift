import GalleryServing
import Testing

struct ByteRangeTests {
    @Test(
        arguments: [
            ("bytes=0-0", 10, .part(0..<1)), ("bytes=2-5", 10, .part(2..<6)), ("bytes=2-", 10, .part(2..<10)),
            ("bytes=-3", 10, .part(7..<10)), ("bytes=-30", 10, .part(0..<10)), ("bytes=5-500", 10, .part(5..<10)),
            ("bytes=9-99999999999999999999999", 10, .part(9..<10)), ("bytes=10-", 10, .unsatisfiable),
            ("bytes=99999999999999999999999-", 10, .unsatisfiable), ("bytes=-0", 10, .unsatisfiable),
            ("bytes=0-", 0, .unsatisfiable),
            ("bytes=-5", 0, .unsatisfiable), ("bytes=5-2", 10, .whole), ("bytes=0-1,4-5", 10, .whole),
            ("items=0-1", 10, .whole),
            ("bytes=", 10, .whole), ("bytes=-", 10, .whole), ("bytes=a-b", 10, .whole), ("bytes=--1", 10, .whole),
            ("bytes=1-2-3", 10, .whole), ("bytes=+1-2", 10, .whole),
        ] as [(String, Int, ByteRange)]
    )
    func `a range header is read as RFC 9110 says`(header: String, size: Int, expected: ByteRange) {
        #expect(ByteRange(header: header, size: size) == expected)
    }

    @Test(arguments: [
        ("\"abc\"", true), ("W/\"abc\"", true), ("*", true), ("\"x\", \"abc\"", true), ("\"x\" , W/\"abc\" ", true),
        ("abc", false), ("\"abcd\"", false), ("", false),
    ])
    func `a tag is found in a list`(header: String, isListed: Bool) {
        #expect(EntityTag("abc").isListed(in: header) == isListed)
    }

    @Test func `names with quotes, line breaks and Chinese are carried safely`() {
        let disposition = ContentDisposition(.inline, fileName: "模型\"\r\n.bin")
        #expect(
            disposition.header == "inline; filename=\"_____.bin\"; filename*=UTF-8''%E6%A8%A1%E5%9E%8B%22%0D%0A.bin"
        )
    }

    @Test(arguments: ["index.html", "a.svg", "x.JS", "page.xhtml", "feed.xml"])
    func `nothing that a browser would run is served as what it is`(name: String) {
        #expect(MediaType.ofFile(named: name) == "text/plain; charset=utf-8")
    }
}
