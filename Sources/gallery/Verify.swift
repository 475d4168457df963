import ArgumentParser
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing

/// `gallery verify`
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read all stored files again and compare their hashes; ends with 1 when some are damaged.",
        discussion: "Damaged files are not served any more until they are uploaded again or their packs restored."
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings().settings
        try await Console.explainingFaults {
            let stores = try Stores(settings)
            _ = try await stores.migrate(World.live)
            let content = Content(database: stores.database, blobs: stores.blobs, world: .live)
            let report = try await content.verify { damage in
                let places = damage.repositories.isEmpty ? "no repository" : damage.repositories.joined(separator: ", ")
                Console.complain(
                    "damaged: \(damage.sha256) (\(damage.size) bytes): \(damage.reason); held by \(places)"
                )
            }
            try await stores.close()
            for (pack, reason) in report.badPacks.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                Console.complain("bad pack \(pack): \(reason)")
            }
            Console.say(
                "\(report.contents) files in \(report.packs) packs (\(report.bytes) bytes): \(report.damages.count) damaged."
            )
            guard report.isSound else { throw ExitCode.failure }
        }
    }
}
