import Foundation
package import GalleryDatabase
package import GalleryModel

/// Counts downloads in memory and writes them down together, so that a download costs no write of its own.
package actor DownloadCounter {
    private let database: any Database
    private let world: World
    private var waiting: [RepoID: Int] = [:]

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    /// Counts one download.
    package func count(_ repo: RepoID) {
        // Bounded: what has no room is not counted rather than kept.
        if waiting.count < 100_000 || waiting[repo] != nil { waiting[repo, default: 0] += 1 }
    }

    /// Writes down now and then until it is cancelled, and once more at the end.
    package func run(every interval: Duration = .seconds(10)) async throws {
        while !Task.isCancelled {
            try? await world.sleep(interval)
            try await flush()
        }
    }

    /// Writes down what was counted so far.
    package func flush() async throws {
        guard !waiting.isEmpty else { return }
        let counts = waiting
        waiting = [:]
        let now = world.now()
        do {
            try await database.write { db in
                for (repo, count) in counts { try db.addDownloads(count, of: repo, at: now) }
            }
        } catch {
            for (repo, count) in counts { waiting[repo, default: 0] += count }
            throw error
        }
    }

    /// Takes days out of the 30 that `downloads` looks back on; run once a day.
    package func forgetOldDays() async throws {
        let day = Self.day(of: world.now())
        try await database.write { db in
            try db.execute("DELETE FROM repository_downloads WHERE day <= \(day - 30)")
            try db.execute(
                """
                UPDATE repositories SET downloads = COALESCE(
                    (SELECT SUM(d.count) FROM repository_downloads d WHERE d.repo = repositories.id), 0)
                WHERE downloads > 0
                """)
        }
    }

    static func day(of time: Date) -> Int { Int(time.timeIntervalSince1970 / 86_400) }
}

extension SQLConnection {
    fileprivate func addDownloads(_ count: Int, of repo: RepoID, at now: Date) throws {
        guard let hotness = try value(Double.self, "SELECT hotness FROM repositories WHERE id = \(repo)") else { return }
        let day = DownloadCounter.day(of: now)
        try execute(
            """
            INSERT INTO repository_downloads (repo, day, count) VALUES (\(repo), \(day), \(count))
            ON CONFLICT (repo, day) DO UPDATE SET count = repository_downloads.count + excluded.count
            """)
        let hotter = Trend.adding(Trend.downloadWeight * Double(count), at: now, to: hotness)
        try execute(
            """
            UPDATE repositories SET downloads = downloads + \(count), downloads_all_time = downloads_all_time + \(count),
                hotness = \(hotter)
            WHERE id = \(repo)
            """)
    }
}
