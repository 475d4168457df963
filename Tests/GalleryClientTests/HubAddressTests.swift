import GalleryModel
import Testing

@testable import GalleryClient

@Suite struct HubAddressTests {
    @Test(arguments: [
        ("http://localhost:8080/", "http://localhost:8080", "http://localhost:8080"),
        ("HTTPS://Hub.Example:443/base/", "HTTPS://Hub.Example:443/base", "https://hub.example"),
        ("http://[::1]:80", "http://[::1]:80", "http://[::1]"),
    ]) func `an address has a base and an origin`(text: String, base: String, origin: String) throws {
        let address = try HubAddress(text)
        #expect(address.base == base)
        #expect(address.origin == origin)
    }

    @Test(arguments: ["", "localhost:8080", "ftp://x", "http://", "http://user@host", "http://a b"])
    func `anything else is refused`(text: String) {
        #expect(throws: HubError.self) { try HubAddress(text) }
    }

    @Test func `a repository is addressed by its kind`() {
        let model = RepoAddress(kind: .model, name: RepoName(owner: "ada", name: "tiny"))
        #expect(model.api == "/api/models/ada/tiny")
        #expect(model.web == "/ada/tiny")
        let app = RepoAddress(kind: .app, name: RepoName(owner: "ada", name: "a?b"))
        #expect(app.api == "/api/spaces/ada/a%3Fb")
        #expect(app.web == "/spaces/ada/a%3Fb")
    }

    @Test func `the next page is found among links`() {
        let links = ["<http://h/a?x=1>; rel=\"prev\"", "<http://h/a?x=2>; rel=\"next\""]
        #expect(HubClient.nextPage(links, seenAt: "http://h/a") == "http://h/a?x=2")
        #expect(HubClient.nextPage(["</b>; rel=\"next\""], seenAt: "http://h/a") == "http://h/b")
        #expect(HubClient.nextPage(["garbage"], seenAt: "http://h/a") == nil)
    }

    @Test(
        arguments: [
            (1, 500, nil, true, 1.0), (3, 503, nil, true, 4), (1, 429, "7", true, 7), (1, 429, "7", false, 7),
            (1, 500, nil, false, nil),
            (6, 500, nil, true, nil), (1, 404, nil, true, nil), (1, 501, nil, true, nil), (1, 429, "9999", true, nil),
            (1, 503, "soon", true, 1), (1, 503, "-1", true, 1), (1, 507, nil, true, nil),
        ] as [(Int, Int, String?, Bool, Double?)]
    )
    func `passing failures are repeated, with the patience the server asks for`(
        attempt: Int,
        status: Int,
        retryAfter: String?,
        mayRepeat: Bool,
        expected: Double?
    ) {
        let pause = RetryPolicy().pause(
            afterAttempt: attempt,
            status: status,
            retryAfter: retryAfter,
            mayRepeat: mayRepeat
        )
        #expect(pause == expected)
    }

    @Test func `parts must cover the file`() throws {
        let header = ["chunk_size": "10", "1": "u1", "02": "u2", "3": "u3"]
        let plan = try #require(try PartPlan(LargeFileBody.Action(href: "done", header: header), size: 25))
        #expect(plan.parts.map(\.offset) == [0, 10, 20])
        #expect(plan.parts.map(\.length) == [10, 10, 5])
        #expect(try PartPlan(LargeFileBody.Action(href: "put", header: ["Authorization": "x"]), size: 25) == nil)
        for size in [0, 10, 31, 1 << 60] as [Int64] {
            #expect(throws: HubError.self) {
                try PartPlan(LargeFileBody.Action(href: "done", header: header), size: size)
            }
        }
    }
}
