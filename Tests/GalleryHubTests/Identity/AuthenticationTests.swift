import Foundation
import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryHub

struct AuthenticationTests {
    private static let origin = Sessions.Origin(address: "192.0.2.1", agent: "test")

    @Test(arguments: TestDatabase.all)
    func `a token makes its account the viewer, with its scope`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("ada")
            let request = TokenRequest(name: "ci", scope: .write, repo: RepoID("r1"))
            let issued = try await identity.tokens.create(request, by: ada)
            #expect(issued.text.hasPrefix("hf_"))
            #expect((37...256).contains(issued.text.utf8.count))
            #expect(issued.text.dropFirst(3).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
            let known = try await identity.authentication.identify(.token(issued.text), from: "")
            #expect(known?.viewer.account == ada.account)
            #expect(known?.viewer.scope == .write)
            #expect(known?.viewer.onlyRepo == RepoID("r1"))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the token itself is nowhere in the database`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("ada")
            let issued = try await identity.tokens.create(.init(name: "ci", scope: .read), by: ada)
            let stored = try await database.read { try $0.values([UInt8].self, "SELECT hash FROM access_tokens") }
            #expect(stored == [SHA256Digest.of(issued.text.utf8).bytes])
            #expect(try await identity.tokens.list(by: ada).map(\.token.hint) == [String(issued.text.suffix(4))])
        }
    }

    @Test(arguments: [
        "", "hf_", "hf_wrong", "hf_" + String(repeating: "a", count: 40), String(repeating: "x", count: 5000),
    ])
    func `a wrong token is refused in the words that clients compare`(_ text: String) async throws {
        try await TestDatabase.sqlite.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let problem = await #expect(throws: Problem.self) {
                try await identity.authentication.identify(.token(text), from: "")
            }
            #expect(problem?.kind == .unauthenticated)
            #expect(problem?.detail == "Invalid credentials in Authorization header")
            #expect(problem?.hubCode == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a revoked token is refused at once`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("ada")
            let issued = try await identity.tokens.create(.init(name: "ci", scope: .read), by: ada)
            _ = try await identity.authentication.identify(.token(issued.text), from: "")
            try await identity.tokens.revoke(issued.token.id, by: ada)
            await #expect(throws: Problem.self) {
                try await identity.authentication.identify(.token(issued.text), from: "")
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what another process bars is refused within two seconds`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let clock = TestClock()
            let here = try Identity.testing(database, world: .fixed(clock))
            let there = try Identity.testing(database, world: World.fixed(clock).withIDs("there"))
            let ada = try await here.person("ada")
            let issued = try await here.tokens.create(.init(name: "ci", scope: .read), by: ada)
            let session = try await here.sessions.signIn(
                name: "ada",
                password: Identity.testPassword,
                from: Self.origin
            )
            _ = try await here.authentication.identify(.token(issued.text), from: "")
            _ = try await here.authentication.identify(.cookie(session.cookie), from: "")
            _ = try await here.authentication.identify(
                .password(name: "ada", password: Identity.testPassword),
                from: ""
            )
            try await there.operators.setDisabled(true, "ada", by: nil)
            clock.advance(by: .seconds(2))
            await #expect(throws: Problem.self) {
                try await here.authentication.identify(.token(issued.text), from: "")
            }
            #expect(try await here.authentication.identify(.cookie(session.cookie), from: "") == nil)
            await #expect(throws: Problem.self) {
                try await here.authentication.identify(
                    .password(name: "ada", password: Identity.testPassword),
                    from: ""
                )
            }
            try await there.operators.setDisabled(false, "ada", by: nil)
            #expect(try await here.authentication.identify(.token(issued.text), from: "") != nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a token ends with its time`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let clock = TestClock()
            let identity = try Identity.testing(database, world: .fixed(clock))
            let ada = try await identity.person("ada")
            let issued = try await identity.tokens.create(
                .init(name: "ci", scope: .read, expiresAt: clock.now + 60.5),
                by: ada
            )
            clock.advance(by: .seconds(60))
            #expect(try await identity.authentication.identify(.token(issued.text), from: "") != nil)
            clock.advance(by: .milliseconds(500))
            await #expect(throws: Problem.self) {
                try await identity.authentication.identify(.token(issued.text), from: "")
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `last use is written together, now and then`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let clock = TestClock()
            let identity = try Identity.testing(database, world: .fixed(clock))
            let ada = try await identity.person("ada")
            let issued = try await identity.tokens.create(.init(name: "ci", scope: .read), by: ada)
            for _ in 0..<10 {
                _ = try await identity.authentication.identify(.token(issued.text), from: "")
                clock.advance(by: .seconds(3))
            }
            #expect(try await identity.tokens.list(by: ada).first?.token.lastUsedAt == TestClock.start)
            try await identity.authentication.flush()
            #expect(try await identity.tokens.list(by: ada).first?.token.lastUsedAt == TestClock.start + 27)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a password works in place of a token until it is changed`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let clock = TestClock()
            let identity = try Identity.testing(database, world: .fixed(clock))
            _ = try await identity.person("ada")
            let presented = PresentedCredential.password(name: "ADA", password: Identity.testPassword)
            for _ in 0..<3 {
                #expect(try await identity.authentication.identify(presented, from: "")?.viewer.account?.name == "ada")
                clock.advance(by: .seconds(5))
            }
            try await identity.operators.resetPassword(of: "ada", to: "another password", by: nil)
            await #expect(throws: Problem.self) { try await identity.authentication.identify(presented, from: "") }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `guessing slows down alike for accounts that exist and that do not`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let clock = TestClock()
            let identity = try Identity.testing(database, world: .fixed(clock))
            _ = try await identity.person("ada")
            var answers: [[Problem?]] = []
            for name in ["ada", "nobody"] {
                var problems: [Problem?] = []
                for guess in 0..<7 {
                    problems.append(
                        await #expect(throws: Problem.self) {
                            try await identity.sessions.signIn(
                                name: name,
                                password: "guess \(guess)",
                                from: Self.origin
                            )
                        }
                    )
                }
                answers.append(problems)
            }
            #expect(answers[0] == answers[1])
            #expect(
                answers[0].map { $0?.kind } == Array(repeating: .unauthenticated, count: 5) + [.throttled, .throttled]
            )
            #expect(answers[0].last??.retryAfter == 2)
            // Even the right password waits, from this address; it works from another one, and here after the wait.
            await #expect(throws: Problem.self) {
                try await identity.sessions.signIn(name: "ada", password: Identity.testPassword, from: Self.origin)
            }
            let elsewhere = Sessions.Origin(address: "198.51.100.7", agent: "")
            _ = try await identity.sessions.signIn(name: "ada", password: Identity.testPassword, from: elsewhere)
            clock.advance(by: .seconds(3))
            _ = try await identity.sessions.signIn(name: "ada", password: Identity.testPassword, from: Self.origin)
        }
    }

    @Test
    func `waits double up to their limit`() {
        let waits = [1, 4, 5, 6, 7, 8, 100].map { Guesses.pair.wait(after: $0) }
        #expect(waits == [0, 0, 2, 4, 8, 16, 900])
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2"), ("2001:db8::1", "2001:db8:0:0"),
        ("::1", "0:0:0:0"), ("fe80::1%eth0", "fe80:0:0:0"), ("local", "local"), ("%:", ""), ("::::::", ""),
    ])
    func `an IPv6 network counts as one address`(_ address: String, _ network: String) {
        let found = Guesses.network(of: address)
        if !network.isEmpty { #expect(found == network) }
    }
}

extension World {
    /// With ids of its own, as another process has.
    func withIDs(_ prefix: String) -> World {
        var world = self
        let newID = newID
        world.newID = { "\(prefix)-\(newID())" }
        return world
    }
}
