import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryHub

struct OrganizationsTests {
    @Test(arguments: TestDatabase.all)
    func `who founds an organisation is its admin and adds members`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("ada")
            _ = try await identity.person("bob")
            let acme = try await identity.organizations.create(.init(name: "acme", isPrivateByDefault: true), by: ada)
            #expect(acme.isPrivateByDefault)
            _ = try await identity.organizations.setRole(.write, of: "BOB", in: "Acme", by: ada)
            let members = try await identity.organizations.members(of: "acme")
            #expect(members.map(\.account.name) == ["ada", "bob"])
            #expect(members.map(\.role) == [.admin, .write])
            #expect(try await identity.organizations.organizations(of: "bob").map(\.account.name) == ["acme"])
            let role = try await database.read { db in
                let bob = try #require(try db.account(named: "bob"))
                return try db.membership(of: bob.id, in: acme.id)
            }
            #expect(role == .write)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `only admins manage members, and anybody may leave`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            _ = try await identity.person("ada")
            let bob = try await identity.person("bob")
            _ = try await identity.person("eve")
            _ = try await identity.organization("acme", of: "ada", members: ["bob": .write])
            let organizations = identity.organizations
            await #expect(throws: OrganizationError.notAnAdmin) {
                try await organizations.setRole(.admin, of: "bob", in: "acme", by: bob)
            }
            await #expect(throws: OrganizationError.notAnAdmin) {
                try await organizations.remove("ada", from: "acme", by: bob)
            }
            await #expect(throws: OrganizationError.notAnAdmin) {
                try await organizations.update("acme", isPrivateByDefault: true, by: bob)
            }
            try await organizations.remove("bob", from: "acme", by: bob)
            #expect(try await organizations.organizations(of: "bob").isEmpty)
            await #expect(throws: OrganizationError.notAMember("bob")) {
                try await organizations.remove("bob", from: "acme", by: bob)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an organisation is never without an admin`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("ada")
            let bob = try await identity.person("bob")
            let operatorViewer = try await identity.person("root", role: .admin)
            _ = try await identity.organization("acme", of: "ada", members: ["bob": .write])
            let organizations = identity.organizations
            for viewer in [ada, operatorViewer] {
                await #expect(throws: OrganizationError.lastAdmin) {
                    try await organizations.setRole(.write, of: "ada", in: "acme", by: viewer)
                }
                await #expect(throws: OrganizationError.lastAdmin) {
                    try await organizations.remove("ada", from: "acme", by: viewer)
                }
            }
            _ = try await organizations.setRole(.admin, of: "bob", in: "acme", by: ada)
            try await organizations.remove("ada", from: "acme", by: bob)
            #expect(try await organizations.members(of: "acme").map(\.account.name) == ["bob"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an organisation neither joins another nor signs in`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("ada")
            _ = try await identity.organization("acme", of: "ada")
            _ = try await identity.organization("other", of: "ada")
            await #expect(throws: AccountError.notAPerson("other")) {
                try await identity.organizations.setRole(.read, of: "other", in: "acme", by: ada)
            }
            await #expect(throws: AccountError.notAnOrganization("ada")) {
                try await identity.organizations.members(of: "ada")
            }
            await #expect(throws: Problem.self) {
                try await identity.sessions.signIn(name: "acme", password: "", from: .init(address: "", agent: ""))
            }
        }
    }
}
