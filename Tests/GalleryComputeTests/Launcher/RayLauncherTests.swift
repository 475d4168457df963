import Foundation
import Testing

@testable import GalleryCompute

/// Where the cluster of the tests is, and this machine for its nodes.
private struct TestCluster: Sendable {
    let address: String
    let token: String
    let host: String

    /// Nil where none is named.
    static let named: TestCluster? = {
        let known = ProcessInfo.processInfo.environment
        guard let address = known["GALLERY_TEST_RAY"], let token = known["GALLERY_TEST_RAY_TOKEN"],
            let host = known["GALLERY_TEST_RAY_HOST"]
        else { return nil }
        return TestCluster(address: address, token: token, host: host)
    }()
}

/// The launchers' contract on a real cluster of two nodes, which `make test-ray` starts beside the tests.
@Suite(
    .serialized,
    .enabled(if: TestCluster.named != nil, "No Ray cluster is named in GALLERY_TEST_RAY: `make test-ray` starts one.")
)
struct RayLauncherTests {
    private static let program = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Python/node/gallery_node.py").standardizedFileURL

    /// A launcher's place of its own on the cluster: `make` builds it anew over the same one.
    private static func inFolder(
        gallery: String = "",
        _ body: (@escaping @Sendable () throws -> RayLauncher) async throws -> Void
    ) async throws {
        let place = try #require(TestCluster.named)
        let name = "t\(UUID().uuidString.prefix(8))"
        let folder = FileManager.default.temporaryDirectory.appending(path: "ray-\(name)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var cluster = RayLauncher.Cluster(
            address: place.address,
            token: place.token,
            folder: folder.appending(path: "nodes").path,
            program: program
        )
        cluster.prefix = name
        let found = cluster
        try await body {
            try RayLauncher(found, root: folder, key: Array(name.utf8), graceSeconds: 1) { gallery }
        }
    }

    @Test(arguments: LauncherContract.stories.map(\.name))
    func `the Ray launcher keeps the contract`(_ name: String) async throws {
        let story = try #require(LauncherContract.stories.first { $0.name == name })
        try await Self.inFolder { make in try await story.tell(LauncherContract { try make() }) }
    }

    @Test func `a worker on a node reaches the gallery and nothing else, and sees nothing of the cluster`() async throws
    {
        let place = try #require(TestCluster.named)
        let port = 20_000 + Int.random(in: 0..<20_000)
        try await Self.inFolder(gallery: "http://\(place.host):\(port)") { make in
            let launcher = try make()
            let name = LaunchName(run: "caller", attempt: 1)
            let script = """
                ask() { (exec 3<>/dev/tcp/$1/$2 && timeout 5 cat <&3) 2>&1 || echo "nothing at $1"; }
                ask 127.0.0.1 4280
                ask 10.77.0.1 8265
                ask \(place.host) \(port)
                ls /tmp/ray /root
                env
                """
            var launch = LauncherContract.launch(script, name)
            launch.command = ["/bin/bash", "-c", script]
            launch.network = .gallery
            launch.isStrangers = true
            let order = launch
            try await Program.beside("/usr/bin/socat", ["TCP-LISTEN:\(port),fork,reuseaddr", "SYSTEM:echo gallery"]) {
                try await launcher.start(order)
                _ = try await LauncherContract { launcher }.end(of: name, in: launcher)
            }
            let output = try await launcher.output(of: name, last: 10_000)
            #expect(output.hasPrefix("gallery\n"))
            #expect(output.contains("nothing at 10.77.0.1") && output.contains("nothing at \(place.host)"))
            #expect(!output.contains("RAY_") && !output.contains(place.token))
            #expect(output.contains("GALLERY_URL=http://127.0.0.1:4280"))
            #expect(output.contains("cannot access '/tmp/ray'") && output.contains("cannot access '/root'"))
        }
    }

    @Test func `runs lie where there is room, and what waits for it is stopped`() async throws {
        try await Self.inFolder { make in
            let launcher = try make()
            #expect(try await launcher.capacity().machines.map(\.cores) == [2, 2])
            let names = (1...3).map { LaunchName(run: "large", attempt: $0) }
            for name in names {
                var launch = LauncherContract.launch("echo ready; sleep 300", name)
                launch.cores = 2
                try await launcher.start(launch)
            }
            let contract = LauncherContract { launcher }
            // Two have a node each; which of the three waits is the cluster's choice.
            var ready: Set<LaunchName> = []
            for _ in 0..<600 where ready.count < 2 {
                for name in names where try await launcher.output(of: name, last: 100).contains("ready") {
                    ready.insert(name)
                }
                try await Task.sleep(for: .milliseconds(100))
            }
            let waiting = try #require(names.first { !ready.contains($0) })
            #expect(ready.count == 2)
            for _ in 0..<200 where try await launcher.find(waiting) == .running {
                try await launcher.stop(waiting)
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try await contract.cause(of: waiting, in: launcher) != nil)
            for name in ready {
                #expect(try await launcher.find(name) == .running)
                try await launcher.kill(name)
            }
            // With room for it the cluster ends it itself.
            for _ in 0..<600 where try await launcher.client.job(launcher.id(waiting))?.hasEnded == false {
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try await launcher.client.job(launcher.id(waiting))?.hasEnded == true)
        }
    }

    @Test func `a wrong token and a cluster that is away are told`() async throws {
        let place = try #require(TestCluster.named)
        for (address, token) in [(place.address, "wrong"), ("http://127.0.0.1:9", place.token)] {
            let folder = FileManager.default.temporaryDirectory.appending(path: "ray-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let cluster = RayLauncher.Cluster(address: address, token: token, folder: "/tmp/x", program: Self.program)
            let launcher = try RayLauncher(cluster, root: folder, key: [1]) { "" }
            await #expect { _ = try await launcher.find(LaunchName(run: "x", attempt: 1)) } throws: { error in
                if case LauncherError.unreachable = error { true } else { false }
            }
        }
    }

    /// The last of the suite: the second node is gone for good.
    @Test func `zz a run whose node dies is lost, and the others go on`() async throws {
        let script = Self.program.deletingLastPathComponent().appending(path: "../../scripts/ray-cluster")
        try await Self.inFolder { make in
            let launcher = try make()
            let names = (1...2).map { LaunchName(run: "pair", attempt: $0) }
            let contract = LauncherContract { launcher }
            for name in names {
                var launch = LauncherContract.launch("echo ready; sleep 300", name)
                launch.cores = 2
                try await launcher.start(launch)
            }
            for name in names { try await contract.hear("ready", from: name, launcher) }
            _ = try await Program.output(script.standardizedFileURL.path, ["kill-node"])
            var states: [LaunchState] = []
            for _ in 0..<600 where !states.contains(.lost) {
                states = []
                for name in names { states.append(try await launcher.find(name)) }
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(states.contains(.lost) && states.contains(.running))
            #expect(try await launcher.capacity().machines.count == 1)
            for name in names { try await launcher.sweep(name) }
        }
    }
}
