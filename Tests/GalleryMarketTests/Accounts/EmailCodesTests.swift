import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Synchronization
import Testing

@testable import GalleryMarket

/// Codes with a letter box instead of mail.
private final class LetterBox: Sendable {
    private let letters = Mutex<[(code: String, email: String)]>([])

    var codes: [String] { letters.withLock { $0.map(\.code) } }
    var addresses: [String] { letters.withLock { $0.map(\.email) } }
    func put(_ code: String, _ email: String) { letters.withLock { $0.append((code, email)) } }
}

struct EmailCodesTests {
    private struct Ground {
        let clock = TestClock()
        let box = LetterBox()
        let identity: Identity
        let codes: EmailCodes

        init(_ database: any Database) throws {
            let world = World.fixed(clock)
            identity = try Identity.testing(database, world: world)
            codes = EmailCodes(database: database, world: world, identity: identity) { [box] code, letter, _ in
                box.put(code, letter.email)
            }
        }

        func request(_ email: String, by viewer: Viewer) async throws {
            clock.advance(by: .seconds(61))
            try await codes.requestAddress(email, from: "192.0.2.1", in: .english, by: viewer)
        }
    }

    private static let origin = Sessions.Origin(address: "192.0.2.1", agent: "test")
    private static func wrong(_ code: String) -> String { code == "000000" ? "000001" : "000000" }

    @Test(arguments: TestDatabase.all)
    func `a new address is taken with the code that was sent there, once`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let ground = try Ground(database)
            let ada = try await ground.identity.person("ada")
            try await ground.request("Ada@New.example", by: ada)
            #expect(ground.box.addresses == ["Ada@New.example"])
            #expect(try await ground.codes.waitingAddress(by: ada) == "Ada@New.example")
            #expect(try await ground.identity.accounts.own(by: ada).email == "ada@example.org")
            let code = ground.box.codes[0]
            let spaced = code.prefix(3) + " " + code.dropFirst(3)
            let account = try await ground.codes.confirmAddress(String(spaced), by: ada)
            #expect(account.email == "Ada@New.example")
            #expect(account.isEmailConfirmed)
            await #expect(throws: EmailCodeError.none) { try await ground.codes.confirmAddress(code, by: ada) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a code bears five wrong tries and a quarter of an hour, and ends with the next one`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runMarket { database in
            let ground = try Ground(database)
            let ada = try await ground.identity.person("ada")
            let bob = try await ground.identity.person("bob")
            try await ground.request("one@new.example", by: ada)
            let first = ground.box.codes[0]
            await #expect(throws: EmailCodeError.none) { try await ground.codes.confirmAddress(first, by: bob) }
            for left in [4, 3, 2, 1, 0] {
                await #expect(throws: EmailCodeError.wrong(triesLeft: left)) {
                    try await ground.codes.confirmAddress(Self.wrong(first), by: ada)
                }
            }
            await #expect(throws: EmailCodeError.none) { try await ground.codes.confirmAddress(first, by: ada) }
            try await ground.request("two@new.example", by: ada)
            try await ground.request("three@new.example", by: ada)
            if ground.box.codes[1] != ground.box.codes[2] {
                await #expect(throws: EmailCodeError.wrong(triesLeft: 4)) {
                    try await ground.codes.confirmAddress(ground.box.codes[1], by: ada)
                }
            }
            ground.clock.advance(by: .seconds(901))
            await #expect(throws: EmailCodeError.none) {
                try await ground.codes.confirmAddress(ground.box.codes[2], by: ada)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `codes go out once a minute and five times an hour, to one account and to one address`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runMarket { database in
            let ground = try Ground(database)
            let ada = try await ground.identity.person("ada")
            let bob = try await ground.identity.person("bob")
            for _ in 0..<3 { try await ground.request("shared@new.example", by: ada) }
            await #expect(throws: EmailCodeError.tooSoon(seconds: 61)) {
                try await ground.codes.requestAddress("x@new.example", from: "", in: .english, by: ada)
            }
            for _ in 0..<2 { try await ground.request("Shared@new.example", by: bob) }
            await #expect(throws: EmailCodeError.tooMany) { try await ground.request("shared@new.example", by: bob) }
            for name in ["a", "b"] { try await ground.request("\(name)@new.example", by: ada) }
            await #expect(throws: EmailCodeError.tooMany) { try await ground.request("c@new.example", by: ada) }
            ground.clock.advance(by: .seconds(3600))
            try await ground.request("c@new.example", by: ada)
            await #expect(throws: AccountError.invalidEmail) { try await ground.request("nobody", by: ada) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a forgotten password is replaced with a code, and ends every session`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let ground = try Ground(database)
            let ada = try await ground.identity.person("ada")
            // Nothing is sent to an address that was never confirmed.
            try await ground.codes.requestPassword(for: "ada", from: "192.0.2.9", in: .chinese)
            try await ground.codes.requestPassword(for: "nobody", from: "192.0.2.9", in: .chinese)
            #expect(ground.box.codes.isEmpty)
            try await ground.request("ada@new.example", by: ada)
            try await ground.codes.confirmAddress(ground.box.codes[0], by: ada)
            ground.clock.advance(by: .seconds(61))
            try await ground.codes.requestPassword(for: "ADA@new.example", from: "192.0.2.9", in: .chinese)
            #expect(ground.box.addresses.last == "ada@new.example")
            // Asking again at once says nothing and sends nothing.
            try await ground.codes.requestPassword(for: "ada", from: "192.0.2.9", in: .chinese)
            #expect(ground.box.codes.count == 2)
            let code = ground.box.codes[1]
            let old = try await ground.identity.sessions.signIn(
                name: "ada",
                password: Identity.testPassword,
                from: Self.origin
            )
            await #expect(throws: EmailCodeError.self) {
                try await ground.codes.replacePassword(of: "ada", code: Self.wrong(code), with: "x", at: Self.origin)
            }
            await #expect(throws: EmailCodeError.wrong(triesLeft: 1)) {
                try await ground.codes.replacePassword(of: "nobody", code: code, with: "x", at: Self.origin)
            }
            // A password that will not do leaves the code good.
            await #expect(throws: AccountError.passwordTooShort) {
                try await ground.codes.replacePassword(of: "ada", code: code, with: "short", at: Self.origin)
            }
            let started = try await ground.codes.replacePassword(
                of: "ada",
                code: code,
                with: "a wholly new password",
                at: Self.origin
            )
            let authentication = ground.identity.authentication
            #expect(try await authentication.identify(.cookie(old.cookie), from: "") == nil)
            #expect(try await authentication.identify(.cookie(started.cookie), from: "") != nil)
            await #expect(throws: EmailCodeError.wrong(triesLeft: 1)) {
                try await ground.codes.replacePassword(of: "ada", code: code, with: "another password", at: Self.origin)
            }
        }
    }
}
