import Foundation
import GalleryModel
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import GalleryClient

@Suite struct HubClientTests {
    private let repo = RepoAddress(kind: .model, name: RepoName(owner: "ada", name: "tiny"))

    @Test func `a busy server is asked again`() async throws {
        try await StubHub.run { _, _, index in
            index < 2
                ? .text(index == 0 ? .serviceUnavailable : .tooManyRequests, "", [.retryAfter: "1"])
                : .text(.ok, #"{"name":"ada","orgs":[{"name":"acme"}]}"#)
        } _: { hub in
            try await hub.withClient { client in
                let body = try await client.whoami()
                #expect(body.name == "ada")
                #expect(body.orgs.map(\.name) == ["acme"])
            }
            #expect(hub.seen.value.count == 3)
            #expect(hub.seen.value[2].authorization == "Bearer hf_test")
        }
    }

    @Test func `a refusal carries the server's sentence and request id`() async throws {
        try await StubHub.run { _, _, _ in
            var headers: HTTPFields = [:]
            for (name, value) in ["X-Error-Code": "RepoNotFound", "X-Request-Id": "r1"] {
                if let name = HTTPField.Name(name) { headers[name] = value }
            }
            return .text(.notFound, #"{"error":"Repository not found"}"#, headers)
        } _: { hub in
            try await hub.withClient { client in
                let expected = HubRefusal(
                    status: 404,
                    code: "RepoNotFound",
                    sentence: "Repository not found",
                    requestID: "r1"
                )
                await #expect(throws: HubError.refused(expected)) { try await client.repo(repo) }
            }
            #expect(hub.seen.value.count == 1)
        }
    }

    @Test func `pages are followed to the last, but not to another server`() async throws {
        let entry = #"[{"type":"file","path":"%","size":1,"oid":"0123456789012345678901234567890123456789"}]"#
        try await StubHub.run { request, _, _ in
            let host = request.head.authority ?? ""
            guard let link = HTTPField.Name("Link") else { return .text(.internalServerError, "") }
            switch request.uri.queryParameters["cursor"] {
            case nil:
                return .text(
                    .ok,
                    entry,
                    [link: "<http://\(host)/api/models/ada/tiny/tree/main?cursor=2>; rel=\"next\""]
                )
            case "2": return .text(.ok, entry)
            default: return .text(.ok, entry, [link: "<http://evil.invalid/>; rel=\"next\""])
            }
        } _: { hub in
            try await hub.withClient { client in
                let entries = try await client.tree(repo, revision: "main", recursive: true)
                #expect(entries.count == 2)
            }
        }
    }

    @Test func `the token does not follow a redirect to another origin`() async throws {
        try await StubHub.run { _, _, _ in
            .text(.ok, #"{"id":"ada/tiny"}"#)
        } _: { other in
            try await StubHub.run { _, _, _ in
                .text(.temporaryRedirect, "", [.location: other.address.base + "/elsewhere"])
            } _: { hub in
                try await hub.withClient { client in _ = try await client.repo(repo) }
                #expect(hub.seen.value.first?.authorization == "Bearer hf_test")
                #expect(other.seen.value.first?.authorization == nil)
            }
        }
    }

    @Test func `a commit that may have happened is not sent twice`() async throws {
        try await StubHub.run { _, _, _ in
            .text(.badGateway, "")
        } _: { hub in
            try await hub.withClient { client in
                await #expect(throws: HubError.self) {
                    try await client.commit([.deletedFile(path: "a")], to: repo, revision: "main", summary: "x")
                }
            }
            #expect(hub.seen.value.count == 1)
        }
    }

    @Test func `a server that is not there gives one sentence`() async throws {
        let transport = HubTransport(
            address: try HubAddress("http://127.0.0.1:1"),
            token: nil,
            retry: RetryPolicy(pauses: [])
        )
        do {
            _ = try await HubClient(transport).whoami()
            Issue.record("nobody listens there")
        } catch {
            #expect("\(error)".hasPrefix("Cannot reach http://127.0.0.1:1: "))
        }
        try await transport.close()
    }

    @Test func `signing in speaks the identity service's language`() async throws {
        let bodies = Mutexed<[String]>([])
        try await StubHub.run { _, body, _ in
            bodies.withLock { $0.append(String(decoding: body, as: UTF8.self)) }
            guard let name = HTTPField.Name("X-Subject-Token") else { return .text(.internalServerError, "") }
            return .text(.created, #"{"token":{"expires_at":"2030-01-01T00:00:00.000000Z"}}"#, [name: "hf_new"])
        } _: { hub in
            let signIn = SignIn(address: hub.address.base + "/v3/auth/tokens", project: "p", timeoutInSeconds: 5)
            let signedIn = try await signIn.token(for: .password(domain: "d", user: "u", password: "s"))
            #expect(signedIn == SignedIn(token: "hf_new", expiresAt: "2030-01-01T00:00:00.000000Z"))
            _ = try await signIn.token(for: .keyPair(accessKey: "a", secretKey: "k"))
        }
        let wanted = [
            #"{"auth":{"identity":{"methods":["password"],"password":{"user":{"domain":{"name":"d"},"name":"u","password":"s"}}},"scope":{"project":{"name":"p"}}}}"#,
            #"{"auth":{"identity":{"hw_ak_sk":{"access":{"key":"a"},"secret":{"key":"k"}},"methods":["hw_ak_sk"]},"scope":{"project":{"name":"p"}}}}"#,
        ]
        for (body, expected) in zip(bodies.value, wanted) {
            let found = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? NSDictionary
            #expect(found == (try JSONSerialization.jsonObject(with: Data(expected.utf8)) as? NSDictionary))
        }
    }
}
