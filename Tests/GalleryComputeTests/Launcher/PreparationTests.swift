import Foundation
import Testing

@testable import GalleryCompute

/// What is made beside a worker: apart from it, and with its own way to the outside.
@Suite(.serialized)
struct PreparationTests {
    private static func inFolder(_ body: (URL, LocalLauncher) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "runs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let launcher = try LocalLauncher(root: folder.appending(path: "runs"), graceSeconds: 1)
        guard launcher.confinement.admits(.gallery) else { return }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "made"),
            withIntermediateDirectories: true
        )
        try await body(folder, launcher)
    }

    private static func launch(_ name: LaunchName, _ folder: URL, worker: String, maker: String) -> Launch {
        var launch = LauncherContract.launch(worker, name, environment: ["GALLERY_RUN_TOKEN": "secret"])
        launch.command = ["/bin/bash", "-c", worker]
        launch.network = .gallery
        launch.isStrangers = true
        launch.preparation = Preparation(
            command: ["/bin/bash", "-c", maker],
            environment: ["OWN": "it's mine"],
            files: ["list": Data("six".utf8)],
            fills: folder.appending(path: "made").path,
            passage: ["/usr/bin/socat", "UNIX-LISTEN:socket,fork", "SYSTEM:echo index $INDEX"],
            passageEnvironment: ["INDEX": "here"],
            reads: []
        )
        return launch
    }

    private static let wait = #"until [ -e "$GALLERY_PREPARATION/ended" ]; do sleep 0.05; done; "#

    @Test func `what is made reaches its passage alone, and the worker reads it alone`() async throws {
        try await Self.inFolder { folder, launcher in
            let made = folder.appending(path: "made").path
            let name = LaunchName(run: "made", attempt: 1)
            let maker = """
                ask() { (exec 3<>/dev/tcp/$1/$2 && timeout 5 cat <&3) 2>&1 || echo "nothing at $1"; }
                echo "$(cat list) $OWN $(ask ${GALLERY_PROXY#http://127.0.0.1:} 2>&1; ask 127.0.0.1 4280)" > \(made)/said
                { ask 1.1.1.1 53; env; ls \(folder.path)/runs/made/1/; } >> \(made)/said 2>&1
                echo "the log"
                exit 3
                """
            let worker =
                Self.wait
                + "cat \(made)/said; touch \(made)/x 2>&1; cat $GALLERY_PREPARATION/log $GALLERY_PREPARATION/ended"
            try await launcher.start(Self.launch(name, folder, worker: worker, maker: maker))
            let contract = LauncherContract { launcher }
            #expect(try await contract.cause(of: name, in: launcher) == .exit(0))
            let output = try await launcher.output(of: name, last: 10_000)
            #expect(output.contains("six it's mine") && output.contains("index here"), "\(output)")
            #expect(output.contains("nothing at 1.1.1.1") && output.contains("Read-only file system"))
            #expect(output.contains("the log\n3\n"))
            // Neither the run's token nor its folder is there where something is made.
            #expect(!output.contains("secret") && !output.contains("supervisor"))
        }
    }

    @Test func `what is made ends with its worker`() async throws {
        try await Self.inFolder { folder, launcher in
            let made = folder.appending(path: "made").path
            let name = LaunchName(run: "ends", attempt: 1)
            let worker = "until [ -e \(made)/begun ]; do sleep 0.05; done; echo ready; sleep 300"
            let maker = "trap : TERM; touch \(made)/begun; while sleep 0.05; do date +%s%N > \(made)/alive; done"
            try await launcher.start(Self.launch(name, folder, worker: worker, maker: maker))
            let contract = LauncherContract { launcher }
            try await contract.hear("ready", from: name, launcher)
            // A request to end is for the worker.
            try await launcher.stop(name)
            _ = try await contract.end(of: name, in: launcher)
            let alive = { try? String(contentsOfFile: "\(made)/alive", encoding: .utf8) }
            let last = alive()
            try await Task.sleep(for: .milliseconds(300))
            #expect(alive() == last)
        }
    }

    @Test func `nothing is made where it cannot be confined`() async throws {
        try await Self.inFolder { folder, _ in
            let launcher = try LocalLauncher(
                root: folder.appending(path: "plain"),
                graceSeconds: 1,
                sandbox: Sandbox(wrapper: nil),
                groups: nil
            )
            var launch = Self.launch(LaunchName(run: "x", attempt: 1), folder, worker: "true", maker: "true")
            launch.isStrangers = false
            let refused = launch
            await #expect(throws: LauncherError.notConfined) { try await launcher.start(refused) }
        }
    }
}
