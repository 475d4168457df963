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
