import ArgumentParser
import Foundation
import Synchronization

/// The gallery's command line for those who use its assets.
struct GalleryCLI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gallery-cli",
        abstract: "Download, upload and manage assets of the AI Gallery.",
        discussion: """
            Settings are read from the file that SDK_CONFIG_PATH names. Without one, the gallery at HF_ENDPOINT (or
            http://localhost:8080) is used, with the token in HF_TOKEN.
            """,
        version: "0.1.0",
        subcommands: [
            FilesDownload.self, SessionLogin.self, SessionLogout.self, SessionWhoami.self, FilesUpload.self,
            FilesList.self, FilesRemove.self, RepoCommands.self,
            JobCommands.self, ServiceCommands.self, AppCommands.self, FlavorsList.self, BillingCommands.self,
        ]
    )

    @Flag(help: "Install completion for the current shell.")
    var installCompletion = false

    @Flag(help: "Show completion for the current shell, to copy it or customize the installation.")
    var showCompletion = false

    func run() async throws {
        guard installCompletion || showCompletion else { throw CleanExit.helpRequest(self) }
        let shell = try CommandShell.current(ProcessInfo.processInfo.environment)
        if showCompletion { Console.standard.write(shell.script) }
        if installCompletion { try Console.standard.write(shell.install()) }
    }
}

@main
enum Program {
    static func main() async {
        let work = Task { () -> Int32 in
            do {
                var command = try GalleryCLI.parseAsRoot()
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
                return 0
            } catch {
                return report(error)
            }
        }
        Interruption.watch { work.cancel() }
        exit(await work.value)
    }

    /// Prints what went wrong and returns the exit status: 1 for a failure, 2 for a command that was not understood.
    private static func report(_ error: any Error) -> Int32 {
        if Interruption.hasHappened { return Interruption.report() }
        if let code = error as? ExitCode { return code.rawValue }
        let code = GalleryCLI.exitCode(for: error)
        let message = GalleryCLI.fullMessage(for: error)
        if code.isSuccess {
            Console.standard.write(message + "\n")
            return 0
        }
        Console.complain(message)
        return code == .validationFailure ? 2 : 1
    }
}

/// Ctrl-C: what has been transferred is noted for the next run; then one sentence, and the end.
enum Interruption {
    private static let flag = Atomic(false)
    // Kept alive as long as the program runs; written once, before anything else is started.
    nonisolated(unsafe) private static var source: (any DispatchSourceSignal)?

    static var hasHappened: Bool { flag.load(ordering: .relaxed) }

    static func watch(_ stop: @escaping @Sendable () -> Void) {
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            if flag.exchange(true, ordering: .relaxed) { _exit(report()) }
            stop()
            // Whoever waits for a key, or for a slow disk, is not waited for.
            DispatchQueue.global().asyncAfter(deadline: .now() + 1) { _exit(report()) }
        }
        source.resume()
        Self.source = source
    }

    static func report() -> Int32 {
        Console.complain("Interrupted. Run the same command again to go on from here.")
        return 130
    }
}
