import Foundation
import Glibc
import Testing

@testable import GalleryCompute

/// What stands between a worker and the machine below it.
@Suite(.serialized)
struct SandboxTests {
    private static func inFolder(_ deep: String = "", _ body: (URL, LocalLauncher) async throws -> Void) async throws {
        let top = FileManager.default.temporaryDirectory.appending(path: "runs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: top) }
        let folder = deep.isEmpty ? top : top.appending(path: deep)
        let launcher = try LocalLauncher(root: folder, graceSeconds: 1)
        guard launcher.confinement.reachesGalleryOnly else { return }
        try await body(folder, launcher)
    }

    private static func launch(_ script: String, _ name: LaunchName, _ environment: [String: String] = [:]) -> Launch {
        var launch = LauncherContract.launch(script, name, environment: environment)
        launch.command = ["/bin/bash", "-c", script]
        launch.network = .gallery
        launch.isStrangers = true
        return launch
    }

    private static func ended(_ name: LaunchName, _ launcher: LocalLauncher) async throws -> String {
        _ = try await LauncherContract { launcher }.end(of: name, in: launcher)
        return try await launcher.output(of: name, last: 10_000)
    }

    @Test func `a worker reaches the gallery, also one that was started anew, and nothing else`() async throws {
        try await Self.inFolder { folder, launcher in
            let name = LaunchName(run: "caller", attempt: 1)
            let port = 20_000 + Int.random(in: 0..<20_000)
            let script = """
                ask() { (exec 3<>/dev/tcp/$1/$2 && timeout 5 cat <&3) 2>&1 || echo "nothing at $1"; }
                echo "address $GALLERY_URL $HF_ENDPOINT"
                until ask 127.0.0.1 4280 | grep first; do sleep 0.05; done
                echo "there $(ask 127.0.0.1 \(port)) $(ask 192.0.2.1 80) $(ask 1.1.1.1 53)"
                until ask 127.0.0.1 4280 | grep second; do sleep 0.05; done
                """
            let gate = try launcher.gate()
            let contract = LauncherContract { launcher }
            let said = { (word: String) in ["UNIX-LISTEN:\(gate),fork,unlink-early", "SYSTEM:echo \(word)"] }
            try await Program.beside("/usr/bin/socat", ["TCP-LISTEN:\(port),fork", "SYSTEM:echo secret"]) {
                try await launcher.start(Self.launch(script, name))
                try await Program.beside("/usr/bin/socat", said("first")) {
                    try await contract.hear("there", from: name, launcher)
                }
                try await Program.beside("/usr/bin/socat", said("second")) {
                    let found = try await contract.cause(of: name, in: launcher)
                    #expect(found == .exit(0))
                }
            }
            let output = try await launcher.output(of: name, last: 10_000)
            #expect(output.contains("address http://127.0.0.1:4280 http://127.0.0.1:4280"))
            #expect(output.contains("first") && output.contains("second") && !output.contains("secret"))
            #expect(output.contains("nothing at 192.0.2.1") && output.contains("nothing at 1.1.1.1"))
        }
    }

    @Test func `what passes connections on ends with the worker`() async throws {
        try await Self.inFolder { folder, launcher in
            let name = LaunchName(run: "short", attempt: 1)
            try await launcher.start(Self.launch("exit 4", name))
            #expect(try await LauncherContract { launcher }.cause(of: name, in: launcher) == .exit(4))
            let processes = try await Program.output("/usr/bin/pgrep", ["-f", folder.lastPathComponent])
            #expect(processes.isEmpty)
        }
    }

    @Test func `variables of a worker are its own`() async throws {
        try await Self.inFolder { folder, launcher in
            let name = LaunchName(run: "vars", attempt: 1)
            let script = "echo \"$WORD of $PATH\"; env | cut -d= -f1 | sort | tr '\\n' ' '; sleep 300"
            let values = ["PATH": "/of/the/worker:/usr/bin:/bin", "WORD": "two words\nand a line"]
            try await launcher.start(Self.launch(script, name, values))
            let contract = LauncherContract { launcher }
            try await contract.hear("GALLERY_URL", from: name, launcher)
            let output = try await launcher.output(of: name, last: 10_000)
            #expect(output.contains("two words\nand a line of /of/the/worker:/usr/bin:/bin"))
            let attempt = folder.appending(path: "vars/1")
            let words = try String(contentsOf: attempt.appending(path: "supervisor"), encoding: .utf8).split(
                separator: " "
            )
            let outside = try String(contentsOfFile: "/proc/\(words[0])/environ", encoding: .utf8)
            #expect(!outside.contains("/of/the/worker") && !outside.contains("WORD"))
            #expect(!FileManager.default.fileExists(atPath: attempt.appending(path: "variables").path))
            try await launcher.kill(name)
        }
    }

    @Test func `a variable that is none is refused`() async throws {
        try await Self.inFolder { _, launcher in
            for (name, value) in [("A B", "x"), ("", "x"), ("1A", "x"), ("A=B", "x"), ("A", "x\0y")] {
                await #expect(throws: LauncherError.self) {
                    try await launcher.start(Self.launch("exit", LaunchName(run: "x", attempt: 1), [name: value]))
                }
            }
        }
    }

    @Test func `a door is found in a folder that lies deep`() async throws {
        let deep = String(repeating: "a-long-name-of-a-folder/", count: 6)
        try await Self.inFolder(deep) { _, launcher in
            try await LauncherContract { launcher }.servesAtItsDoor()
            #expect(try launcher.gate().utf8.count <= 107)
        }
    }

    @Test func `a link at the door leads nowhere`() async throws {
        try await Self.inFolder { folder, launcher in
            let name = LaunchName(run: "sly", attempt: 1)
            let other = folder.appending(path: "other").path
            try await Program.beside("/usr/bin/socat", ["UNIX-LISTEN:\(other),fork", "SYSTEM:echo secret"]) {
                try await launcher.start(
                    Self.launch("ln -s \(other) \"$GALLERY_RUN_DOOR\"; echo laid; sleep 300", name)
                )
                try await LauncherContract { launcher }.hear("laid", from: name, launcher)
                #expect(try await launcher.door(to: name) == nil)
                try await launcher.kill(name)
            }
        }
    }
}
