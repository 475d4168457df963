import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import GalleryMarket

/// Every decision is written down, with where it came from, and found again.
struct AuditLogTests {
    @Test(arguments: TestDatabase.all)
    func `every decision is written down`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let people = try await AuditPeople(house)
            for decision in people.decisions {
                house.clock.advance(by: .seconds(1))
                let now = house.clock.now
                try await decision.take()
                let entries = try await database.read { try $0.auditEntries(limit: 3) }
                let actions = entries.filter { $0.at >= now }.map(\.action)
                #expect(actions.contains(decision.action), "\(decision.action): \(actions)")
                #expect(AuditActions.all.contains(decision.action), "\(decision.action) has no words")
            }
        }
    }

    @Test func `everything that is written down has its words`() throws {
        let web = try WebFolder(Settings().web)
        for action in AuditActions.all {
            #expect(web.catalogue.text("audit.action.\(action)", in: .english) != nil, "\(action)")
        }
        let root = web.root.deletingLastPathComponent().appending(path: "Sources")
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let source = try String(contentsOf: file, encoding: .utf8)
            // Some name it to what writes it down.
            let calls = /(?:audit|change|decide|note)\((?:id, )?\s*"([a-z-]+\.[a-z-]+)"/
            for call in source.matches(of: calls) {
                #expect(AuditActions.all.contains(String(call.1)), "\(call.1) in \(file.lastPathComponent)")
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the log tells from where, by whom and on what, page by page`(_ kind: TestDatabase) async throws {
        try await Site.run(kind) { site in
            let identity = site.market.hub.identity
            let ada = try await identity.person("ada")
            let log = site.market.console.audit
            let root = try await site.browser(of: "root", role: .admin)
            let viewer = Viewer(
                account: .init(
                    id: try await identity.accounts.account(named: "root").id,
                    name: "root",
                    role: .admin
                )
            )
            site.clock.advance(by: .seconds(60))
            let repo = try await site.market.hub.repositories.create(NewRepository(kind: .model, name: "tiny"), by: ada)
            site.clock.advance(by: .seconds(60))
            _ = try await root.get("/console/people/ada")
            #expect(try await root.post("/console/people/ada/role", ["role": "reviewer"]).status == .seeOther)
            var query = AuditLog.Query()
            query.subject = "ada"
            let entries = try await log.entries(query, by: viewer).entries
            #expect(entries.map(\.entry.action) == ["account.set-role", "account.create"])
            let latest = try #require(entries.first)
            #expect(latest.actor == "root" && latest.subject == "ada" && latest.path == "/console/people/ada")
            #expect(latest.entry.address == "local" && !latest.entry.request.isEmpty)
            #expect(entries.last?.actor == nil && entries.last?.entry.address == "")
            query = AuditLog.Query()
            query.subject = "ada/tiny"
            #expect(
                try await log.entries(query, by: viewer).entries.allSatisfy { $0.entry.subject == repo.id.rawValue }
            )
            query.action = "asset.create"
            query.person = "ada"
            query.from = "2026-01-01"
            query.until = "2026-01-01"
            #expect(try await log.entries(query, by: viewer).entries.count == 1)
            query.until = "2025-12-31"
            #expect(try await log.entries(query, by: viewer).entries.isEmpty)
            query = AuditLog.Query()
            query.person = "nobody"
            #expect(try await log.entries(query, by: viewer).entries.isEmpty)
            let all = try await log.entries(limit: 200, by: viewer).entries.map(\.entry.id)
            var (paged, cursor): ([String], String?) = ([], nil)
            repeat {
                let page = try await log.entries(after: cursor, limit: 2, by: viewer)
                paged += page.entries.map(\.entry.id)
                cursor = page.next
            } while cursor != nil
            #expect(paged == all && Set(all).count == all.count)
            let html = try await root.get("/console/audit?person=root").html
            #expect(html.contains("set the role of") && html.contains("/api/v1/console/audit.csv?person=root"))
        }
    }

    @Test func `an export is whole, and harmless in a spreadsheet`() async throws {
        try await Site.run { site in
            let root = try await site.browser(of: "root", role: .admin)
            let operators = site.market.hub.identity.operators
            for number in 0..<620 {
                _ = try await operators.createUser(name: "p\(number)", email: "", role: .user, password: nil, by: nil)
            }
            let table = try await root.get("/api/v1/console/audit.csv?action=account.create")
            #expect(table.headers[.contentType]?.hasPrefix("text/csv") == true)
            #expect(table.html.split(separator: "\r\n").count == 1 + 621)
            _ = try await root.get("/api/v1/console/audit.csv?subject==HYPERLINK(1)")
            let exports = try await root.get("/api/v1/console/audit.csv?action=export.audit")
            #expect(exports.html.contains("export.audit"))
        }
    }
}

/// People who decide, and their decisions.
private struct AuditPeople: Sendable {
    struct Decision: Sendable {
        let action: String
        let take: @Sendable () async throws -> Void

        init(_ action: String, _ take: @escaping @Sendable () async throws -> Void) {
            self.action = action
            self.take = take
        }
    }

    let decisions: [Decision]

    init(_ house: MarketHouse) async throws {
        let (hub, market) = (house.hub, house.market)
        let ada = try await house.person("ada")
        let bob = try await house.person("bob")
        let rita = try await house.person("rita", role: .reviewer)
        let root = try await house.person("root", role: .admin)
        let repo = try await house.asset(of: ada)
        let other = try await house.asset("other", of: ada)
        let (identity, repositories) = (hub.identity, hub.repositories)
        let operators = identity.operators
        let hook = WebhookDraft(url: "https://hooks.example.org/x", watched: [.init(type: "user", name: "ada")])
        decisions = [
            Decision("asset.create", { try await house.asset("third", of: ada) }),
            Decision("asset.send", { try await house.send(repo, by: ada) }),
            Decision(
                "asset.reject",
                { _ = try await market.publishing.decide(repo, approve: false, reason: "no", by: rita) }
            ),
            Decision("asset.send", { try await house.send(repo, by: ada) }),
            Decision("asset.approve", { _ = try await market.publishing.decide(repo, approve: true, by: rita) }),
            Decision("asset.change", { _ = try await market.publishing.change(repo, MarketHouse.form(), by: ada) }),
            Decision("asset.delist", { _ = try await market.publishing.take(.delist, of: repo, by: ada) }),
            Decision("asset.list", { _ = try await market.publishing.take(.list, of: repo, by: ada) }),
            Decision("asset.mark", { _ = try await market.publishing.mark(repo, isOfficial: true, by: root) }),
            Decision("asset.set-papers", { try await market.publishing.setPapers([], of: repo, by: ada) }),
            Decision("asset.configure", { _ = try await repositories.change(repo, .init(gating: .manual), by: ada) }),
            Decision("asset.set-readers", { try await repositories.setReaders([], of: other, by: ada) }),
            Decision(
                "asset.move",
                { _ = try await repositories.move(other, to: RepoName(owner: "ada", name: "moved"), by: ada) }
            ),
            Decision("access.accepted", { try await hub.accessRequests.grant("bob", of: repo, by: ada) }),
            Decision("asset.delete", { try await repositories.delete(other, by: ada) }),
            Decision("webhook.create", { _ = try await hub.webhooks.create(hook, by: ada) }),
            Decision(
                "webhook.delete",
                {
                    for hook in try await hub.webhooks.list(by: ada) {
                        try await hub.webhooks.delete(hook.webhook.id, by: ada)
                    }
                }
            ),
            Decision(
                "organization.create",
                { _ = try await identity.organizations.create(.init(name: "lab"), by: ada) }
            ),
            Decision(
                "membership.set",
                { _ = try await identity.organizations.setRole(.write, of: "bob", in: "lab", by: ada) }
            ),
            Decision("membership.remove", { try await identity.organizations.remove("bob", from: "lab", by: root) }),
            Decision("account.create", { _ = try await house.person("newcomer") }),
            Decision("account.set-role", { try await operators.setRole(.reviewer, of: "newcomer", by: root) }),
            Decision("account.disable", { try await operators.setDisabled(true, "newcomer", by: root) }),
            Decision("account.enable", { try await operators.setDisabled(false, "newcomer", by: root) }),
            Decision("account.reset-password", { _ = try await operators.replacePassword(of: "newcomer", by: root) }),
            Decision(
                "account.verify-real-name",
                { try await operators.setRealNameVerified(true, of: "newcomer", by: root) }
            ),
            Decision(
                "account.set-limits",
                { try await operators.setLimits(.init(fileBytes: 1), of: "newcomer", by: root) }
            ),
            Decision("account.end-sessions", { try await operators.endSessions(of: "newcomer", by: root) }),
            Decision("account.revoke-credentials", { try await operators.revokeCredentials(of: "newcomer", by: root) }),
            Decision("token.create", { _ = try await identity.tokens.create(.init(name: "t", scope: .read), by: bob) }),
            Decision(
                "words.add",
                { _ = try await market.words.add(["forbidden"], to: .other, by: root, in: house.database) }
            ),
            Decision(
                "words.remove",
                { _ = try await market.words.remove(["forbidden"], by: root, in: house.database) }
            ),
            Decision("export.assets", { _ = try await market.exports.begin(AssetExport(format: .csv), by: root) }),
            Decision("export.audit", { _ = try await market.console.audit.export(AuditLog.Query(), by: root) }),
        ]
    }
}
