import Foundation
import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryCompute

/// Whatever happens in whatever order, with power cuts at any statement, repetitions and two workers at once: the books
/// balance, and every second is billed once at the price of its time.
struct BooksPropertyTests {
    @Test(arguments: TestDatabase.all, [1, 2, 3, 4, 5])
    func `no crash and no repetition loses or doubles a second`(_ kind: TestDatabase, seed: Int) async throws {
        try await kind.runCompute { bare in
            let database = CrashingDatabase(bare, seed: UInt64(seed) &* 77, oneOf: 4)
            let house = try await ComputeHouse(database, beneath: bare, graceHours: 5, retentionHours: 6)
            var story = try await Story(house, seed: seed)
            for step in 0..<90 {
                try await story.step()
                if step % 15 == 14 { try await story.check("seed \(seed), step \(step)") }
            }
            database.stopCrashing()
            try await story.end()
            try await story.check("seed \(seed), the end")
            #expect(try await story.isSettled(), "seed \(seed): \(story.told.suffix(12))")
        }
    }
}

/// A random sequence of everything that moves money, and what it must come to, told second by second.
private struct Story {
    private struct Meter {
        var account: Int
        var used: UsedFlavor
        var start: Int64
        var end: Int64?
        var seen: Date
    }

    private struct PriceStep {
        var used: UsedFlavor
        var start: Int64
        var perHour: Money
    }

    let house: ComputeHouse
    private(set) var told: [String] = []
    private var random: SeededRandom
    private var people: [Viewer] = []
    private var meters: [String: [Meter]] = [:]
    private var prices: [PriceStep] = []
    /// What came in, by account.
    private var income: [Money]
    private var count = 0

    init(_ house: ComputeHouse, seed: Int) async throws {
        self.house = house
        random = SeededRandom(seed: UInt64(seed))
        income = Array(repeating: .zero, count: 3)
        for name in ["ada", "bob", "eve"] { people.append(try await house.person(name)) }
        for used in [ComputeHouse.cpu, ComputeHouse.big] { try await setPrice(used, in: 0) }
        // Half a second, so that nothing begins on full seconds only.
        house.clock.advance(by: .milliseconds(500))
    }

    mutating func step() async throws {
        count += 1
        house.clock.advance(by: .milliseconds(number(1...2_400_000)))
        switch number(0...11) {
        case 0...2: try await begin()
        case 3...4: try await endOne()
        case 5: for run in meters.keys.sorted() { try await see(run) }
        case 6: try await setPrice([ComputeHouse.cpu, ComputeHouse.big][number(0...1)], in: number(0...2) * 1800)
        case 7: try await topUp()
        case 8: try await takeBack()
        case 9: try await grant()
        case 10: try await repeated { try await house.billing.settlement.tick() }
        default: try await settle()
        }
    }

    /// Ends every run, and lets its hour go by.
    mutating func end() async throws {
        for run in meters.keys.sorted() where meters[run]?.last?.end == nil {
            try await close(run, at: house.clock.now)
        }
        house.advance(2 * 3600)
        try await settle()
        try await house.billing.settlement.tick()
        house.advance(40 * 86_400)
        try await house.billing.settlement.tick()
    }

    // MARK: Steps

    private mutating func begin() async throws {
        let run = "run-\(number(1...5))"
        let before = meters[run] ?? []
        guard before.last?.end != nil || before.isEmpty else { return }
        let person = number(0...2)
        let used = [ComputeHouse.cpu, ComputeHouse.big, ComputeHouse.free][number(0...2)]
        do {
            try await repeated { try await house.begin(run, of: people[person], used) }
        } catch BillingError.frozen {
            return
        }
        let now = house.clock.now
        let start = max(ClockTime.seconds(now), before.last?.end ?? 0)
        meters[run] = before + [Meter(account: person, used: used, start: start, end: nil, seen: now)]
        told.append("began \(run) \(used.flavor) at \(now)")
    }

    private mutating func see(_ run: String) async throws {
        guard let all = meters[run], let last = all.indices.last, all[last].end == nil else { return }
        try await repeated { try await house.see(run) }
        let now = house.clock.now
        meters[run]?[last].seen = now
    }

    private mutating func endOne() async throws {
        let open = meters.keys.sorted().filter { meters[$0]?.last?.end == nil }
        guard let run = open.randomElement(using: &random), let meter = meters[run]?.last else { return }
        // One in three was lost, and is billed until it was last seen.
        try await close(run, at: number(0...2) == 0 ? meter.seen : house.clock.now)
    }

    private mutating func close(_ run: String, at time: Date) async throws {
        try await repeated { try await house.end(run, at: time) }
        guard let all = meters[run], let last = all.indices.last else { return }
        let start = all[last].start
        meters[run]?[last].end = max(ClockTime.seconds(time), start)
        told.append("ended \(run) at \(time)")
    }

    private mutating func setPrice(_ used: UsedFlavor, in seconds: Int) async throws {
        let perHour = Money(micros: Int64(number(0...9_999_999)))
        let begin = house.clock.now.addingTimeInterval(Double(seconds))
        try await repeated {
            try await house.billing.setPrice(
                of: used.flavor,
                in: "local",
                perHour: perHour,
                from: begin,
                by: house.root
            )
        }
        let start = ClockTime.seconds(ClockTime.nextSecond(begin))
        prices.removeAll { $0.used == used && $0.start == start }
        prices.append(PriceStep(used: used, start: start, perHour: perHour))
        told.append("price \(used.flavor) \(perHour.text) from \(begin)")
    }

    private mutating func topUp() async throws {
        let (person, amount) = (number(0...2), Money(micros: Int64(number(1...9_000_000))))
        let reference = "t-\(count)"
        try await repeated {
            try await house.billing.topUp(name(person), amount, reference: reference, by: house.root)
        }
        income[person] += amount
        told.append("top-up \(name(person)) \(amount.text)")
    }

    private mutating func takeBack() async throws {
        let (person, amount) = (number(0...2), Money(micros: Int64(number(1...900_000))))
        let reference = "b-\(count)"
        do {
            try await repeated {
                try await house.billing.takeBack(name(person), amount, reference: reference, by: house.root)
            }
        } catch BillingError.moreThanBalance {
            return
        }
        income[person] -= amount
    }

    private mutating func grant() async throws {
        let (person, amount) = (number(0...2), Money(micros: Int64(number(1...5_000_000))))
        let end = house.clock.now.addingTimeInterval(Double(number(1...20) * 3600))
        let reference = "v-\(count)"
        try await repeated {
            try await house.billing.grantVoucher(
                to: name(person),
                amount,
                until: end,
                reference: reference,
                by: house.root
            )
        }
        income[person] += amount
        told.append("voucher \(name(person)) \(amount.text) until \(end)")
    }

    /// Two workers have the same job.
    private func settle() async throws {
        let settlement = house.billing.settlement
        try await withThrowingTaskGroup { group in
            for _ in 0..<2 { group.addTask { try await repeated { try await settlement.settleAll() } } }
            try await group.waitForAll()
        }
    }

    private func name(_ person: Int) -> String { ["ada", "bob", "eve"][person] }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    // MARK: What it must come to

    func check(_ when: String) async throws {
        let story = Comment(rawValue: "\(when): \(told.suffix(12))")
        #expect(try await house.faults() == [], story)
        for (index, person) in people.enumerated() {
            let account = try house.account(person)
            let holdings = try await house.holdings(person)
            let (charged, lapsed) = try await house.database.read { db in
                (
                    try db.sum("SELECT SUM(amount) FROM usage_lines WHERE account = \(account)"),
                    try db.sum(
                        "SELECT SUM(amount) FROM ledger_postings WHERE account = \(account) AND place = 'promotion' AND amount > 0"
                    )
                )
            }
            let left = holdings.vouchers.reduce(holdings.wallet - holdings.owed) { $0 + $1.left }
            #expect(left == income[index] - charged - lapsed, story)
        }
    }

    /// Whether every second that was used is settled at its price, and nothing else.
    func isSettled() async throws -> Bool {
        for (run, meters) in meters {
            var expected = Money.zero
            for meter in meters {
                // A line for each hour and price, told second by second.
                var seconds: [Int64: [Int64: Int64]] = [:]
                for second in meter.start..<(meter.end ?? meter.start) {
                    let step = prices.filter { $0.used == meter.used && $0.start <= second }.max { $0.start < $1.start }
                    seconds[second / 3600, default: [:]][step?.start ?? 0, default: 0] += 1
                }
                guard meter.used.tariff == .paid else { continue }
                for (start, count) in seconds.values.flatMap({ $0 }) {
                    let price = prices.first { $0.used == meter.used && $0.start == start }?.perHour ?? .zero
                    // Half up, by another road.
                    let exact = Decimal(price.micros) * Decimal(count) / 3600
                    var (value, rounded) = (exact, Decimal())
                    NSDecimalRound(&rounded, &value, 0, .plain)
                    expected += Money(micros: NSDecimalNumber(decimal: rounded).int64Value)
                }
            }
            let now = house.clock.now
            let cost = try await house.database.read { [house] db in
                try house.billing.metering.cost(of: run, at: now, db)
            }
            let seconds = meters.reduce(0) { $0 + ($1.end ?? $1.start) - $1.start }
            guard cost.settled == expected, cost.open == .zero, cost.seconds == seconds else { return false }
        }
        return true
    }
}

/// Tries until no crash comes between, as the job system and people do.
private func repeated(_ body: () async throws -> some Sendable) async throws {
    while true {
        do {
            _ = try await body()
            return
        } catch is Crash {}
    }
}

extension SQLConnection {
    fileprivate func sum(_ query: SQL) throws -> Money {
        Money(micros: try value(Int64.self, "SELECT CAST(COALESCE((\(sql: query)), 0) AS BIGINT)") ?? 0)
    }
}
