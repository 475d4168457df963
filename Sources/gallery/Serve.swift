import ArgumentParser
import GalleryModel
import GalleryServing
import Logging

/// `gallery serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the gallery; an empty data folder starts an empty one."
    )

    @OptionGroup var options: SettingsOptions

    @Option(help: "The address to listen on; 0.0.0.0 for all.")
    var host: String?

    @Option(help: "The port; 0 picks a free one.")
    var port: String?

    @Option(help: "Where workers run: local or ray, with the settings compute.ray.*.")
    var launcher: String?

    func run() async throws {
        let start = ContinuousClock.now
        ProcessTuning.apply()
        var flags: [String: String] = [:]
        flags["server.host"] = host
        flags["server.port"] = port
        flags["compute.launcher"] = launcher
        let loaded = try await options.settings(flags)
        let settings = loaded.settings
        LoggingSystem.bootstrap { LineLogHandler(label: $0, settings: settings.logging) }
        try await Console.explainingFaults(address: "\(settings.server.host):\(settings.server.port)") {
            try await GalleryServer(settings: settings, sources: loaded.sources, world: .live, started: start).run()
        }
    }
}
