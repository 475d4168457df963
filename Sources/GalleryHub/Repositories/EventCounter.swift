import Foundation
package import GalleryDatabase
package import GalleryModel

/// What is counted of a repository, beyond what people decide: that somebody looked at it or fetched it.
package enum CountedEvent: String, Sendable, CaseIterable, SQLConvertible {
    case view, download
}

/// Counts events so that they cost the request nothing: each once for a person, or an address, and day.
///
/// An event goes from memory to the volatile database within a second, and from there, many together, into the numbers that
/// lists show. Who was counted on a day is kept there, so neither a crash nor a second node counts anything twice.
package actor EventCounter {
    fileprivate struct Visit: Hashable, Record {
        var repo: RepoID
        var day: Int
        var event: CountedEvent
        var client: String
    }

    /// Bounds memory: beyond it an event is written down again, and found to be known.
    private static let maximumSeen = 500_000
    private static let batch = 500

    private let database: any Database
    private let volatile: any Database
    private let world: World
    private let secret: [UInt8]
    private var waiting: [Visit] = []
    private var seen: Set<Visit> = []
    private var today = 0

    /// `secret` hides the addresses of visitors.
    package init(database: any Database, volatile: any Database, secret: [UInt8], world: World) {
        self.database = database
        self.volatile = volatile
        self.secret = secret
        self.world = world
    }

    /// Counts what the viewer, at this network address, has just done.
    package func count(_ event: CountedEvent, of repo: RepoID, by viewer: Viewer, at address: String) {
        let day = Self.day(of: world.now())
        if day != today || seen.count >= Self.maximumSeen {
            seen = []
            today = day
        }
        let client = viewer.account?.id.rawValue ?? hidden(address, day)
        let visit = Visit(repo: repo, day: day, event: event, client: client)
        if seen.insert(visit).inserted { waiting.append(visit) }
    }

    /// Writes down what is in memory, so that it outlives the program.
    package func keep() async throws {
        guard !waiting.isEmpty else { return }
        let visits = waiting
        waiting = []
        do {
            try await volatile.write { db in
                for visit in visits { try db.keep(visit) }
            }
        } catch {
            waiting = visits + waiting
            throw error
        }
    }

    /// Counts everything so far in the numbers that are shown.
    package func flush() async throws {
        try await keep()
        while true {
            let visits = try await volatile.read { db in try db.keptVisits(limit: Self.batch) }
            guard !visits.isEmpty else { return }
            let now = world.now()
            try await database.write { db in try db.count(visits, at: now) }
            // After a crash between the two they are counted again, and found to be known.
            try await volatile.write { db in
                for visit in visits { try db.drop(visit) }
            }
        }
    }

    /// Takes days out of the 30 that `downloads` looks back on, and forgets who came; run once a day.
    package func forgetOldDays() async throws {
        let day = Self.day(of: world.now())
        try await database.write { db in
            try db.execute("DELETE FROM repository_visits WHERE day < \(day - 2)")
            try db.execute("DELETE FROM repository_downloads WHERE day <= \(day - 30)")
            let sum: SQL = """
                COALESCE((SELECT SUM(d.count) FROM repository_downloads d WHERE d.repo = repositories.id), 0)
                """
            // Rows are not written for nothing: in PostgreSQL each writing makes lists that read from indexes alone slower for a while.
            try db.execute(
                "UPDATE repositories SET downloads = \(sql: sum) WHERE downloads > 0 AND downloads <> \(sql: sum)"
            )
        }
    }

    private func hidden(_ address: String, _ day: Int) -> String {
        let digest = SHA256Digest.of(secret + Array("\(day) \(address)".utf8))
        return "~" + Hex.encode(Array(digest.bytes.prefix(16)))
    }

    static func day(of time: Date) -> Int { Int(time.timeIntervalSince1970 / 86_400) }
}

extension EventCounter.Visit {
    init(row: Row) throws {
        repo = try row.get("repo")
        day = try row.get("day")
        event = try row.get("event")
        client = try row.get("client")
    }
}

extension SQLConnection {
    fileprivate func keep(_ visit: EventCounter.Visit) throws {
        try execute(
            """
            INSERT INTO waiting_visits (repo, day, event, client)
            VALUES (\(visit.repo), \(visit.day), \(visit.event), \(visit.client))
            ON CONFLICT (repo, day, event, client) DO NOTHING
            """
        )
    }

    fileprivate func keptVisits(limit: Int) throws -> [EventCounter.Visit] {
        try rows(EventCounter.Visit.self, "SELECT repo, day, event, client FROM waiting_visits LIMIT \(limit)")
    }

    fileprivate func drop(_ visit: EventCounter.Visit) throws {
        try execute(
            """
            DELETE FROM waiting_visits
            WHERE repo = \(visit.repo) AND day = \(visit.day) AND event = \(visit.event) AND client = \(visit.client)
            """
        )
    }

    fileprivate func count(_ visits: [EventCounter.Visit], at now: Date) throws {
        var counts: [RepoID: [CountedEvent: [Int: Int]]] = [:]
        for visit in visits where try isNew(visit) {
            if visit.event == .download { try noteDownload(visit, at: now) }
            counts[visit.repo, default: [:]][visit.event, default: [:]][visit.day, default: 0] += 1
        }
        for (repo, events) in counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            for (event, days) in events {
                for (day, count) in days { try add(count, event, of: repo, on: day, at: now) }
            }
        }
        if !counts.isEmpty { try noteCounts(of: Array(counts.keys), at: now) }
    }

    /// Puts a download into the list of whoever was signed in; once a day, since later ones of the day are not new.
    private func noteDownload(_ visit: EventCounter.Visit, at now: Date) throws {
        guard !visit.client.hasPrefix("~") else { return }
        // On the day it happened, when it is counted later.
        let end = Date(timeIntervalSince1970: Double(visit.day + 1) * 86_400 - 1)
        let time = min(now, end)
        try execute(
            """
            INSERT INTO account_downloads (account, repo, first_at, last_at)
            SELECT a.id, r.id, \(time), \(time) FROM accounts a, repositories r
            WHERE a.id = \(visit.client) AND r.id = \(visit.repo)
            ON CONFLICT (account, repo) DO UPDATE SET last_at = excluded.last_at
            """
        )
    }

    private func isNew(_ visit: EventCounter.Visit) throws -> Bool {
        try execute(
            """
            INSERT INTO repository_visits (repo, day, event, client)
            SELECT id, \(visit.day), \(visit.event), \(visit.client) FROM repositories WHERE id = \(visit.repo)
            ON CONFLICT (repo, day, event, client) DO NOTHING
            """
        ) > 0
    }

    private func add(_ count: Int, _ event: CountedEvent, of repo: RepoID, on day: Int, at now: Date) throws {
        switch event {
        case .view:
            try execute(
                """
                INSERT INTO repository_views (repo, day, count) VALUES (\(repo), \(day), \(count))
                ON CONFLICT (repo, day) DO UPDATE SET count = repository_views.count + excluded.count
                """
            )
            try execute("UPDATE repositories SET views = views + \(count) WHERE id = \(repo)")
        case .download:
            let hotness = try value(Double.self, "SELECT hotness FROM repositories WHERE id = \(repo)") ?? 0
            try execute(
                """
                INSERT INTO repository_downloads (repo, day, count) VALUES (\(repo), \(day), \(count))
                ON CONFLICT (repo, day) DO UPDATE SET count = repository_downloads.count + excluded.count
                """
            )
            let hotter = Trend.adding(Trend.downloadWeight * Double(count), at: now, to: hotness)
            try execute(
                """
                UPDATE repositories SET downloads = downloads + \(count),
                    downloads_all_time = downloads_all_time + \(count), hotness = \(hotter)
                WHERE id = \(repo)
                """
            )
        }
    }
}
