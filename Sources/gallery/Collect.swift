import ArgumentParser
import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing

/// `gallery gc`
struct Collect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Delete stored bytes that nothing holds any more; 'serve' does so every hour. Works while it runs."
    )

    @OptionGroup var options: SettingsOptions

    @Option(help: "Keep for so many minutes what was uploaded but not committed.")
    var graceMinutes = 3 * 24 * 60

    @Option(help: "Keep for so many minutes what nothing leads to, so that downloads can end.")
    var drainMinutes = 60

    func validate() throws {
        guard (0...1_000_000).contains(graceMinutes), (0...1_000_000).contains(drainMinutes) else {
            throw ValidationError("Minutes are between 0 and 1000000.")
        }
    }

    func run() async throws {
        let settings = try await options.settings().settings
        try await Console.explainingFaults {
            let stores = try Stores(settings)
            _ = try await stores.migrate(World.live)
            guard let lock = CollectorLock(path: stores.folder.root.appendingPathComponent("collector.lock").path)
            else {
                Console.complain("Another collection is running. Try again when it is done.")
                throw ExitCode.failure
            }
            let content = Content(database: stores.database, blobs: stores.blobs, world: .live)
            let policy = CollectionPolicy(grace: .seconds(graceMinutes * 60), drain: .seconds(drainMinutes * 60))
            let report = try await content.collect(policy)
            withExtendedLifetime(lock) {}
            try await stores.close()
            Console.say(
                """
                \(report.deletedContents) files and \(report.deletedXorbs) xorbs that nothing held are forgotten, \
                \(report.abandonedUploads) unfinished uploads given up.
                \(report.deletedPacks) packs deleted: \(report.freedBytes) bytes freed; \(report.doomedBytes) bytes wait for their time.
                \(report.rewrittenPacks) packs rewritten, \(report.joinedContents) files joined, \
                \(report.deletedStrays) stray files deleted.
                """
            )
        }
    }
}
