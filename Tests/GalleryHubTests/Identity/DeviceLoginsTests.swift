import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryHub

struct DeviceLoginsTests {
    @Test(arguments: TestDatabase.all)
    func `a confirmed code gives the program a token that writes, once`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let clock = TestClock()
            let identity = try Identity.testing(database, world: .fixed(clock))
            let logins = identity.deviceLogins
            let ada = try await identity.person("ada")
            let started = try await logins.begin(client: "hf")
            await #expect(throws: DeviceLoginError.authorizationPending) {
                try await logins.claim(deviceCode: started.deviceCode, client: "hf")
            }
            await #expect(throws: DeviceLoginError.slowDown) {
                try await logins.claim(deviceCode: started.deviceCode, client: "hf")
            }
            clock.advance(by: .seconds(5))
            await #expect(throws: DeviceLoginError.authorizationPending) {
                try await logins.claim(deviceCode: started.deviceCode, client: "hf")
            }
            let typed = started.userCode.lowercased().replacing("-", with: " ")
            #expect(try await logins.pending(userCode: typed, by: ada).client == "hf")
            try await logins.decide(userCode: typed, approve: true, by: ada)
            await #expect(throws: DeviceLoginError.expiredToken) {
                try await logins.claim(deviceCode: started.deviceCode, client: "other")
            }
            let grant = try await logins.claim(deviceCode: started.deviceCode, client: "hf")
            let known = try await identity.authentication.identify(.token(grant.accessToken), from: "")
            #expect(known?.viewer == Viewer(account: ada.account, scope: .write))
            await #expect(throws: DeviceLoginError.expiredToken) {
                try await logins.claim(deviceCode: started.deviceCode, client: "hf")
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a refresh token renews once, and the old token runs out`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let clock = TestClock()
            let identity = try Identity.testing(database, world: .fixed(clock))
            let logins = identity.deviceLogins
            let ada = try await identity.person("ada")
            let started = try await logins.begin(client: "hf")
            try await logins.decide(userCode: started.userCode, approve: true, by: ada)
            let first = try await logins.claim(deviceCode: started.deviceCode, client: "hf")
            clock.advance(by: .seconds(29 * 86_400))
            await #expect(throws: DeviceLoginError.invalidGrant) {
                try await logins.renew(refreshToken: first.refreshToken, client: "other")
            }
            let second = try await logins.renew(refreshToken: first.refreshToken, client: "hf")
            await #expect(throws: DeviceLoginError.invalidGrant) {
                try await logins.renew(refreshToken: first.refreshToken, client: "hf")
            }
            #expect(try await identity.authentication.identify(.token(first.accessToken), from: "") != nil)
            clock.advance(by: .seconds(3601))
            await #expect(throws: Problem.self) {
                try await identity.authentication.identify(.token(first.accessToken), from: "")
            }
            #expect(try await identity.authentication.identify(.token(second.accessToken), from: "") != nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a denied or late code gives nothing`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let clock = TestClock()
            let identity = try Identity.testing(database, world: .fixed(clock))
            let logins = identity.deviceLogins
            let ada = try await identity.person("ada")
            let denied = try await logins.begin(client: "hf")
            let late = try await logins.begin(client: "hf")
            try await logins.decide(userCode: denied.userCode, approve: false, by: ada)
            await #expect(throws: DeviceLoginError.accessDenied) {
                try await logins.claim(deviceCode: denied.deviceCode, client: "hf")
            }
            clock.advance(by: .seconds(900))
            await #expect(throws: DeviceLoginError.unknownUserCode) {
                try await logins.decide(userCode: late.userCode, approve: true, by: ada)
            }
            await #expect(throws: DeviceLoginError.expiredToken) {
                try await logins.claim(deviceCode: late.deviceCode, client: "hf")
            }
        }
    }

    @Test
    func `codes cannot be tried one after the other`() async throws {
        try await TestDatabase.sqlite.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("ada")
            for _ in 0..<5 {
                await #expect(throws: DeviceLoginError.unknownUserCode) {
                    try await identity.deviceLogins.pending(userCode: "BBBB-BBBB", by: ada)
                }
            }
            let problem = await #expect(throws: Problem.self) {
                try await identity.deviceLogins.pending(userCode: "BBBB-BBBB", by: ada)
            }
            #expect(problem?.kind == .throttled)
        }
    }
}
