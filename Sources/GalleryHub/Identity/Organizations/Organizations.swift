import Foundation
import GalleryDatabase
package import GalleryModel

/// Organisations and who belongs to them; never without an admin.
package struct Organizations: Sendable {
    let database: any Database
    let world: World
    let authentication: Authentication
    let check: @Sendable ([String], any SQLConnection) throws -> Void

    /// What an organisation starts with.
    package struct Founding: Sendable {
        package var name: String
        package var nickname: String
        package var isPrivateByDefault: Bool

        package init(name: String, nickname: String = "", isPrivateByDefault: Bool = false) {
            self.name = name
            self.nickname = nickname
            self.isPrivateByDefault = isPrivateByDefault
        }
    }

    /// Founds an organisation whose first admin is the viewer.
    package func create(_ founding: Founding, by viewer: Viewer) async throws -> Account {
        let me = try viewer.mustManageAccount()
        if let fault = AccountName.fault(in: founding.name) { throw fault }
        return try await insert(founding, admin: { try $0.account(me.id) }, by: me.id)
    }

    /// Founds an organisation for somebody else, at the console.
    package func create(_ founding: Founding, owner: String) async throws -> Account {
        if let fault = AccountName.fault(in: founding.name, chosenByOperator: true) { throw fault }
        return try await insert(founding, admin: { try $0.person(named: owner) }, by: nil)
    }

    package func organization(named name: String) async throws -> (account: Account, members: Int) {
        try await database.read { db in
            let organization = try db.organization(named: name)
            return (organization, try db.memberCount(of: organization.id))
        }
    }

    /// The organisations of one person, with the roles they have there.
    package func organizations(of name: String) async throws -> [MemberEntry] {
        try await database.read { db in try db.organizations(of: db.person(named: name).id) }
    }

    /// Members by name, from the one after `cursor`.
    package func members(of name: String, after cursor: String = "", limit: Int = 100) async throws -> [MemberEntry] {
        let key = AccountName.key(cursor)
        return try await database.read { db in
            try db.members(of: db.organization(named: name).id, after: key, limit: min(max(limit, 1), 1000))
        }
    }

    package func update(
        _ name: String,
        nickname: String? = nil,
        email: String? = nil,
        bio: String? = nil,
        isPrivateByDefault: Bool? = nil,
        by viewer: Viewer
    ) async throws -> Account {
        let me = try viewer.mustManageAccount()
        return try await database.write { [world] db in
            var organization = try db.organization(named: name)
            try db.mustAdminister(organization, me)
            if let nickname { organization.nickname = try AccountRules.nickname(nickname, orElse: organization.name) }
            if let email { organization.email = try AccountRules.email(email) }
            if let bio { organization.bio = try AccountRules.bio(bio) }
            try check([nickname, bio].compactMap(\.self), db)
            try db.updateProfile(organization, at: world.now())
            if let isPrivateByDefault, isPrivateByDefault != organization.isPrivateByDefault {
                organization.isPrivateByDefault = isPrivateByDefault
                try db.setPrivateByDefault(isPrivateByDefault, of: organization.id, at: world.now())
                try db.audit(
                    "organization.set-default-visibility",
                    on: organization.id.rawValue,
                    by: me.id,
                    detail: ["private": String(isPrivateByDefault)],
                    world: world
                )
            }
            return organization
        }
    }

    /// Adds a member or changes a member's role.
    package func setRole(
        _ role: OrganizationRole,
        of member: String,
        in name: String,
        by viewer: Viewer
    ) async throws -> Account {
        let me = try viewer.mustManageAccount()
        return try await database.write { [world] db in
            let organization = try db.organization(named: name)
            try db.mustAdminister(organization, me)
            let person = try db.person(named: member)
            if role != .admin { try db.mustKeepAdmin(in: organization.id, without: person.id) }
            try db.setMembership(of: person.id, in: organization.id, role: role, at: world.now())
            try db.audit(
                "membership.set",
                on: organization.id.rawValue,
                by: me.id,
                detail: ["member": person.name, "role": role.rawValue],
                world: world
            )
            return person
        }
    }

    /// Removes a member; anybody may remove themselves.
    package func remove(_ member: String, from name: String, by viewer: Viewer) async throws {
        let me = try viewer.mustManageAccount()
        try await database.write { [world] db in
            let organization = try db.organization(named: name)
            let person = try db.person(named: member)
            if person.id != me.id { try db.mustAdminister(organization, me) }
            guard try db.membership(of: person.id, in: organization.id) != nil else {
                throw OrganizationError.notAMember(member)
            }
            try db.mustKeepAdmin(in: organization.id, without: person.id)
            try db.removeMembership(of: person.id, in: organization.id)
            try db.audit(
                "membership.remove",
                on: organization.id.rawValue,
                by: me.id,
                detail: ["member": person.name],
                world: world
            )
        }
    }

    private func insert(
        _ founding: Founding,
        admin: @escaping @Sendable (any SQLConnection) throws -> Account?,
        by actor: AccountID?
    ) async throws -> Account {
        let id = AccountID(world.newID())
        return try await database.write { [world] db in
            guard let admin = try admin(db) else { throw Problem.signInFirst }
            guard try db.organizations(of: admin.id).count < 500 else { throw OrganizationError.tooMany }
            guard try !db.isAccountNameTaken(founding.name) else { throw AccountError.nameTaken(founding.name) }
            try check([founding.name, founding.nickname], db)
            try db.insertAccount(
                NewAccount(
                    kind: .organization,
                    name: founding.name,
                    nickname: AccountRules.nickname(founding.nickname, orElse: founding.name),
                    isPrivateByDefault: founding.isPrivateByDefault
                ),
                id: id,
                at: world.now()
            )
            try db.setMembership(of: admin.id, in: id, role: .admin, at: world.now())
            try db.audit(
                "organization.create",
                on: id.rawValue,
                by: actor,
                detail: ["name": founding.name, "admin": admin.name],
                world: world
            )
            guard let organization = try db.account(id) else { throw AccountError.notAnOrganization(founding.name) }
            return organization
        }
    }
}

extension SQLConnection {
    /// Site administrators may do what an organisation's admins may.
    package func mustAdminister(_ organization: Account, _ account: Viewer.Account) throws {
        if account.role == .admin { return }
        guard try membership(of: account.id, in: organization.id) == .admin else { throw OrganizationError.notAnAdmin }
    }

    /// Refuses when `account` is the organisation's only admin.
    fileprivate func mustKeepAdmin(in organization: AccountID, without account: AccountID) throws {
        guard try membership(of: account, in: organization) == .admin else { return }
        guard try hasOtherAdmin(than: account, in: organization) else { throw OrganizationError.lastAdmin }
    }
}
