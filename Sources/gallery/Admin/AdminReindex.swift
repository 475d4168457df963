import ArgumentParser
import GalleryHub
import GalleryMarket
import GalleryModel
import GalleryServing

/// `gallery admin reindex`
struct AdminReindex: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reindex",
        abstract: "Make the search index anew; works while the server runs, which follows it."
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings().settings
        try await Console.explainingFaults {
            let stores = try Stores(settings)
            do {
                _ = try await stores.migrate(.live)
                let content = Content(database: stores.database, blobs: stores.blobs, world: .live)
                let files = Files(
                    database: stores.database,
                    content: content,
                    world: .live,
                    limits: RepositoryLimits()
                )
                let discovery = Discovery(database: stores.database, files: files, world: .live)
                let count = try await discovery.indexer.rebuild()
                Console.say("Indexed \(count) \(count == 1 ? "repository" : "repositories").")
            } catch {
                try await stores.close()
                throw error
            }
            try await stores.close()
        }
    }
}
