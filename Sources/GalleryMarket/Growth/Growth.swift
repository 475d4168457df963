package import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel
package import GalleryServing

/// Growth points: for coming by, and for publishing.
package struct Growth: Sendable {
    let database: any Database
    let rewards: GrowthRewards
    var settings: Settings.Growth { rewards.settings }
    private var world: World { rewards.world }
    private var days: GrowthDay { rewards.days }

    package init(database: any Database, rewards: GrowthRewards) {
        self.database = database
        self.rewards = rewards
    }

    /// Checks in for today; whether that was the first time today. Twice at once is once.
    @discardableResult
    package func checkIn(by viewer: Viewer) async throws -> Bool {
        let me = try mustBeWhole(viewer, .write)
        let today = days.text(world.now())
        return try await database.write { [world, settings] db in
            try db.addGrowth(.checkIn, today, settings.checkInPoints, to: me.id, world: world)
        }
    }

    package func summary(by viewer: Viewer) async throws -> GrowthSummary {
        let me = try mustBeWhole(viewer, .read)
        let now = world.now()
        return try await database.read { [days, settings] db in
            let today = days.text(now)
            let checkedIn = Set(try db.checkIns(of: me.id, since: days.text(days.before(now, days: 400))))
            let first = checkedIn.contains(today) ? 0 : 1
            var streak = 0
            while streak < 400, checkedIn.contains(days.text(days.before(now, days: first + streak))) { streak += 1 }
            return GrowthSummary(
                points: try db.growthPoints(of: me.id),
                hasCheckedInToday: first == 0,
                streak: streak,
                checkInPoints: settings.checkInPoints
            )
        }
    }

    /// The ledger, the latest first, and where it goes on.
    package func history(
        after cursor: String? = nil,
        limit: Int = 30,
        by viewer: Viewer
    ) async throws -> (entries: [GrowthEntry], next: String?) {
        let me = try mustBeWhole(viewer, .read)
        let cursor = try cursor.map(TimeCursor.init)
        let limit = min(max(limit, 1), 100)
        return try await database.read { db in
            let found = try db.growthEntries(of: me.id, after: cursor, limit: limit + 1)
            let shown = Array(found.prefix(limit))
            let next = found.count > limit ? shown.last.map { TimeCursor($0.createdAt, $0.id).text } : nil
            return (shown, next)
        }
    }

    /// Points are the account's as a whole, so a credential for one asset is not enough.
    private func mustBeWhole(_ viewer: Viewer, _ scope: Scope) throws -> Viewer.Account {
        let account = try viewer.mustBeSignedIn()
        guard viewer.onlyRepo == nil, viewer.scope.includes(scope) else { throw Problem.notYours }
        return account
    }
}

/// What brings points inside other slices' transactions.
package struct GrowthRewards: Sendable {
    let settings: Settings.Growth
    let world: World
    let days: GrowthDay

    package init(settings: Settings.Growth, world: World) {
        self.settings = settings
        self.world = world
        days = GrowthDay(timeZone: settings.timeZone)
    }

    /// Gives the points for a publication, in the transaction that publishes: once for each asset, and only so often a day.
    package func reward(publicationOf repo: RepoID, by account: AccountID, in db: any SQLConnection) throws {
        let morning = days.start(of: world.now())
        guard try db.publications(rewarding: account, since: morning) < settings.publicationsPerDay else { return }
        try db.addGrowth(.publication, repo.rawValue, settings.publicationPoints, to: account, world: world)
    }
}

/// A place in a list that is ordered by time, the latest first.
package struct TimeCursor: Sendable, Equatable {
    package let time: Date
    package let id: String

    package init(_ time: Date, _ id: String) {
        self.time = time
        self.id = id
    }

    package init(_ text: String) throws {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let milliseconds = Int64(parts[0]), abs(milliseconds) < 1 << 50,
            parts[1].utf8.count <= 64
        else { throw Problem.invalid("cursor-invalid", "The cursor is not one of this list: start at its beginning.") }
        time = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        id = String(parts[1])
    }

    package var text: String { "\(Int64((time.timeIntervalSince1970 * 1000).rounded())).\(id)" }
}
