import ArgumentParser
import Foundation
import GalleryDatabase
import GalleryHub
import GalleryMarket
import GalleryModel
import GalleryServing

/// The command `gallery demo`.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Fill a gallery with sample assets and the accounts that own them; what is there already is left alone.",
        discussion: """
            The folder of samples holds KIND/ACCOUNT/NAME folders (such as models/samples/tiny), each of which becomes a
            repository, and accounts.json. The first time, an administrator is created and a password for it printed.
            """
    )

    @OptionGroup var options: SettingsOptions

    @Option(help: ArgumentHelp("The folder of samples, as scripts/samples makes it.", valueName: "DIR"))
    var samples: String

    func run() async throws {
        var settings = try await options.settings().settings
        // Samples are on view at once; there may be no reviewer yet.
        settings.publishing.policy = .automatic
        try await Console.explainingFaults { [settings] in
            let folder = try DemoFolder(samples)
            let stores = try Stores(settings)
            _ = try await stores.migrate(World.live)
            let slices = try await HubSlices(
                settings: settings,
                world: .live,
                database: stores.database,
                volatile: stores.volatile,
                folder: stores.folder,
                blobs: stores.blobs,
                additions: MarketGround(settings: settings, world: .live).additions
            )
            try await load(folder, into: slices)
            try await stores.close()
        }
    }

    private func load(_ folder: DemoFolder, into slices: HubSlices) async throws {
        let people = DemoPeople(identity: slices.identity, world: slices.world)
        let (administrator, password) = try await people.administrator()
        try await people.welcome(folder.accounts, owner: administrator.name)
        let loader = DemoLoader(
            slices: slices,
            viewer: Viewer(
                account: .init(id: administrator.id, name: administrator.name, role: administrator.role),
                scope: .admin
            )
        )
        for repository in try folder.repositories() where try await loader.load(repository) {
            Console.complain("Loaded \(repository.kind.rawValue) \(repository.name)")
        }
        if let password { Console.say("Administrator: \(administrator.name)\nOne-time password: \(password)") }
    }
}
