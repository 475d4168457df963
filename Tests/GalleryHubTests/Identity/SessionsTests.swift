import Foundation
import GalleryDatabase
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryHub

struct SessionsTests {
    private static let origin = Sessions.Origin(address: "192.0.2.1", agent: "test")

    @Test(arguments: TestDatabase.all)
    func `a session ends when nobody uses it, and in the end anyway`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let clock = TestClock()
            let identity = try Identity.testing(database, world: .fixed(clock))
            _ = try await identity.person("ada")
            let idle = try await identity.sessions.signIn(
                name: "ada",
                password: Identity.testPassword,
                from: Self.origin
            )
            let used = try await identity.sessions.signIn(
                name: "ada",
                password: Identity.testPassword,
                from: Self.origin
            )
            for _ in 0..<5 {
                clock.advance(by: .seconds(5 * 86_400))
                #expect(try await identity.authentication.identify(.cookie(used.cookie), from: "") != nil)
                try await identity.authentication.flush()
            }
            #expect(try await identity.authentication.identify(.cookie(idle.cookie), from: "") == nil)
            clock.advance(by: .seconds(5 * 86_400))
            #expect(try await identity.authentication.identify(.cookie(used.cookie), from: "") == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `signing in again makes a new cookie and ends the old session`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            _ = try await identity.person("ada")
            let first = try await identity.sessions.signIn(
                name: "ada",
                password: Identity.testPassword,
                from: Self.origin
            )
            var again = Self.origin
            again.cookie = first.cookie
            let second = try await identity.sessions.signIn(name: "ada", password: Identity.testPassword, from: again)
            #expect(first.cookie != second.cookie)
            #expect(try await identity.authentication.identify(.cookie(first.cookie), from: "") == nil)
            #expect(try await identity.authentication.identify(.cookie(second.cookie), from: "") != nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a change of rights ends every session`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            _ = try await identity.person("ada")
            let session = try await identity.sessions.signIn(
                name: "ada",
                password: Identity.testPassword,
                from: Self.origin
            )
            try await identity.operators.setRole(.reviewer, of: "ada", by: nil)
            #expect(try await identity.authentication.identify(.cookie(session.cookie), from: "") == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `people see and end their own sessions alone`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("ada")
            let bob = try await identity.person("bob")
            let session = try await identity.sessions.signIn(
                name: "ada",
                password: Identity.testPassword,
                from: Self.origin
            )
            #expect(try await identity.sessions.list(by: ada).map(\.id) == [session.session.id])
            #expect(try await identity.sessions.list(by: bob).isEmpty)
            await #expect(throws: Problem.self) { try await identity.sessions.end(session.session.id, by: bob) }
            try await identity.sessions.end(session.session.id, by: ada)
            #expect(try await identity.authentication.identify(.cookie(session.cookie), from: "") == nil)
        }
    }

    @Test
    func `a form token belongs to its cookie`() {
        let token = FormToken.of("cookie")
        #expect(FormToken.isValid(token, for: "cookie"))
        #expect(!FormToken.isValid(token, for: "other"))
        #expect(!FormToken.isValid(nil, for: "cookie"))
        #expect(!FormToken.isValid("", for: "cookie"))
    }

    @Test(arguments: TestDatabase.all)
    func `upkeep forgets what is over and keeps the rest`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let clock = TestClock()
            let world = World.fixed(clock)
            let identity = try Identity.testing(database, world: world)
            let ada = try await identity.person("ada")
            _ = try await identity.sessions.signIn(name: "ada", password: Identity.testPassword, from: Self.origin)
            _ = try await identity.tokens.create(.init(name: "kept", scope: .read), by: ada)
            _ = try await identity.tokens.create(
                .init(name: "gone", scope: .read, origin: .iam, expiresAt: clock.now + 60),
                by: ada
            )
            _ = try await identity.deviceLogins.begin(client: "c")
            clock.advance(by: .seconds(40 * 86_400))
            try await IdentityUpkeep(identity: identity, database: database, world: world).sweep()
            let counts = try await database.read { db in
                try ["sessions", "device_logins", "guesses"].map { table in
                    try db.value(Int.self, SQL(stringLiteral: "SELECT COUNT(*) FROM \(table)")) ?? -1
                }
            }
            #expect(counts == [0, 0, 0])
            #expect(try await identity.tokens.list(by: ada).map(\.token.name) == ["kept"])
        }
    }
}
