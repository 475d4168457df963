import Foundation
package import GalleryDatabase
package import GalleryModel

/// Counts downloads in memory and writes them down together, so that a download costs no write of its own.
///
/// A repository counts once for each client and day, however many of its files are fetched.
package actor DownloadCounter {
    private struct Visit: Hashable {
        var repo: RepoID
        var client: String
    }

    /// Bounds memory: beyond it a client may be counted twice on one day.
    private static let maximumVisits = 500_000

    private let database: any Database
    private let world: World
    private var waiting: [RepoID: Int] = [:]
    private var visits: Set<Visit> = []
    private var today = 0

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    /// Counts a download by a client, which is an account or an address.
    package func count(_ repo: RepoID, by client: String) {
        let day = Self.day(of: world.now())
        if day != today || visits.count >= Self.maximumVisits {
            visits = []
            today = day
        }
        if visits.insert(Visit(repo: repo, client: client)).inserted { waiting[repo, default: 0] += 1 }
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
                """
            )
        }
    }

    static func day(of time: Date) -> Int { Int(time.timeIntervalSince1970 / 86_400) }
}

extension SQLConnection {
    fileprivate func addDownloads(_ count: Int, of repo: RepoID, at now: Date) throws {
        guard let hotness = try value(Double.self, "SELECT hotness FROM repositories WHERE id = \(repo)") else {
            return
        }
        let day = DownloadCounter.day(of: now)
        try execute(
            """
            INSERT INTO repository_downloads (repo, day, count) VALUES (\(repo), \(day), \(count))
            ON CONFLICT (repo, day) DO UPDATE SET count = repository_downloads.count + excluded.count
            """
        )
        let hotter = Trend.adding(Trend.downloadWeight * Double(count), at: now, to: hotness)
        try execute(
            """
            UPDATE repositories SET downloads = downloads + \(count), downloads_all_time = downloads_all_time + \(count),
                hotness = \(hotter)
            WHERE id = \(repo)
            """
        )
    }
}
