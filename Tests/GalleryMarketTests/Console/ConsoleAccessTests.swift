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

/// Who may enter the console, and what the pages and operations there answer.
struct ConsoleAccessTests {
    private struct Operation {
        let method: HTTPRequest.Method
        let path: String
        var body: String?
        /// Visitor, user, reviewer, administrator with a token to write, administrator.
        let answers: [Int]
    }

    private static let operations = [
        Operation(method: .get, path: "console/state", answers: [401, 403, 403, 403, 200]),
        Operation(method: .get, path: "console/accounts?q=ada&role=user", answers: [401, 403, 403, 403, 200]),
        Operation(method: .get, path: "console/accounts/ada", answers: [401, 403, 403, 403, 200]),
        Operation(method: .get, path: "console/accounts/nobody", answers: [401, 403, 403, 403, 404]),
        Operation(
            method: .put,
            path: "console/accounts/ada/limits",
            body: #"{"fileBytes":1000}"#,
            answers: [401, 403, 403, 403, 204]
        ),
        Operation(
            method: .put,
            path: "console/accounts/ada/limits",
            body: #"{"fileBytes":-1}"#,
            answers: [401, 403, 403, 403, 400]
        ),
        Operation(method: .post, path: "console/accounts/ada/password", answers: [401, 403, 403, 403, 200]),
        Operation(method: .delete, path: "console/accounts/ada/sessions", answers: [401, 403, 403, 403, 204]),
        Operation(method: .get, path: "console/marks?q=tiny", answers: [401, 403, 403, 403, 200]),
        Operation(method: .get, path: "console/audit?person=ada", answers: [401, 403, 403, 403, 200]),
        Operation(method: .get, path: "console/audit?from=yesterday", answers: [401, 403, 403, 403, 400]),
        Operation(method: .get, path: "console/audit?cursor=x", answers: [401, 403, 403, 403, 400]),
        Operation(method: .get, path: "console/audit.csv", answers: [401, 403, 403, 403, 200]),
    ]

    private static let pages = [
        "/console", "/console/people", "/console/people/ada", "/console/people/lab", "/console/new-person",
        "/console/marks", "/console/audit", "/console/outbox",
    ]

    @Test(arguments: TestDatabase.all)
    func `each operation is for administrators`(_ kind: TestDatabase) async throws {
        try await Site.run(kind) { site in
            let identity = site.market.hub.identity
            _ = try await identity.person("ada")
            let people = [
                try await identity.person("eve"), try await identity.person("rita", role: .reviewer),
                try await identity.person("root", role: .admin),
            ]
            var tokens: [String?] = [nil]
            for person in people.prefix(2) {
                tokens.append(try await identity.tokens.create(TokenRequest(name: "t", scope: .admin), by: person).text)
            }
            for scope in [Scope.write, .admin] {
                tokens.append(
                    try await identity.tokens.create(TokenRequest(name: "t", scope: scope), by: people[2]).text
                )
            }
            for operation in Self.operations {
                for (place, (token, status)) in zip(tokens, operation.answers).enumerated() {
                    var headers: HTTPFields = [.contentType: "application/json"]
                    headers[.authorization] = token.map { "Bearer \($0)" }
                    try await site.client.execute(
                        uri: "/api/v1/\(operation.path)",
                        method: operation.method,
                        headers: headers,
                        body: operation.body.map { ByteBuffer(string: $0) }
                    ) {
                        #expect($0.status.code == status, "\(operation.method) \(operation.path) by \(place)")
                    }
                }
            }
        }
    }

    @Test func `each page is for administrators`() async throws {
        try await Site.run { site in
            _ = try await site.market.hub.identity.person("ada")
            _ = try await site.market.hub.identity.organization("lab", of: "ada")
            let visitor = site.browser()
            let user = try await site.browser(of: "eve")
            let reviewer = try await site.browser(of: "rita", role: .reviewer)
            let root = try await site.browser(of: "root", role: .admin)
            for path in Self.pages {
                let answer = try await visitor.get(path)
                #expect(answer.status == .seeOther && answer.location?.hasPrefix("/login") == true, "\(path)")
                #expect(try await user.get(path).status == .forbidden, "\(path)")
                #expect(try await reviewer.get(path).status == .forbidden, "\(path)")
                #expect(try await root.get(path).status == .ok, "\(path)")
            }
            #expect(try await root.get("/").html.contains("href=\"/console\""))
            #expect(try await !reviewer.get("/").html.contains("href=\"/console\""))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `accounts are found by what is known of them`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let root = try await house.person("root", role: .admin)
            for name in ["ada", "bob", "per_cent"] { _ = try await house.person(name) }
            try await house.organization("lab", of: "bob", members: ["ada": .write])
            let operators = house.hub.identity.operators
            let find = { @Sendable (change: (inout AccountSearch) -> Void) async throws -> [String] in
                var search = AccountSearch()
                change(&search)
                return try await operators.search(search, by: root).accounts.map(\.name)
            }
            #expect(try await find { _ in } == ["ada", "bob", "lab", "per_cent", "root"])
            #expect(try await find { $0.text = "ADA@example" } == ["ada"])
            #expect(try await find { $0.text = "ur10002" } == ["ada"])
            #expect(try await find { $0.text = "%" }.isEmpty)
            #expect(try await find { $0.text = "r_c" } == ["per_cent"])
            #expect(try await find { $0.kind = .organization } == ["lab"])
            #expect(try await find { $0.role = .admin } == ["root"])
            try await operators.setDisabled(true, "bob", by: root)
            #expect(try await find { $0.isDisabled = true } == ["bob"])
            let page = try await operators.search(AccountSearch(), limit: 2, by: root)
            #expect(page.accounts.count == 2 && page.next == "bob")
            #expect(try await operators.search(AccountSearch(), after: "bob", limit: 9, by: root).accounts.count == 3)
            let lab = try await operators.particulars(of: "lab", by: root)
            #expect(lab.memberships.map(\.account.name) == ["ada", "bob"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `operators end what an account can do, but not the last of their own`(_ kind: TestDatabase) async throws {
        try await Site.run(kind) { site in
            let identity = site.market.hub.identity
            let operators = identity.operators
            let root = try await identity.person("root", role: .admin)
            let ada = try await identity.person("ada")
            _ = try await identity.tokens.create(TokenRequest(name: "t", scope: .write), by: ada)
            _ = try await identity.keyPairs.create(name: "k", by: ada)
            let password = try await operators.replacePassword(of: "ada", by: root)
            let started = try await identity.sessions.signIn(
                name: "ada",
                password: password,
                from: .init(address: "local", agent: "test")
            )
            #expect(started.account.name == "ada" && password.count == 23)
            var particulars = try await operators.particulars(of: "ada", by: root)
            #expect(particulars.sessions.count == 1 && particulars.tokens.count == 1 && particulars.keyPairs == 1)
            try await operators.revokeCredentials(of: "ada", by: root)
            particulars = try await operators.particulars(of: "ada", by: root)
            #expect(particulars.sessions.isEmpty && particulars.tokens.isEmpty && particulars.keyPairs == 0)
            try await operators.setLimits(OwnerLimits(fileBytes: 10), of: "ada", by: root)
            #expect(try await operators.particulars(of: "ada", by: root).limits == OwnerLimits(fileBytes: 10))
            await #expect(throws: AccountError.lastOperator) {
                try await operators.setRole(.user, of: "root", by: root)
            }
            let browser = try await site.browser(of: "boss", role: .admin)
            _ = try await browser.get("/console/people/root")
            let answer = try await browser.post("/console/people/root/role", ["role": "reviewer"], follow: true)
            #expect(answer.status == .ok && answer.html.contains("Reviewer"))
            let refused = try await browser.post("/console/people/boss/state", ["disabled": "1"], follow: true)
            #expect(refused.html.contains("data-tone=\"danger\""))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `marks are set and taken`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, root) = (try await house.person("ada"), try await house.person("root", role: .admin))
            let tiny = try await house.published(of: ada, reviewer: root)
            let other = try await house.asset("other", of: ada)
            let marking = house.market.console.marking
            #expect(try await marking.assets(by: root).assets.isEmpty)
            try await marking.set(.official, true, of: tiny, by: root)
            #expect(try await marking.assets(by: root).assets.map(\.marks) == [[.official]])
            #expect(try await marking.assets(mark: .featured, by: root).assets.isEmpty)
            #expect(try await marking.assets(containing: "ada/TI", by: root).assets.map(\.repo) == [tiny])
            #expect(try await marking.assets(containing: "ada", by: root).assets.count == 2)
            try await marking.set(.official, false, of: tiny, by: root)
            #expect(try await marking.assets(by: root).assets.isEmpty)
            await #expect(throws: (any Error).self) { try await marking.set(.commercial, true, of: tiny, by: root) }
            await #expect(throws: (any Error).self) { try await marking.set(.official, true, of: tiny, by: ada) }
            await #expect(throws: PublishingError.unpublishedMark) {
                try await marking.set(.featured, true, of: other, by: root)
            }
        }
    }
}
