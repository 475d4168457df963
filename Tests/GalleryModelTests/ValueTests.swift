import GalleryModel
import Testing

@Suite struct `Values` {
    @Test func `a SHA-256 is read and printed as hexadecimal, whatever its case`() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(SHA256Digest.of([UInt8]()).hex == empty)
        #expect(SHA256Digest(empty.uppercased())?.hex == empty)
        #expect(SHA256Digest(bytes: SHA256Digest.of([1, 2, 3]).bytes) == SHA256Digest.of([1, 2, 3]))
    }

    @Test(arguments: ["", "abc", "zz", "é", String(repeating: "g", count: 64), String(repeating: "a", count: 63)])
    func `what is no digest is refused`(text: String) {
        #expect(SHA256Digest(text) == nil)
        #expect(GitOID(text) == nil)
    }

    // Test case 2 of RFC 4231.
    @Test func `a keyed hash is that of the standard`() {
        let mac = HMAC.sha256("what do ya want for nothing?".utf8, key: "Jefe".utf8)
        #expect(mac.hex == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test(arguments: ["a", "Model_1.0", "x-y", String(repeating: "n", count: 96)])
    func `a good name names a repository`(name: String) {
        #expect(RepoName.isValid(name))
    }

    @Test(arguments: [
        "", "-a", "a-", ".a", "a.", "a--b", "a..b", "a.git", "a b", "名", "a/b", String(repeating: "n", count: 97),
    ])
    func `a bad name names none`(name: String) {
        #expect(!RepoName.isValid(name))
    }

    @Test func `every kind is found by its address and by the clients' word`() {
        for kind in RepoKind.allCases {
            #expect(RepoKind(plural: kind.plural) == kind)
            #expect(RepoKind(hubType: kind.hubType) == kind)
        }
    }
}
