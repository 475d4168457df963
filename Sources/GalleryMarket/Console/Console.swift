package import Foundation
import GalleryHub
import GalleryModel

/// The slices of the operations console.
package struct Console: Sendable {
    package let overview: Overview
    package let audit: AuditLog
    package let marking: Marking
    package let settings: SiteSettings
    package let setup: Setup
    package let jobs: JobKeeper
    package let storage: StorageKeeper

    init(hub: HubSlices, ground: MarketGround, publishing: Publishing, talk: Talk) {
        jobs = JobKeeper(database: hub.database, world: hub.world)
        storage = StorageKeeper(database: hub.database, blobs: hub.content.blobs, world: hub.world)
        overview = Overview(
            hub: hub,
            publishing: publishing,
            program: ground.program,
            delivers: talk.mail.delivers
        )
        settings = SiteSettings(
            database: hub.database,
            world: hub.world,
            inForce: ground.inForce,
            delivers: talk.mail.delivers
        )
        setup = Setup(identity: hub.identity, settings: settings)
        audit = AuditLog(database: hub.database, world: hub.world)
        marking = Marking(database: hub.database, publishing: publishing)
    }
}

/// The program that runs, as the console shows it.
package struct RunningProgram: Sendable, Equatable {
    package var version: String
    package var startedAt: Date
    /// Where each setting that was given came from: flag, environment or file.
    package var sources: [String: String]

    package init(version: String, startedAt: Date, sources: [String: String] = [:]) {
        self.version = version
        self.startedAt = startedAt
        self.sources = sources
    }
}
