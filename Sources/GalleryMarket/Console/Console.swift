package import Foundation
import GalleryHub
import GalleryModel

/// The slices of the operations console.
package struct Console: Sendable {
    package let overview: Overview

    init(hub: HubSlices, ground: MarketGround, publishing: Publishing, talk: Talk) {
        overview = Overview(
            hub: hub,
            publishing: publishing,
            program: ground.program,
            delivers: talk.mail.delivers
        )
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
