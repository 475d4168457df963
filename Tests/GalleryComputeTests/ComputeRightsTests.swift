import Foundation
import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryCompute

/// Every use case of billing and flavors × everybody.
struct ComputeRightsTests {
    /// One letter per use case: `+` allowed, `s` sign in first, `n` not yours, `w` the credential is too narrow. Three groups:
    /// one's own (state, statement, lines, export, ledger, free hours), somebody else's (state, statement, lines, export,
    /// ledger), operators' (all of the ledger, arrears, books, set price, drop price, top up, take back, voucher, save a
    /// flavor, offer it, save a region).
    private static let table: KeyValuePairs<String, String> = [
        "visitor": "ssssss sssss sssssssssss",
        "ada": "++++++ nnnnn nnnnnnnnnnn",
        "ada reading": "++++++ wwwww wwwwwwwwwww",
        "ada bound to an asset": "nnnnnn wwwww wwwwwwwwwww",
        "reviewer": "++++++ nnnnn nnnnnnnnnnn",
        "root": "++++++ +++++ +++++++++++",
        "root reading": "++++++ wwwww wwwwwwwwwww",
        "root bound to an asset": "nnnnnn wwwww wwwwwwwwwww",
    ]

    @Test(arguments: TestDatabase.all)
    func `everybody may do what the table says and nothing else`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let house = try await ComputeHouse(database)
            let ada = try await house.person("ada")
            _ = try await house.person("eve")
            let bound = { (viewer: Viewer) in
                Viewer(account: viewer.account, scope: .admin, onlyRepo: RepoID("some"))
            }
            let reading = { (viewer: Viewer) in Viewer(account: viewer.account, scope: .read) }
            let people = [
                "visitor": Viewer.visitor, "ada": ada, "ada reading": reading(ada), "ada bound to an asset": bound(ada),
                "reviewer": try await house.person("rita", role: .reviewer), "root": house.root,
                "root reading": reading(house.root), "root bound to an asset": bound(house.root),
            ]
            for (who, rights) in Self.table {
                let viewer = try #require(people[who])
                var found = ""
                for (index, use) in try uses(house, by: viewer).enumerated() {
                    if [6, 11].contains(index) { found += " " }
                    found += await Self.letter(use)
                }
                #expect(found == rights, "\(who)")
            }
        }
    }

    private func uses(_ house: ComputeHouse, by viewer: Viewer) throws -> [() async throws -> Void] {
        let (billing, flavors) = (house.billing, house.flavors)
        let span = try StatementSpan(from: "", until: "", now: house.clock.now)
        let (one, later) = (Money(micros: 1), house.clock.now.addingTimeInterval(7200))
        let flavor = Flavor(id: "x", name: LocalName(en: "X", zh: "X"), cores: 1, memoryGiB: 1)
        return [
            { _ = try await billing.state(by: viewer) },
            { _ = try await billing.statement(.day, span, by: viewer) },
            { _ = try await billing.lines(span, by: viewer) },
            { _ = try await billing.export(span, by: viewer) },
            { _ = try await billing.ledger(by: viewer) },
            { _ = try await flavors.freeHours(by: viewer) },
            { _ = try await billing.state(of: "eve", by: viewer) },
            { _ = try await billing.statement(.day, span, of: "eve", by: viewer) },
            { _ = try await billing.lines(span, of: "eve", by: viewer) },
            { _ = try await billing.export(span, of: "eve", by: viewer) },
            { _ = try await billing.ledger(of: "eve", by: viewer) },
            { _ = try await billing.ledger(all: true, by: viewer) },
            { _ = try await billing.arrears(by: viewer) },
            { _ = try await billing.checkBooks(by: viewer) },
            { try await billing.setPrice(of: "cpu-2", in: "local", perHour: one, from: later, by: viewer) },
            { try await billing.dropPrice(of: "cpu-2", in: "local", from: later, by: viewer) },
            { try await billing.topUp("eve", one, reference: "a", by: viewer) },
            { try await billing.takeBack("eve", one, reference: "b", by: viewer) },
            { try await billing.grantVoucher(to: "eve", one, until: later, reference: "c", by: viewer) },
            { try await flavors.save(flavor, by: viewer) },
            {
                let used = UsedFlavor(flavor: "x", region: "local", tariff: .free)
                try await flavors.offer(used, isOpen: true, by: viewer)
            },
            { try await flavors.save(Region(id: "y", name: LocalName(en: "Y", zh: "Y")), by: viewer) },
        ]
    }

    private static func letter(_ use: () async throws -> Void) async -> String {
        do {
            try await use()
            return "+"
        } catch let error as any DomainError {
            return switch error.problem.code {
            case "sign-in-first": "s"
            case "not-yours": "n"
            case "scope-too-narrow": "w"
            default: "?"
            }
        } catch {
            return "?"
        }
    }
}
