import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryMarket

struct AgreementsTests {
    @Test(arguments: TestDatabase.all)
    func `a new version has to be accepted anew`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let world = World.fixed()
            let identity = try Identity.testing(database, world: world)
            let (ada, root) = (try await identity.person("ada"), try await identity.person("root", role: .admin))
            let agreements = Agreements(database: database, world: world)
            let house = try await MarketHouse(database)
            let repo = try await house.asset(of: ada)
            func demand(_ kinds: [AgreementKind] = []) async throws {
                let id = try ada.mustBeSignedIn().id
                try await database.write { try agreements.demand(.publishing, accepting: kinds, for: repo, by: id, $0) }
            }
            func isComplete() async throws -> Bool {
                let id = try ada.mustBeSignedIn().id
                return try await database.read { try Agreements.isComplete(.publishing, by: id, $0) }
            }

            #expect(try await agreements.missing(for: .publishing, by: ada).map(\.kind) == [.publishing, .service])
            await #expect(throws: AgreementError.notAccepted([.publishing, .service])) { try await demand() }
            await #expect(throws: AgreementError.notAccepted([.service])) { try await demand([.publishing]) }
            #expect(try await !isComplete())
            try await demand([.publishing, .service])
            #expect(try await isComplete())
            // Whoever ticked before ticks again.
            await #expect(throws: AgreementError.notAccepted([.publishing, .service])) { try await demand() }
            #expect(try await agreements.missing(for: .subscribing, by: ada).map(\.kind) == [.data])

            let new = try await agreements.edit(
                .service,
                chinese: Agreement.Text(title: "新协议", body: "内容"),
                english: Agreement.Text(title: "New", body: "Text"),
                by: root
            )
            #expect(new.version == 2)
            #expect(try await agreements.agreement(.service).text(in: "zh-CN").title == "新协议")
            #expect(
                try await agreements.agreement(.service, version: 1).english.title == "AI Gallery Service Agreement"
            )
            #expect(try await !isComplete())
            try await agreements.accept([.service], by: ada)
            #expect(try await isComplete())

            for viewer in [ada, .visitor] {
                await #expect(throws: Problem.self) {
                    try await agreements.edit(.data, chinese: new.chinese, english: new.english, by: viewer)
                }
            }
            await #expect(throws: AgreementError.badText) {
                let empty = Agreement.Text(title: "", body: "x")
                _ = try await agreements.edit(.data, chinese: empty, english: empty, by: root)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a gallery starts with every text in both languages`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let agreements = Agreements(database: database, world: .fixed())
            for kind in AgreementKind.allCases {
                let agreement = try await agreements.agreement(kind)
                #expect(agreement.chinese.body.count > 100 && agreement.english.body.count > 100)
                #expect(!agreement.chinese.body.contains("\n            "))
            }
        }
    }
}
