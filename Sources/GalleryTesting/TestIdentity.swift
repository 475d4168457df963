package import Foundation
package import GalleryDatabase
package import GalleryHub
package import GalleryModel

extension Identity {
    /// Identity on a test's database, with passwords that cost next to nothing and a key of its own.
    package static func testing(_ database: any Database, world: World, keys: URL? = nil) throws -> Identity {
        var rules = Rules()
        rules.passwordCost = .least
        let folder = keys ?? FileManager.default.temporaryDirectory.appending(path: "gallery-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { if keys == nil { try? FileManager.default.removeItem(at: folder) } }
        return try Identity(database: database, world: world, keys: folder, rules: rules)
    }

    /// The password of every account that `person` makes.
    package static let testPassword = "correct horse battery"

    /// A new account, as the viewer its browser session makes it.
    package func person(_ name: String, role: SiteRole = .user) async throws -> Viewer {
        let account = try await operators.createUser(
            name: name,
            email: "\(name)@example.org",
            role: role,
            password: Self.testPassword,
            by: nil
        )
        return Viewer(account: Viewer.Account(id: account.id, name: account.name, role: role))
    }

    /// An organisation with these members; the first is its admin.
    package func organization(
        _ name: String,
        of owner: String,
        members: [String: OrganizationRole] = [:],
        isPrivateByDefault: Bool = false
    ) async throws -> Account {
        let organization = try await organizations.create(
            .init(name: name, isPrivateByDefault: isPrivateByDefault),
            owner: owner
        )
        let admin = try await accounts.account(named: owner)
        let viewer = Viewer(account: Viewer.Account(id: admin.id, name: admin.name, role: admin.role))
        for (member, role) in members.sorted(by: { $0.key < $1.key }) {
            _ = try await organizations.setRole(role, of: member, in: name, by: viewer)
        }
        return organization
    }
}
