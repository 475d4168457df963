import Foundation
import GalleryDatabase
import GalleryModel
import GalleryServing
import GalleryTesting
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import GalleryHub

/// A receiver on this machine that keeps what it is sent.
private final class Receiver: Sendable {
    struct Message: Sendable {
        var secret: String?
        var signature: String?
        var payload: WebhookPayload
        var bytes: [UInt8]
    }

    private let state = Mutex<(messages: [Message], refusals: Int)>(([], 0))

    var messages: [Message] { state.withLock { $0.messages } }

    func refuse(_ times: Int) { state.withLock { $0.refusals = times } }

    func run(_ body: @escaping @Sendable (_ url: String) async throws -> Void) async throws {
        let router = Router()
        router.post("hook") { request, _ in
            let bytes = Array(try await request.body.collect(upTo: 1 << 20).readableBytesView)
            let payload = try JSONDecoder().decode(WebhookPayload.self, from: Data(bytes))
            let secret = request.headers.first { $0.name.canonicalName == "x-webhook-secret" }?.value
            let signature = request.headers.first { $0.name.canonicalName == "x-webhook-signature" }?.value
            return self.state.withLock { state -> HTTPResponse.Status in
                state.messages.append(Message(secret: secret, signature: signature, payload: payload, bytes: bytes))
                state.refusals -= 1
                return state.refusals >= 0 ? .internalServerError : .ok
            }
        }
        router.post("away") { _, _ in
            Response(status: .temporaryRedirect, headers: [.location: "/hook"])
        }
        try await Application(router: router).test(.live) { client in
            let port = try #require(client.port)
            try await body("http://127.0.0.1:\(port)")
        }
    }
}

@Suite struct WebhooksTests {
    private func draft(_ url: String, _ type: String, _ name: String, secret: String? = nil) -> WebhookDraft {
        WebhookDraft(
            url: url,
            secret: secret,
            domains: ["repo", "discussion"],
            watched: [.init(type: type, name: name)]
        )
    }

    @Test(arguments: TestDatabase.all)
    func `what happens is told, signed with the secret`(_ kind: TestDatabase) async throws {
        let receiver = Receiver()
        try await receiver.run { url in
            try await kind.run { database throws in
                let hub = try SocialHub(database)
                let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
                let repo = try await hub.repo("m", of: ada)
                let hook = try await hub.webhooks.create(
                    draft("\(url)/hook", "model", "ada/m", secret: "a-secret"),
                    by: ada
                )
                #expect(hook.secret == "a-secret")
                let commit = try await hub.commit(["a": "x"], of: repo, by: ada)
                hub.clock.advance(by: .seconds(1))
                _ = try await hub.discussions.open(
                    on: repo,
                    title: "Hi",
                    description: "You",
                    isPullRequest: false,
                    by: bob
                )
                try await hub.worker.drain()

                let messages = receiver.messages
                #expect(messages.map(\.payload.event.scope) == ["repo.content", "discussion"])
                let content = try #require(messages.first)
                #expect(content.secret == "a-secret")
                let time = Int64(hub.clock.now.timeIntervalSince1970)
                let expected = HMAC.sha256(Array("\(time).".utf8) + content.bytes, key: "a-secret".utf8)
                #expect(content.signature == "t=\(time),v1=\(expected)")
                #expect(content.payload.repo.name == "ada/m")
                #expect(content.payload.repo.headSha == commit.hex)
                #expect(content.payload.repo.url.web == "http://gallery.test/ada/m")
                #expect(content.payload.updatedRefs?.map(\.ref) == ["refs/heads/main"])
                #expect(messages.last?.payload.discussion?.title == "Hi")
                #expect(messages.last?.payload.comment?.content == "You")

                let log = try await hub.webhooks.deliveries(of: hook.webhook.id, ListPage(limit: 10), by: ada).elements
                #expect(log.map(\.state) == [.delivered, .delivered])
                #expect(log.map(\.status) == [200, 200])

                _ = try await hub.webhooks.setDisabled(true, hook.webhook.id, by: ada)
                try await hub.commit(["a": "y"], of: repo, by: ada)
                try await hub.worker.drain()
                #expect(receiver.messages.count == 2)
                try await hub.webhooks.delete(hook.webhook.id, by: ada)
                await #expect(throws: WebhookError.unknown) { try await hub.webhooks.webhook(hook.webhook.id, by: ada) }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a receiver that failed hears it again, a redirect is a failure`(_ kind: TestDatabase) async throws {
        let receiver = Receiver()
        try await receiver.run { url in
            try await kind.run { database throws in
                let hub = try SocialHub(database)
                let ada = try await hub.person("ada")
                let repo = try await hub.repo("m", of: ada)
                let hook = try await hub.webhooks.create(draft("\(url)/hook", "user", "ada"), by: ada)
                receiver.refuse(1)
                try await hub.commit(["a": "x"], of: repo, by: ada)
                try await hub.worker.drain()
                #expect(receiver.messages.count == 1)
                hub.clock.advance(by: .seconds(20))
                try await hub.worker.drain()
                #expect(receiver.messages.count == 2)
                let change = WebhookDraft(url: "\(url)/away")
                _ = try await hub.webhooks.change(hook.webhook.id, change, by: ada)
                try await hub.commit(["a": "y"], of: repo, by: ada)
                try await hub.worker.drain()
                #expect(receiver.messages.count == 2)
                let log = try await hub.webhooks.deliveries(of: hook.webhook.id, ListPage(limit: 10), by: ada).elements
                #expect(log.map(\.status) == [307, 200])
                #expect(log.map(\.attempts) == [1, 2])
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a stranger hears nothing of what is private, deletion is told too`(_ kind: TestDatabase) async throws {
        let receiver = Receiver()
        try await receiver.run { url in
            try await kind.run { database throws in
                let hub = try SocialHub(database)
                let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
                _ = try await hub.webhooks.create(draft("\(url)/hook", "user", "ada"), by: bob)
                let hidden = try await hub.repo("hidden", of: ada, visibility: .owner)
                try await hub.commit(["a": "x"], of: hidden, by: ada)
                let open = try await hub.repo("open", of: ada)
                _ = try await hub.repositories.move(open, to: RepoName(owner: "ada", name: "new"), by: ada)
                try await hub.repositories.delete(open, by: ada)
                try await hub.worker.drain()
                #expect(Set(receiver.messages.map(\.payload.repo.name)) == ["ada/open", "ada/new"])
                #expect(
                    receiver.messages.map(\.payload.event) == [
                        .init(action: "create", scope: "repo"), .init(action: "update", scope: "repo.content"),
                        .init(action: "move", scope: "repo"), .init(action: "delete", scope: "repo"),
                    ]
                )
                await #expect(throws: WebhookError.unknownWatch("ada/hidden")) {
                    try await hub.webhooks.create(draft("\(url)/hook", "model", "ada/hidden"), by: bob)
                }
            }
        }
    }

    @Test(arguments: [
        "http://127.0.0.1/x", "http://localhost:8080/x", "http://[::1]/", "http://10.1.2.3/",
        "http://169.254.169.254/latest",
        "http://192.168.0.1/", "http://[fe80::1]/", "http://[::ffff:127.0.0.1]/", "http://[fd00::1]/",
        "http://0.0.0.0/",
        "http://100.64.0.1/", "http://[64:ff9b::7f00:1]/",
    ])
    func `private addresses are refused`(_ url: String) async throws {
        let sender = WebhookSender(allowsPrivateAddresses: false, timeout: .seconds(1), origin: "")
        let error = #expect(throws: WebhookError.self) { try sender.mustBeCallable(url) }
        #expect(error?.problem.code == "webhook-address-private")
    }

    @Test(arguments: [
        "ftp://example.org/", "file:///etc/passwd", "https://", "http://u:p@example.org/", "x", "http://a b/", "",
    ])
    func `addresses that are none are refused`(_ url: String) {
        let sender = WebhookSender(allowsPrivateAddresses: true, timeout: .seconds(1), origin: "")
        #expect(throws: WebhookError.badURL) { try sender.mustBeCallable(url) }
    }

    @Test(arguments: ["https://example.org/hook", "http://8.8.8.8:99/", "https://[2606:4700::1111]/x"])
    func `public addresses are taken`(_ url: String) throws {
        try WebhookSender(allowsPrivateAddresses: false, timeout: .seconds(1), origin: "").mustBeCallable(url)
    }

    @Test func `a name that leads to a private address is found out when it is called`() async throws {
        try await TestDatabase.sqlite.run { database throws in
            let open = try SocialHub(database)
            let ada = try await open.person("ada")
            let repo = try await open.repo("m", of: ada)
            let hook = try await open.webhooks.create(draft("http://localhost:9/hook", "user", "ada"), by: ada)
            try await open.commit(["a": "x"], of: repo, by: ada)
            let strict = WebhookSender(allowsPrivateAddresses: false, timeout: .seconds(1), origin: "")
            let webhooks = Webhooks(
                database: database,
                secrets: open.webhooks.secrets,
                sender: strict,
                world: open.world
            )
            let delivery = try #require(
                try await webhooks.deliveries(of: hook.webhook.id, ListPage(limit: 1), by: ada).elements.first
            )
            await #expect(throws: HopelessJob.self) { try await webhooks.deliver(delivery.id) }
            let after = try await webhooks.deliveries(of: hook.webhook.id, ListPage(limit: 1), by: ada).elements
            #expect(after.map(\.state) == [.failed])
            #expect(after.first?.error.contains("private address") == true)
        }
    }
}
