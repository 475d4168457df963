package import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryModel

/// The only one who deletes: marks what nothing holds, waits, sweeps. May run while the gallery works, and be killed at
/// any point: rows go before bytes, so at worst a stray file is left for the next run.
///
/// - A content dies when no repository holds it and its grace is over.
/// - A xorb whose pack is mostly dead is condemned and its namespace gets a new generation, so that no client goes on
///   believing that it is here; once tokens with the old generation have expired it is deleted, unless it was used.
/// - A pack that nothing leads to is doomed, and deleted when downloads have had time to end.
package struct ContentCollector: Sendable {
    let content: Content
    let policy: CollectionPolicy
    /// Rows that one transaction changes at most, so that uploads need not wait long.
    private static let batch = 500

    package init(content: Content, policy: CollectionPolicy = CollectionPolicy()) {
        self.content = content
        self.policy = policy
    }

    package func collect() async throws -> CollectionReport {
        var report = CollectionReport()
        try await abandonUploads(&report)
        try await deleteContents(&report)
        try await deleteXorbs(&report)
        try await condemnXorbs(&report)
        try await rewritePacks(&report)
        try await joinContents(&report)
        try await doomPacks()
        try await deletePacks(&report)
        report.deletedStrays = try await deleteStrays(olderThan: content.world.now() - CollectionPolicy.strayAge)
        return report
    }

    func abandonUploads(_ report: inout CollectionReport) async throws {
        let time = content.world.now() - PartUpload.lifetime
        while true {
            let uploads = try await content.database.read { db in try db.partUploads(unchangedSince: time, limit: 100) }
            guard !uploads.isEmpty else { return }
            for upload in uploads where try await content.abandonUpload(upload.id, unchangedSince: time) {
                report.abandonedUploads += 1
            }
        }
    }

    func deleteContents(_ report: inout CollectionReport) async throws {
        let time = content.world.now() - policy.grace
        var last: SHA256Digest?
        while true {
            let after = last
            let page = try await content.database.read { db in
                try db.deadContents(promisedBefore: time, after: after, limit: 500)
            }
            guard let end = page.last else { return }
            last = end
            report.deletedContents += try await content.database.write { db in
                try db.deleteContents(page, promisedBefore: time)
            }
        }
    }

    /// Sweeps xorbs that were condemned long enough ago; those that have come to use meanwhile are pardoned.
    func deleteXorbs(_ report: inout CollectionReport) async throws {
        let time = content.world.now() - policy.drain
        let share = policy.leastLivingShare
        try await content.database.write { db in try db.pardonXorbs(leastLivingShare: share) }
        while true {
            let wasted = try await content.database.read { db in
                try db.wastedXorbs(leastLivingShare: share, condemnedBefore: time, limit: Self.batch)
            }
            let deleted = try await content.database.write { db in
                try wasted.reduce(0) { try $0 + db.deleteXorb($1, leastLivingShare: share, condemnedBefore: time) }
            }
            report.deletedXorbs += deleted
            guard deleted > 0 else { return }
        }
    }

    func condemnXorbs(_ report: inout CollectionReport) async throws {
        let now = content.world.now()
        let time = now - policy.grace
        let share = policy.leastLivingShare
        while true {
            let wasted = try await content.database.read { db in
                try db.wastedXorbs(leastLivingShare: share, uploadedBefore: time, limit: Self.batch)
            }
            let condemned = try await content.database.write { db in
                let condemned = try wasted.filter {
                    try db.condemnXorb($0, leastLivingShare: share, uploadedBefore: time, at: now)
                }
                for namespace in Set(condemned.map(\.namespace)) { try db.renewXorbGeneration(of: namespace) }
                return condemned.count
            }
            report.condemnedXorbs += condemned
            guard condemned > 0 else { return }
        }
    }

    func doomPacks() async throws {
        let now = content.world.now()
        while true {
            let unused = try await content.database.read { db in try db.unusedPacks(limit: Self.batch) }
            guard try await content.database.write({ db in try db.doom(unused, at: now) }) > 0 else { return }
        }
    }

    func deletePacks(_ report: inout CollectionReport) async throws {
        let time = content.world.now() - policy.drain
        while true {
            let doomed = try await content.database.write { db in
                try db.deleteDoomedPacks(since: time, limit: Self.batch)
            }
            for pack in doomed {
                try await content.blobs.delete(pack.pack)
                report.deletedPacks += 1
                report.freedBytes += pack.size
            }
            guard !doomed.isEmpty else { break }
        }
        report.doomedBytes = try await content.database.read { db in try db.doomedBytes() }
    }

    /// Deletes files of the store that no row knows: what a crash left between a pack and its rows.
    ///
    /// Files older than the database are left alone: it never knew them, so it may well be the wrong one.
    package func deleteStrays(olderThan time: Date) async throws -> Int {
        guard let birth = try await content.database.read({ db in try db.birth() }) else { return 0 }
        var deleted = 0
        var page: String?
        repeat {
            let listing = try await content.blobs.list(page)
            page = listing.next
            let old = listing.blobs.filter { $0.createdAt >= birth && $0.createdAt < time }.map(\.pack)
            guard !old.isEmpty else { continue }
            let known = try await content.database.read { db in try db.knownPacks(old) }
            for pack in old where !known.contains(pack) {
                try await content.blobs.delete(pack)
                deleted += 1
            }
        } while page != nil
        return deleted
    }
}

extension CollectionPolicy {
    /// A file that no row knows may be a pack whose rows are about to be written; after a day it is not.
    static let strayAge: Duration = .seconds(24 * 3600)
}

extension Date {
    static func - (time: Date, duration: Duration) -> Date {
        time.addingTimeInterval(-(duration / .seconds(1)))
    }
}
