import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import GalleryMarket

/// Who may do what with an account: every operation by every kind of credential.
struct AccountAccessTests {
    private struct Operation {
        let method: HTTPRequest.Method
        let path: String
        var body: String?
        /// Visitor, token to read, to write, for everything, for one asset, administrator.
        let answers: [Int]
    }

    private static let operations = [
        Operation(method: .get, path: "account/counts", answers: [401, 200, 200, 200, 403, 200]),
        Operation(method: .get, path: "account/assets", answers: [401, 200, 200, 200, 403, 200]),
        Operation(method: .get, path: "account/assets?list=favourite", answers: [401, 200, 200, 200, 403, 200]),
        Operation(method: .get, path: "account/assets?list=nonsense", answers: [400, 400, 400, 400, 400, 400]),
        Operation(method: .get, path: "account/applications?side=decide", answers: [401, 200, 200, 200, 403, 200]),
        Operation(method: .get, path: "account/growth", answers: [401, 200, 200, 200, 403, 200]),
        Operation(method: .get, path: "account/growth/history", answers: [401, 200, 200, 200, 403, 200]),
        Operation(method: .post, path: "account/check-in", answers: [401, 403, 200, 200, 403, 200]),
        Operation(method: .get, path: "account/onboarding", answers: [401, 200, 200, 200, 200, 200]),
        Operation(
            method: .put,
            path: "account/email",
            body: #"{"code":"123456"}"#,
            answers: [401, 403, 403, 400, 403, 400]
        ),
        Operation(method: .patch, path: "account", body: #"{"bio":"x"}"#, answers: [401, 403, 403, 200, 403, 200]),
        Operation(
            method: .patch,
            path: "account",
            body: #"{"email":"x@example.org"}"#,
            answers: [400, 400, 400, 400, 400, 400]
        ),
        Operation(method: .delete, path: "account/avatar", answers: [401, 403, 403, 200, 403, 200]),
        Operation(method: .get, path: "exports/assets", answers: [401, 403, 403, 403, 403, 200]),
        Operation(method: .get, path: "exports/assets?format=xml", answers: [400, 400, 400, 400, 400, 400]),
        Operation(
            method: .put,
            path: "admin/accounts/ada/real-name",
            answers: [401, 403, 403, 403, 403, 204]
        ),
        Operation(
            method: .patch,
            path: "organizations/lab",
            body: #"{"bio":"x"}"#,
            answers: [401, 403, 403, 403, 403, 200]
        ),
        Operation(method: .delete, path: "organizations/lab/avatar", answers: [401, 403, 403, 403, 403, 200]),
    ]

    @Test(arguments: TestDatabase.all)
    func `each operation is for those it is for`(_ kind: TestDatabase) async throws {
        try await Site.run(kind) { site in
            let identity = site.market.hub.identity
            let ada = try await identity.person("ada")
            _ = try await identity.person("bob")
            let root = try await identity.person("root", role: .admin)
            _ = try await identity.organization("lab", of: "bob")
            _ = try await site.market.hub.repositories.create(NewRepository(kind: .model, name: "tiny"), by: ada)
            var tokens: [String?] = [nil]
            for scope in Scope.allCases {
                tokens.append(try await identity.tokens.create(TokenRequest(name: "t", scope: scope), by: ada).text)
            }
            let asset = Tokens.Asset(kind: .model, name: RepoName(owner: "ada", name: "tiny"))
            tokens.append(
                try await identity.tokens.create(TokenRequest(name: "t", scope: .admin), for: asset, by: ada).text
            )
            tokens.append(try await identity.tokens.create(TokenRequest(name: "t", scope: .admin), by: root).text)
            for operation in Self.operations {
                for (token, status) in zip(tokens, operation.answers) {
                    var headers: HTTPFields = [.contentType: "application/json"]
                    headers[.authorization] = token.map { "Bearer \($0)" }
                    try await site.client.execute(
                        uri: "/api/v1/\(operation.path)",
                        method: operation.method,
                        headers: headers,
                        body: operation.body.map { ByteBuffer(string: $0) }
                    ) {
                        let place = tokens.firstIndex(of: token) ?? 0
                        #expect($0.status.code == status, "\(operation.method) \(operation.path) by \(place)")
                    }
                }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `lists of one's own hold what is one's own, page by page`(_ kind: TestDatabase) async throws {
        try await Site.run(kind) { site in
            let (identity, repositories) = (site.market.hub.identity, site.market.hub.repositories)
            let ada = try await identity.person("ada")
            let bob = try await identity.person("bob")
            _ = try await identity.organization("lab", of: "bob", members: ["ada": .write])
            for name in ["one", "two", "three"] {
                site.clock.advance(by: .seconds(1))
                _ = try await repositories.create(NewRepository(kind: .model, name: name, visibility: .owner), by: ada)
            }
            let shared = try await repositories.create(
                NewRepository(kind: .dataset, owner: "lab", name: "shared", visibility: .everyone),
                by: ada
            )
            let foreign = try await repositories.create(
                NewRepository(kind: .model, name: "foreign", visibility: .everyone),
                by: bob
            )
            let mine = site.market.mine
            let first = try await mine.assets(.created, .init(kind: .model), limit: 2, by: ada)
            #expect(first.assets.map(\.name.name) == ["three", "two"])
            let rest = try await mine.assets(.created, .init(kind: .model), after: first.next, limit: 2, by: ada)
            #expect(rest.assets.map(\.name.name) == ["one"] && rest.next == nil)
            #expect(try await mine.assets(.created, by: ada).assets.first?.repo == shared.id)
            #expect(try await mine.assets(.published, by: ada).assets.map(\.repo) == [shared.id])
            #expect(try await mine.assets(.created, .init(text: "WO"), by: ada).assets.map(\.name.name) == ["two"])
            #expect(try await mine.assets(.created, .init(text: "%"), by: ada).assets.count == 4)
            try await site.market.hub.likes.like(foreign.id, by: ada)
            #expect(try await mine.assets(.favourite, by: ada).assets.map(\.repo) == [foreign.id])
            // What is hidden again is no longer listed.
            _ = try await repositories.change(foreign.id, RepositorySettings(visibility: .owner), by: bob)
            #expect(try await mine.assets(.favourite, by: ada).assets.isEmpty)
            let counts = try await mine.counts(by: ada)
            #expect(counts.created == [.model: 3, .dataset: 1] && counts.favourites == 0)
            // Who leaves an organisation leaves its assets.
            try await identity.organizations.remove("ada", from: "lab", by: ada)
            #expect(try await mine.assets(.created, .init(kind: .dataset), by: ada).assets.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `requests for gated use show on both sides`(_ kind: TestDatabase) async throws {
        try await Site.run(kind) { site in
            let hub = site.market.hub
            let ada = try await hub.identity.person("ada")
            let bob = try await hub.identity.person("bob")
            let eve = try await hub.identity.person("eve")
            let repo = try await hub.repositories.create(
                NewRepository(kind: .model, name: "gated", visibility: .everyone),
                by: ada
            )
            _ = try await hub.repositories.change(repo.id, RepositorySettings(gating: .manual), by: ada)
            try await site.market.agreements.accept([.service, .data], by: bob)
            _ = try await hub.accessRequests.ask(for: repo.id, fields: [:], by: bob)
            let mine = site.market.mine
            #expect(
                try await mine.applications(toDecide: true, .pending, by: ada).applications.map(\.applicant) == ["bob"]
            )
            #expect(try await mine.applications(toDecide: false, by: bob).applications.map(\.state) == [.pending])
            #expect(try await mine.applications(toDecide: true, by: eve).applications.isEmpty)
            #expect(try await mine.counts(by: ada).applicationsToDecide == 1)
            #expect(try await mine.counts(by: bob).waitingApplications == 1)
            try await hub.accessRequests.decide(.user("bob"), .accepted, of: repo.id, by: ada)
            #expect(try await mine.counts(by: ada).applicationsToDecide == 0)
            #expect(try await mine.applications(toDecide: true, .pending, by: ada).applications.isEmpty)
        }
    }
}
