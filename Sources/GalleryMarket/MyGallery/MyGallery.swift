import Foundation
package import GalleryDatabase
package import GalleryHub
package import GalleryModel

/// What is one's own, and what waits for one.
package struct MyGallery: Sendable {
    private static let largestPage = 100

    let database: any Database
    let world: World

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    package func counts(by viewer: Viewer) async throws -> MyCounts {
        let me = try mustBeWhole(viewer)
        return try await database.read { db in
            var counts = MyCounts()
            counts.created = try db.createdCounts(by: me.id)
            counts.favourites = try db.favouriteCount(of: me.id, seenBy: viewer)
            counts.subscriptions = try db.subscriptionCount(of: me.id)
            counts.downloads = try db.downloadedCount(by: me.id, seenBy: viewer)
            counts.waitingApplications = try db.applicationCount(by: me.id, .pending)
            counts.applicationsToDecide = try db.applicationsToDecide(by: me.id)
            counts.inReview = try db.createdCount(by: me.id, .inReview)
            counts.rejected = try db.createdCount(by: me.id, .rejected)
            return counts
        }
    }

    /// One of the lists, the latest first, and where it goes on.
    package func assets(
        _ relation: MyRelation,
        _ filter: MyFilter = MyFilter(),
        after cursor: String? = nil,
        limit: Int = 30,
        by viewer: Viewer
    ) async throws -> (assets: [MyAsset], next: String?) {
        let me = try mustBeWhole(viewer)
        let cursor = try cursor.map(TimeCursor.init)
        let limit = min(max(limit, 1), Self.largestPage)
        return try await database.read { db in
            let found = try db.myAssets(relation, filter, of: me.id, for: viewer, after: cursor, limit: limit + 1)
            let shown = Array(found.prefix(limit))
            let next = found.count > limit ? shown.last.map { TimeCursor($0.since, $0.repo.rawValue).text } : nil
            return (shown, next)
        }
    }

    /// Requests for gated use: the viewer's own, or those that the viewer may decide on.
    package func applications(
        toDecide: Bool,
        _ state: GrantState? = nil,
        after cursor: String? = nil,
        limit: Int = 30,
        by viewer: Viewer
    ) async throws -> (applications: [MyApplication], next: String?) {
        let me = try mustBeWhole(viewer)
        let cursor = try cursor.map(TimeCursor.init)
        let limit = min(max(limit, 1), Self.largestPage)
        return try await database.read { db in
            let found = try db.myApplications(toDecide: toDecide, state, of: me.id, after: cursor, limit: limit + 1)
            let shown = Array(found.prefix(limit))
            let next = found.count > limit ? shown.last.map { TimeCursor($0.requestedAt, $0.id).text } : nil
            return (shown, next)
        }
    }

    /// The lists are the account's as a whole, so a credential for one asset is not enough.
    private func mustBeWhole(_ viewer: Viewer) throws -> Viewer.Account {
        let account = try viewer.mustBeSignedIn()
        guard viewer.onlyRepo == nil else { throw Problem.notYours }
        return account
    }
}
