package import Foundation
package import GalleryBlobs
import GalleryDatabase
import GalleryHub
package import GalleryModel
import GalleryServing

/// How the gallery does: what it holds, what it runs on, and what needs somebody.
package struct Overview: Sendable {
    let hub: HubSlices
    let publishing: Publishing
    let program: RunningProgram
    /// Whether mails leave the gallery.
    let delivers: Bool

    /// The state of the system; for administrators.
    package func state(by viewer: Viewer) async throws -> SystemState {
        try Administrators.demand(viewer)
        let space = try await hub.content.blobs.space()
        let tallies = try await hub.database.read { try SystemTallies($0) }
        let settings = hub.settings
        return SystemState(
            version: program.version,
            startedAt: program.startedAt,
            asOf: hub.world.now(),
            database: hub.database.dialect == .sqlite ? "SQLite" : "PostgreSQL",
            folder: hub.folder.root.path,
            space: space,
            reservePercent: settings.storage.minimumFreePercent,
            deliversMail: delivers,
            tallies: tallies
        )
    }
}

/// The gallery at one moment.
package struct SystemState: Sendable, Equatable {
    package var version: String
    package var startedAt: Date
    package var asOf: Date
    package var database: String
    package var folder: String
    /// Nil where the store cannot tell.
    package var space: StorageSpace?
    /// Writes are refused when less of the disk is free.
    package var reservePercent: Int
    package var deliversMail: Bool
    package var tallies: SystemTallies

    /// The free part of the disk in percent.
    var freePercent: Int? {
        guard let space, space.totalBytes > 0 else { return nil }
        return Int(Double(space.freeBytes) / Double(space.totalBytes) * 100)
    }

    /// What somebody should look at, the most pressing first.
    var concerns: [Concern] {
        var concerns: [Concern] = []
        if let free = freePercent {
            if free < reservePercent {
                concerns.append(.diskFull)
            } else if free < reservePercent + 10 {
                concerns.append(.diskLow)
            }
        }
        if tallies.damagedPacks > 0 { concerns.append(.damagedPacks(tallies.damagedPacks)) }
        if tallies.parkedJobs > 0 { concerns.append(.parkedJobs(tallies.parkedJobs)) }
        if tallies.failedMails > 0 { concerns.append(.failedMails(tallies.failedMails)) }
        if tallies.reviews > 0 { concerns.append(.reviews(tallies.reviews)) }
        if tallies.reportedComments > 0 { concerns.append(.reportedComments(tallies.reportedComments)) }
        return concerns
    }

    /// Something that needs somebody.
    enum Concern: Sendable, Equatable {
        case diskFull, diskLow
        case damagedPacks(Int)
        case parkedJobs(Int)
        case failedMails(Int)
        case reviews(Int)
        case reportedComments(Int)
    }
}
