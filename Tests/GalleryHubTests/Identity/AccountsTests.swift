import Foundation
import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryHub

struct AccountsTests {
    private static let origin = Sessions.Origin(address: "192.0.2.1", agent: "test")

    @Test(arguments: TestDatabase.all)
    func `a visitor signs up, is signed in, and has an account ID`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let started = try await identity.accounts.signUp(
                .init(name: "Ada", password: "a long password", email: "ada@example.org"),
                from: Self.origin
            )
            #expect(started.account.name == "Ada")
            #expect(started.account.nickname == "Ada")
            #expect(started.account.publicID == "ur10001")
            let known = try await identity.authentication.identify(.cookie(started.cookie), from: "")
            #expect(known?.viewer.account?.id == started.account.id)
            #expect(known?.viewer.scope == .admin)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an account is found by name in any case, by its id and by its former name`(_ kind: TestDatabase) async throws
    {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("Ada")
            _ = try await identity.accounts.rename(to: "lovelace", by: ada)
            for name in ["lovelace", "LoveLace", "ur10001", "UR10001", "ada", "ADA"] {
                let found = try await identity.accounts.account(named: name)
                #expect(found.name == "lovelace", "\(name)")
            }
            await #expect(throws: AccountError.unknown("ur10002")) {
                try await identity.accounts.account(named: "ur10002")
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a name, present or former, is taken once whatever its case`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("ada")
            let bob = try await identity.person("bob")
            _ = try await identity.accounts.rename(to: "lovelace", by: ada)
            for name in ["Ada", "LOVELACE", "bob"] {
                await #expect(throws: AccountError.nameTaken(name)) {
                    try await identity.accounts.signUp(
                        .init(name: name, password: "a long password"),
                        from: Self.origin
                    )
                }
            }
            await #expect(throws: AccountError.nameTaken("ada")) {
                try await identity.accounts.rename(to: "ada", by: bob)
            }
            // One's own former name may be taken back.
            #expect(try await identity.accounts.rename(to: "Ada", by: ada).name == "Ada")
        }
    }

    @Test(arguments: [
        "a", "-ada", "ada-", ".ada", "ada.", "a--b", "a..b", "ada.git", "_ada", "a b", "a/b", "ädа", "名字", "",
        String(repeating: "a", count: 65),
    ])
    func `a name that addresses could not hold is refused`(_ name: String) {
        #expect(AccountName.fault(in: name) == .invalidName)
    }

    @Test(arguments: [
        "models", "Datasets", "spaces", "api", "OAuth", "settings", "collections", "kernels", "buckets",
        "ur10001", "UR5", "healthz", "v3", "cas", "device", "avatars", "resolve",
    ])
    func `a name that addresses use otherwise is refused, even to operators`(_ name: String) {
        #expect(AccountName.fault(in: name, chosenByOperator: true) == .reservedName(name))
    }

    @Test
    func `a name that sounds official is for operators to give`() {
        #expect(AccountName.fault(in: "admin") == .reservedName("admin"))
        #expect(AccountName.fault(in: "admin", chosenByOperator: true) == nil)
        #expect(AccountName.fault(in: "ada_1.x-y") == nil)
    }

    @Test(arguments: TestDatabase.all)
    func `the profile keeps to its limits`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("ada")
            let bio = String(repeating: "字", count: 500)
            let account = try await identity.accounts.updateProfile(nickname: "阿达", bio: bio, by: ada)
            #expect(account.nickname == "阿达")
            #expect(try await identity.accounts.account(named: "ada").bio == bio)
            await #expect(throws: AccountError.bioTooLong) {
                try await identity.accounts.updateProfile(bio: bio + "字", by: ada)
            }
            await #expect(throws: AccountError.invalidNickname) {
                try await identity.accounts.updateProfile(nickname: "a\u{202E}b", by: ada)
            }
            #expect(throws: AccountError.invalidEmail) {
                _ = try identity.accounts.checkedEmail("nobody")
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a new password ends all sessions but a fresh one`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("ada")
            let old = try await identity.sessions.signIn(
                name: "ada",
                password: Identity.testPassword,
                from: Self.origin
            )
            await #expect(throws: AccountError.wrongPassword) {
                try await identity.accounts.changePassword(
                    from: "not the password",
                    to: "another password",
                    by: ada,
                    at: Self.origin
                )
            }
            let fresh = try await identity.accounts.changePassword(
                from: Identity.testPassword,
                to: "another password",
                by: ada,
                at: Self.origin
            )
            #expect(try await identity.authentication.identify(.cookie(old.cookie), from: "") == nil)
            #expect(try await identity.authentication.identify(.cookie(fresh.cookie), from: "") != nil)
            await #expect(throws: Problem.self) {
                try await identity.sessions.signIn(name: "ada", password: Identity.testPassword, from: Self.origin)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `only administrators operate, and the last one stays`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("ada")
            let root = try await identity.person("root", role: .admin)
            await #expect(throws: Problem.notYours) { try await identity.operators.accounts(by: ada) }
            await #expect(throws: Problem.notYours) { try await identity.operators.setRole(.admin, of: "ada", by: ada) }
            await #expect(throws: AccountError.lastOperator) {
                try await identity.operators.setDisabled(true, "root", by: root)
            }
            await #expect(throws: AccountError.lastOperator) {
                try await identity.operators.setRole(.user, of: "root", by: root)
            }
            try await identity.operators.setRole(.admin, of: "ada", by: root)
            try await identity.operators.setDisabled(true, "root", by: nil)
            #expect(try await identity.operators.accounts(by: nil).map(\.name) == ["ada", "root"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `nobody changes or deletes the audit log`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            _ = try await identity.person("ada")
            try await identity.operators.setDisabled(true, "ada", by: nil)
            let log = try await identity.operators.auditLog(by: nil)
            #expect(Set(log.map(\.action)) == ["account.create", "account.disable"])
            for statement: SQL in ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log"] {
                await #expect(throws: (any Error).self) { try await database.write { _ = try $0.execute(statement) } }
            }
            #expect(try await identity.operators.auditLog(by: nil) == log)
        }
    }
}
