import Foundation
import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryCompute

/// Measures settling, where `GALLERY_SETTLE_BENCH` says how many intervals of an hour or less there are.
///
///     GALLERY_SETTLE_BENCH=1000000 scripts/with-postgres … --filter SettleBench
struct SettleBench {
    private static let size = ProcessInfo.processInfo.environment["GALLERY_SETTLE_BENCH"].flatMap { Int($0) } ?? 0
    private static let accounts = 2000

    @Test(.enabled(if: size > 0), arguments: TestDatabase.all)
    func `a million intervals settle in minutes`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let house = try await ComputeHouse(database)
            try await house.price(ComputeHouse.cpu, "3.141593")
            let start = house.clock.now
            let perAccount = max(1, Self.size / Self.accounts)
            for index in 0..<Self.accounts {
                let person = try await house.person("p\(index)")
                let account = try house.account(person)
                try await database.write { db in
                    for begin in stride(from: 0, to: perAccount, by: 50) {
                        let rows = (begin..<min(begin + 50, perAccount)).map { number -> SQL in
                            let id = "\(index)-\(number)"
                            let from = start.addingTimeInterval(Double(number % 24 * 3600 + number % 1800))
                            let to = from.addingTimeInterval(Double(60 + number % 1700))
                            return
                                "(\(id), \(id), \(account), 'cpu-2', 'local', 'paid', \(from), \(to), \(to), \(from))"
                        }
                        try db.execute(
                            """
                            INSERT INTO usage_intervals (id, run, account, flavor, region, tariff, started_at, ended_at,
                                known_until, settled_until)
                            VALUES \(sql: rows.joined(", "))
                            """
                        )
                    }
                }
            }
            house.advance(26 * 3600)
            if database.dialect == .postgres { try await database.write { db in try db.execute("ANALYZE") } }
            let clock = ContinuousClock()
            let time = try await clock.measure { try await house.billing.settlement.settleAll() }
            let count = perAccount * Self.accounts
            print(
                "\(kind): \(count) intervals settled in \(time), \(Int(Double(count) / (time / .seconds(1)))) a second"
            )
            let check = try await clock.measure {
                let faults = try await house.faults()
                #expect(faults.isEmpty)
            }
            print("\(kind): books checked in \(check)")
            let left = try await database.read { db in
                try db.value(Int.self, "SELECT COUNT(*) FROM usage_intervals WHERE settled_until < known_until")
            }
            #expect(left == 0)
        }
    }
}
