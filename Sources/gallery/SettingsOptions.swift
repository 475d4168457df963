import ArgumentParser

/// The options of every command that works on a gallery.
struct SettingsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The data folder; created when it does not exist.", valueName: "DIR"))
    var data: String?

    @Option(help: ArgumentHelp("A settings file (JSON); else gallery.json in the data folder.", valueName: "FILE"))
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Any setting, as in --set logging.format=json.", valueName: "KEY=VALUE")
    )
    var assignments: [String] = []

    /// The settings in force, or all faults at once and the end of the command.
    func settings(_ extra: [String: String] = [:]) async throws -> LoadedSettings {
        var flags: [String: String] = extra
        var faults: [String] = []
        for assignment in assignments {
            let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 {
                flags[String(parts[0])] = String(parts[1])
            } else {
                faults.append("--set \(assignment): write KEY=VALUE")
            }
        }
        if let data { flags["storage.root"] = data }
        let loaded = try await SettingsReader(flags: flags, file: config).load()
        guard loaded.faults.isEmpty, faults.isEmpty else {
            Console.complain(
                "The settings are not usable:\n" + (faults + loaded.faults).map { "  - \($0)" }.joined(separator: "\n")
            )
            throw ExitCode(2)
        }
        return loaded
    }
}
