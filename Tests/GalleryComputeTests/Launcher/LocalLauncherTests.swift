import Foundation
import Testing

@testable import GalleryCompute

@Suite(.serialized)
struct LocalLauncherTests {
    private static func inFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "runs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    @Test(arguments: LauncherContract.stories.map(\.name))
    func `the local launcher keeps the contract with what this machine gives`(_ name: String) async throws {
        let story = try #require(LauncherContract.stories.first { $0.name == name })
        try await Self.inFolder { folder in
            try await story.tell(LauncherContract { try LocalLauncher(root: folder, graceSeconds: 1) })
        }
    }

    @Test(arguments: LauncherContract.stories.map(\.name))
    func `the local launcher keeps the contract with plain processes`(_ name: String) async throws {
        let story = try #require(LauncherContract.stories.first { $0.name == name })
        try await Self.inFolder { folder in
            try await story.tell(
                LauncherContract {
                    try LocalLauncher(root: folder, graceSeconds: 1, sandbox: Sandbox(wrapper: nil), groups: nil)
                }
            )
        }
    }

    @Test func `code of strangers is refused where nothing confines it`() async throws {
        try await Self.inFolder { folder in
            let launcher = try LocalLauncher(root: folder, graceSeconds: 1, sandbox: Sandbox(wrapper: nil), groups: nil)
            var launch = LauncherContract.launch("exit", LaunchName(run: "x", attempt: 1))
            launch.isStrangers = true
            let refused = launch
            await #expect(throws: LauncherError.notConfined) { try await launcher.start(refused) }
        }
    }

    @Test func `what a run keeps is there for the next, and what it adds counts as its own`() async throws {
        try await Self.inFolder { folder in
            let launcher = try LocalLauncher(root: folder.appending(path: "runs"), graceSeconds: 1)
            let kept = folder.appending(path: "kept")
            try FileManager.default.createDirectory(at: kept, withIntermediateDirectories: true)
            let contract = LauncherContract { launcher }
            func run(_ name: String, _ script: String, diskBytes: Int64? = nil) async throws -> LaunchEnd.Cause? {
                let name = LaunchName(run: name, attempt: 1)
                var launch = LauncherContract.launch(script, name, diskBytes: diskBytes)
                launch.kept = KeptFolder(variable: "KEPT", folder: kept)
                try await launcher.start(launch)
                let cause = try await contract.cause(of: name, in: launcher)
                try await launcher.sweep(name)
                return cause
            }
            let fill = "head -c 3000000 /dev/zero > $KEPT/a"
            #expect(try await run("first", fill) == .exit(0))
            #expect(try await run("second", "[ -s $KEPT/a ] && sleep 2", diskBytes: 2 << 20) == .exit(0))
            let flood = "for n in 1 2 3; do head -c 1500000 /dev/zero > $KEPT/b$n; done; sleep 30"
            #expect(try await run("third", flood, diskBytes: 2 << 20) == .diskFull)
        }
    }

    @Test func `a disk of which nothing can be said is not full`() async throws {
        try await Self.inFolder { folder in
            let programs = folder.appending(path: "programs")
            try FileManager.default.createDirectory(at: programs, withIntermediateDirectories: true)
            let df = programs.appending(path: "df")
            try Data("#!/bin/sh\nexit 1\n".utf8).write(to: df)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: df.path)
            let launcher = try LocalLauncher(
                root: folder.appending(path: "runs"),
                graceSeconds: 1,
                sandbox: Sandbox(wrapper: nil),
                groups: nil
            )
            let name = LaunchName(run: "x", attempt: 1)
            let path = ["PATH": "\(programs.path):/usr/bin:/bin"]
            try await launcher.start(LauncherContract.launch("exit 3", name, environment: path))
            #expect(try await LauncherContract { launcher }.cause(of: name, in: launcher) == .exit(3))
        }
    }

    @Test func `a worker in the sandbox sees no files of this machine and no network`() async throws {
        try await Self.inFolder { folder in
            let launcher = try LocalLauncher(root: folder, graceSeconds: 1)
            guard launcher.confinement.isIsolated else { return }
            let name = LaunchName(run: "curious", attempt: 1)
            let script = "ls /root 2>&1; cat /etc/shadow 2>&1; id -u; touch /usr/x 2>&1; tail -n +3 /proc/net/dev"
            try await launcher.start(LauncherContract.launch(script, name))
            let contract = LauncherContract { launcher }
            _ = try await contract.end(of: name, in: launcher)
            let output = try await launcher.output(of: name, last: 10_000)
            #expect(
                output.contains("65534") && !output.contains("root:x") && !output.contains("root:*")
                    && !output.contains("eth0")
            )
            #expect(output.contains("cannot access '/root'") && output.contains("Read-only file system"))
        }
    }

    @Test func `the door of a worker is its own socket and nothing that it points to`() async throws {
        try await Self.inFolder { folder in
            let launcher = try LocalLauncher(root: folder, graceSeconds: 1)
            let contract = LauncherContract { launcher }
            let (open, feigned) = (LaunchName(run: "open", attempt: 1), LaunchName(run: "feigned", attempt: 1))
            let serve = """
                exec perl -MIO::Socket::UNIX -e '
                    $| = 1;
                    IO::Socket::UNIX->new(Local => $ENV{GALLERY_RUN_DOOR}, Listen => 1) or die "no socket: $!";
                    print "ready\\n"; sleep 300'
                """
            try await launcher.start(LauncherContract.launch(serve, open))
            try await contract.hear("ready", from: open, launcher)
            guard case .socket(let path)? = try await launcher.door(to: open) else {
                Issue.record("there is no door")
                return
            }
            #expect(path.hasPrefix(folder.path))
            try await launcher.kill(open)
            try await launcher.start(
                LauncherContract.launch("ln -s /run/dbus/socket \"$GALLERY_RUN_DOOR\"; echo ready; sleep 300", feigned)
            )
            try await contract.hear("ready", from: feigned, launcher)
            #expect(try await launcher.door(to: feigned) == nil)
            try await launcher.kill(feigned)
        }
    }
}
