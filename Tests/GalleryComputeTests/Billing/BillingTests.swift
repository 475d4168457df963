import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryCompute

/// Metering, settling, paying, and what happens to who does not pay.
struct BillingTests {
    @Test(arguments: TestDatabase.all)
    func `use is settled at full hours, at the price of its time, by the second`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let house = try await ComputeHouse(database)
            let ada = try await house.person("ada")
            try await house.price(ComputeHouse.cpu, "3.60")
            try await house.price(ComputeHouse.cpu, "7.20", in: 1800)
            try await house.topUp(ada, "10")
            house.advance(600)
            try await house.begin("r", of: ada)
            house.advance(2400)
            try await house.end("r")
            try await house.billing.settlement.settleAll()
            // Stopping settles nothing early.
            #expect(try await house.holdings(ada).wallet.text == "10.00")
            let now = house.clock.now
            let cost = try await database.read { db in try house.billing.metering.cost(of: "r", at: now, db) }
            #expect(cost.open.text == "3.60" && cost.seconds == 2400)
            #expect(try await house.billing.state(by: ada).unsettled.text == "3.60")
            house.advance(600)
            try await house.billing.settlement.settleAll()
            // 20 minutes at 3.60, 20 at 7.20.
            #expect(try await house.holdings(ada).wallet.text == "6.40")
            #expect(try await house.billing.state(by: ada).unsettled == .zero)
            let span = try StatementSpan(from: "", until: "", now: house.clock.now)
            let lines = try await house.billing.lines(span, by: ada).lines
            #expect(lines.map(\.seconds) == [1200, 1200] && lines.map(\.amount.text) == ["1.20", "2.40"])
            #expect(try await house.faults() == [])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `vouchers pay first, those that end first before others, and only within their time`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runCompute { database in
            let house = try await ComputeHouse(database)
            let ada = try await house.person("ada")
            try await house.price(ComputeHouse.cpu, "1")
            try await house.topUp(ada, "5")
            for (hours, amount) in [(5, "0.40"), (2, "0.30"), (1, "9")] {
                try await house.billing.grantVoucher(
                    to: "ada",
                    try #require(Money(amount)),
                    until: house.clock.now.addingTimeInterval(Double(hours) * 3600),
                    reference: "v\(hours)",
                    by: house.root
                )
            }
            house.advance(3600)
            try await house.begin("r", of: ada)
            house.advance(3600)
            try await house.end("r")
            try await house.billing.settlement.settleAll()
            let holdings = try await house.holdings(ada)
            #expect(holdings.vouchers.map(\.left.text) == ["9.00"] && holdings.wallet.text == "4.70")
            let span = try StatementSpan(from: "", until: "", now: house.clock.now)
            for period in StatementPeriod.allCases {
                let total = try await house.billing.statement(period, span, by: ada).total
                #expect(total.fromVouchers.text == "0.70" && total.fromBalance.text == "0.30")
                #expect(total.amount == total.fromVouchers + total.fromBalance + total.unpaid)
            }
            // What is left of a voucher that ended long ago is written off.
            house.advance(5 * 86_400)
            try await house.billing.settlement.tick()
            #expect(try await house.holdings(ada).vouchers.isEmpty)
            #expect(try await house.faults() == [])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a debt leads over grace and retention to release, and topping up ends it anywhere`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runCompute { database in
            let house = try await ComputeHouse(database, graceHours: 24, retentionHours: 48)
            let ada = try await house.person("ada")
            try await house.price(ComputeHouse.cpu, "2")
            let account = try house.account(ada)
            func mayStart() async throws {
                try await database.read { db in try house.billing.demandMayStart(ComputeHouse.cpu, by: account, db) }
            }
            await #expect(throws: BillingError.tooLittle(Money(micros: 2_000_000))) { try await mayStart() }
            try await house.topUp(ada, "2")
            try await mayStart()
            try await house.begin("r", of: ada)
            house.advance(2 * 3600)
            try await house.see("r")
            try await house.billing.settlement.settleAll()
            #expect(try await house.standing(ada) == .grace)
            #expect(try await house.holdings(ada).owed.text == "2.00")
            await #expect(throws: BillingError.inArrears) { try await mayStart() }
            // It goes on meanwhile, and the debt grows.
            house.advance(3600)
            try await house.see("r")
            try await house.billing.settlement.settleAll()
            #expect(try await house.holdings(ada).owed.text == "4.00")
            try await house.topUp(ada, "3")
            #expect(try await house.standing(ada) == .grace)
            house.advance(24 * 3600)
            try await house.billing.settlement.tick()
            #expect(try await house.standing(ada) == .retention)
            await #expect(throws: BillingError.frozen) { try await mayStart() }
            await #expect(throws: BillingError.frozen) { try await house.begin("s", of: ada) }
            try await house.end("r", at: house.clock.now.addingTimeInterval(-24 * 3600))
            try await house.topUp(ada, "5")
            #expect(try await house.standing(ada) == .clear)
            #expect(try await house.holdings(ada).wallet.text == "4.00")
            try await house.begin("s", of: ada)
            house.advance(3 * 3600)
            try await house.end("s")
            house.advance(3600)
            try await house.billing.settlement.settleAll()
            for state in [Standing.State.grace, .retention, .released, .released] {
                #expect(try await house.standing(ada) == state)
                house.advance(48 * 3600)
                try await house.billing.settlement.tick()
            }
            #expect(try await house.faults() == [])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the same reference books once, and something else under it is refused`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let house = try await ComputeHouse(database)
            let ada = try await house.person("ada")
            for _ in 0..<3 { try await house.topUp(ada, "4", reference: "bank-1") }
            #expect(try await house.holdings(ada).wallet.text == "4.00")
            await #expect(throws: BillingError.referenceTaken) { try await house.topUp(ada, "5", reference: "bank-1") }
            await #expect(throws: BillingError.badReference) { try await house.topUp(ada, "5", reference: "a b") }
            await #expect(throws: BillingError.badAmount(field: "amount")) {
                try await house.topUp(ada, "0", reference: "z")
            }
            let five = Money(micros: 5_000_000)
            await #expect(throws: BillingError.moreThanBalance) {
                try await house.billing.takeBack("ada", five, reference: "x", by: house.root)
            }
            await #expect(throws: (any Error).self) {
                try await database.write { db in try db.execute("UPDATE ledger_postings SET amount = 1") }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `money that an organisation cannot spend is taken back, once under each reference`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runCompute { database in
            let house = try await ComputeHouse(database)
            try await house.organization("acme")
            let (billing, root) = (house.billing, house.root)
            let four = Money(micros: 4_000_000)
            // As it was booked before organisations were refused.
            try await database.write { db in
                let account = try #require(try db.account(named: "acme")).id
                var holdings = Holdings()
                let entry = try LedgerEntry(.topUp, of: account, key: "top-up old", holdings.topUp(four + four))
                _ = try db.book(entry, id: "old", by: nil, at: house.clock.now)
            }
            try await withThrowingTaskGroup { group in
                for _ in 0..<3 {
                    group.addTask { try await billing.takeBack("acme", four, reference: "back-1", by: root) }
                }
                for try await left in group { #expect(left.wallet == four) }
            }
            #expect(try await billing.takeBack("acme", four, reference: "back-1", by: root).wallet == four)
            await #expect(throws: BillingError.referenceTaken) {
                try await billing.takeBack("acme", four + four, reference: "back-1", by: root)
            }
            #expect(try await billing.takeBack("acme", four, reference: "back-2", by: root).wallet == .zero)
            await #expect(throws: BillingError.moreThanBalance) {
                try await billing.takeBack("acme", four, reference: "back-3", by: root)
            }
            let state = try await billing.state(of: "acme", by: root)
            #expect(state.holdings == Holdings() && state.standing.state == .clear)
            let booked = try await billing.ledger(of: "acme", by: root).entries.map(\.change)
            #expect(booked.sorted() == [-four, -four, four + four])
            let noted = try await database.read { db in
                try db.value(Int.self, "SELECT COUNT(*) FROM audit_log WHERE action = 'billing.take-back'")
            }
            #expect(noted == 2, "what is said again is done once")
            #expect(try await house.faults() == [])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a run that is not heard of is settled up to its last word, once that is known`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runCompute { database in
            let house = try await ComputeHouse(database)
            let ada = try await house.person("ada")
            try await house.price(ComputeHouse.cpu, "1")
            try await house.topUp(ada, "9")
            try await house.begin("r", of: ada)
            house.advance(5400)
            try await house.see("r")
            let last = house.clock.now
            house.advance(7200)
            try await house.billing.settlement.settleAll()
            #expect(try await house.holdings(ada).wallet.text == "8.00")
            try await house.end("r", at: last)
            try await house.end("r", at: last)
            try await house.billing.settlement.settleAll()
            #expect(try await house.holdings(ada).wallet.text == "7.50")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `money is for people, who can spend it`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let house = try await ComputeHouse(database)
            try await house.organization("acme")
            await #expect(throws: BillingError.organization) {
                try await house.billing.topUp("acme", Money("5") ?? .zero, reference: "r", by: house.root)
            }
            await #expect(throws: BillingError.organization) {
                try await house.billing.grantVoucher(
                    to: "acme",
                    Money("5") ?? .zero,
                    until: house.clock.now.addingTimeInterval(86_400),
                    reference: "v",
                    by: house.root
                )
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what a frozen account stores can be read, and nothing else until it is paid`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runCompute { database in
            var additions = HubAdditions()
            FrozenStorage.guarding(&additions)
            let store = try TestFiles(database, observers: additions.observers)
            let (ada, bob) = (try await store.identity.person("ada"), try await store.identity.person("bob"))
            let repositories = Repositories(
                database: database,
                files: store.files,
                world: store.world,
                life: additions.life
            )
            let repo = try await store.repository("m", of: ada).id
            try await store.commit(["a.txt": "1"], of: repo, by: ada)
            let account = try ada.mustBeSignedIn().id
            for state in [Standing.State.retention, .released] {
                try await database.write { db in try db.save(Standing(state, since: TestClock.start), of: account) }
                await #expect(throws: BillingError.frozen) {
                    try await store.commit(["a.txt": "2"], of: repo, by: ada)
                }
                await #expect(throws: BillingError.frozen) { try await repositories.delete(repo, by: ada) }
                await #expect(throws: BillingError.frozen) {
                    try await repositories.move(repo, to: RepoName(owner: "ada", name: "other"), by: ada)
                }
                await #expect(throws: BillingError.frozen) {
                    try await repositories.change(repo, RepositorySettings(title: "Other"), by: ada)
                }
                await #expect(throws: BillingError.frozen) { try await repositories.setReaders([], of: repo, by: ada) }
                await #expect(throws: BillingError.frozen) {
                    try await repositories.create(NewRepository(kind: .model, name: "n"), by: ada)
                }
                #expect(try await store.text("a.txt", of: repo, by: ada) == "1")
                _ = try await repositories.create(NewRepository(kind: .model, name: "\(state)"), by: bob)
            }
            for state in [Standing.State.grace, .clear] {
                try await database.write { db in try db.save(Standing(state, since: TestClock.start), of: account) }
                try await store.commit(["a.txt": "\(state)"], of: repo, by: ada)
            }
            try await repositories.delete(repo, by: ada)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `use that cannot be settled keeps no other from it`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let house = try await ComputeHouse(database)
            try await house.price(ComputeHouse.cpu, "1")
            try await house.price(ComputeHouse.big, "1")
            let people = ["ada", "bob", "eve"]
            for (index, name) in people.enumerated() {
                let person = try await house.person(name)
                try await house.topUp(person, "9")
                try await house.begin("r-\(name)", of: person, index == 1 ? ComputeHouse.big : ComputeHouse.cpu)
            }
            house.advance(3600)
            for name in people { try await house.end("r-\(name)") }
            try await database.write { db in try db.execute("DELETE FROM flavor_prices WHERE flavor = 'cpu-8'") }
            await #expect(throws: BillingError.noPrice(flavor: "cpu-8", region: "local")) {
                try await house.billing.settlement.settleAll()
            }
            let runs = try await database.read { db in
                try db.values(String.self, "SELECT run FROM usage_lines ORDER BY run")
            }
            #expect(runs == ["r-ada", "r-eve"])
        }
    }

    @Test func `amounts are exact`() {
        let texts = ["0", "12.5", "0.000001", "-3.25", "1000000000"]
        #expect(texts.compactMap { Money($0)?.text } == ["0.00", "12.50", "0.000001", "-3.25", "1000000000.00"])
        for text in ["", ".", "1.", ".5", "1.0000001", "1,5", "１", "--1", "-", "1e3", "1000000001", "99999999999"] {
            #expect(Money(text) == nil, "\(text)")
        }
        #expect(Money(micros: 1).cost(ofSeconds: 1799) == .zero)
        #expect(Money(micros: 1).cost(ofSeconds: 1800) == Money(micros: 1))
        #expect(Money.largest.cost(ofSeconds: 3600) == .largest)
    }

    @Test func `a step of arrears lasts its whole time from when it is taken`() {
        let (start, owed) = (TestClock.start, Money(micros: 1))
        let terms = BillingTerms(graceHours: 1, retentionHours: 2)
        let grace = Standing(.clear, since: start).next(owing: owed, at: start, terms)
        #expect(grace == Standing(.grace, since: start, until: start.addingTimeInterval(3600)))
        #expect(grace.next(owing: owed, at: start.addingTimeInterval(3599), terms) == grace)
        // The gallery stood still for a year.
        let late = start.addingTimeInterval(365 * 86_400)
        let retention = grace.next(owing: owed, at: late, terms)
        #expect(retention == Standing(.retention, since: late, until: late.addingTimeInterval(7200)))
        for state in Standing.State.allCases where state != .clear {
            let paid = Standing(state, since: start, until: nil).next(owing: .zero, at: late, terms)
            #expect(paid == Standing(.clear, since: late))
        }
    }
}
