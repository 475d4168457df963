import Foundation
import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

struct WelcomeTests {
    @Test(
        arguments: [
            (nil, "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-US,en;q=0.9,zh;q=0.8", "en"),
            ("de,zh;q=0.7,en;q=0.3", "zh"), ("fr", "en"),
            ("zh;q=0, en;q=0.1", "en"), (";;q=,=,", "en"),
        ] as [(String?, String)]
    )
    func `the page speaks the reader's language`(header: String?, language: String) async throws {
        try await welcome(header.map { [.acceptLanguage: $0] } ?? [:]) { response in
            #expect(response.status == .ok)
            #expect(response.headers[.contentLanguage] == language)
            #expect(String(buffer: response.body).contains("<html lang=\"\(language)\">"))
        }
    }

    @Test func `nothing but the page's own style may run or load`() async throws {
        try await welcome([:]) { response in
            let page = String(buffer: response.body)
            let start = try #require(page.firstRange(of: "<style>")?.upperBound)
            let end = try #require(page.firstRange(of: "</style>")?.lowerBound)
            let hash = Data(SHA256Digest.of(page[start..<end].utf8).bytes).base64EncodedString()
            let policy = try #require(response.headers[.contentSecurityPolicy])
            #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-\(hash)'"))
            #expect(!page.contains("<script") && !page.contains("style="))
        }
    }

    private func welcome(_ headers: HTTPFields, _ check: @escaping @Sendable (TestResponse) throws -> Void) async throws
    {
        let edge = Edge(settings: Settings(), world: .fixed())
        try await Application(router: edge.router { _ in }).test(.router) { client in
            try await client.execute(uri: "/", method: .get, headers: headers) { try check($0) }
        }
    }
}
