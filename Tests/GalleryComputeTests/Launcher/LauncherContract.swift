import Foundation
import Testing

@testable import GalleryCompute

/// What every launcher must do, told as stories of real processes. `make` builds the launcher anew over the same place, as a
/// gallery does that was restarted.
struct LauncherContract: Sendable {
    let make: @Sendable () throws -> any Launcher

    /// All of them; each driver tells them in turn.
    static let stories: [(name: String, tell: @Sendable (LauncherContract) async throws -> Void)] = [
        ("exit codes", { try await $0.tellsExitCodes() }),
        ("files and environment", { try await $0.passesFilesAndNothingOfTheGallerys() }),
        ("checkpoints", { try await $0.keepsCheckpointsOverAttempts() }),
        ("stop", { try await $0.stopsWhatListens() }), ("early stop", { try await $0.stopsWhatHasHardlyBegun() }),
        ("disk", { try await $0.endsWhatFillsTheDisk() }), ("door", { try await $0.servesAtItsDoor() }),
        ("kill", { try await $0.killsWhatDoesNotListen() }),
        ("time limit", { try await $0.endsAtTheTimeLimit() }), ("memory", { try await $0.tellsWhenMemoryIsOut() }),
        ("started once", { try await $0.startsOnce() }), ("found again", { try await $0.findsAgain() }),
        ("bad names", { try await $0.refusesBadNames() }),
    ]

    static func launch(
        _ script: String,
        _ name: LaunchName,
        memoryBytes: Int64 = 512 << 20,
        diskBytes: Int64? = nil,
        seconds: Int64? = nil,
        environment: [String: String] = [:],
        files: [String: Data] = [:]
    ) -> Launch {
        Launch(
            name: name,
            command: ["/bin/sh", "-c", script],
            environment: environment,
            files: files,
            cores: 1,
            memoryBytes: memoryBytes,
            diskBytes: diskBytes,
            seconds: seconds,
            network: .none
        )
    }

    func end(of name: LaunchName, in launcher: any Launcher) async throws -> LaunchState {
        for _ in 0..<600 {
            let state = try await launcher.find(name)
            if state != .running { return state }
            try await Task.sleep(for: .milliseconds(50))
        }
        return .running
    }

    func cause(of name: LaunchName, in launcher: any Launcher) async throws -> LaunchEnd.Cause? {
        if case .ended(let end) = try await end(of: name, in: launcher) { end.cause } else { nil }
    }

    /// Waits until the worker has said so much.
    func hear(_ text: String, from name: LaunchName, _ launcher: any Launcher) async throws {
        for _ in 0..<600 {
            if try await launcher.output(of: name, last: 4096).contains(text) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the worker never said \(text)")
    }

    func tellsExitCodes() async throws {
        let launcher = try make()
        for (attempt, code) in [(1, Int32(0)), (2, 3)] {
            let name = LaunchName(run: "code", attempt: attempt)
            try await launcher.start(Self.launch("exit \(code)", name))
            #expect(try await cause(of: name, in: launcher) == .exit(code))
        }
    }

    func passesFilesAndNothingOfTheGallerys() async throws {
        let launcher = try make()
        let name = LaunchName(run: "files", attempt: 1)
        try await launcher.start(
            Self.launch(
                "cat spec.json; echo $GREETING; env; touch \"$GALLERY_RUN_CHECKPOINTS/one\"",
                name,
                environment: ["GREETING": "hello"],
                files: ["spec.json": Data("{\"a\":1}".utf8)]
            )
        )
        #expect(try await cause(of: name, in: launcher) == .exit(0))
        let output = try await launcher.output(of: name, last: 10_000)
        #expect(output.contains("{\"a\":1}") && output.contains("hello"))
        // Where this process runs: nothing that a worker has a use for.
        let own = ProcessInfo.processInfo.environment.filter { $0.key != "PATH" && $0.value.utf8.count > 12 }
        for (name, value) in own { #expect(!output.contains("\n\(name)=\(value)\n"), "\(name)") }
    }

    func keepsCheckpointsOverAttempts() async throws {
        let launcher = try make()
        let (one, two) = (LaunchName(run: "kept", attempt: 1), LaunchName(run: "kept", attempt: 2))
        try await launcher.start(Self.launch("echo there > \"$GALLERY_RUN_CHECKPOINTS/one\"; exit 1", one))
        #expect(try await cause(of: one, in: launcher) == .exit(1))
        try await launcher.sweep(one)
        try await launcher.start(Self.launch("cat \"$GALLERY_RUN_CHECKPOINTS/one\"", two))
        #expect(try await cause(of: two, in: launcher) == .exit(0))
        #expect(try await launcher.output(of: two, last: 100).contains("there"))
        try await launcher.forget(run: "kept")
        let found = try await launcher.find(two)
        #expect(found == .absent)
    }

    func stopsWhatListens() async throws {
        let launcher = try make()
        let name = LaunchName(run: "polite", attempt: 1)
        try await launcher.start(
            Self.launch("trap 'echo saved; exit 7' TERM; echo ready; while :; do sleep 0.05; done", name)
        )
        try await hear("ready", from: name, launcher)
        try await launcher.stop(name)
        #expect(try await cause(of: name, in: launcher) == .exit(7))
    }

    /// Said before anybody listens it is lost, so it is said again until the worker has heard it; then no more.
    func stopsWhatHasHardlyBegun() async throws {
        let launcher = try make()
        let name = LaunchName(run: "early", attempt: 1)
        let script = "trap 'sleep 0.5; exit 7' TERM; while :; do sleep 0.05; done"
        try await launcher.start(Self.launch(script, name))
        for _ in 0..<600 {
            try await launcher.stop(name)
            if try await launcher.find(name) != .running { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        // A shell that has not read its first line yet just ends, and what is still on its way to its node may be killed there.
        let found = try await cause(of: name, in: launcher)
        #expect([.exit(7), .signal(SIGTERM), .signal(SIGKILL)].contains(found))
    }

    func endsWhatFillsTheDisk() async throws {
        let launcher = try make()
        for (attempt, script) in [
            (1, "for i in 1 2 3 4 5; do head -c 3000000 /dev/zero > $i; done; echo filled; sleep 300"),
            (2, "head -c 30000000 /dev/zero > big; exit 3"),
        ] {
            let name = LaunchName(run: "hoarder", attempt: attempt)
            try await launcher.start(Self.launch(script, name, diskBytes: 8 << 20))
            let found = try await cause(of: name, in: launcher)
            // Of one file that is too large the program that writes it learns itself.
            #expect(found == (attempt == 1 ? .diskFull : .exit(3)))
        }
    }

    /// What a serving worker answers at its door is heard.
    func servesAtItsDoor() async throws {
        let launcher = try make()
        let name = LaunchName(run: "server", attempt: 1)
        let script = "echo ready; exec socat \"UNIX-LISTEN:$GALLERY_RUN_DOOR,fork\" SYSTEM:'echo served'"
        try await launcher.start(Self.launch(script, name))
        try await hear("ready", from: name, launcher)
        var said = ""
        for _ in 0..<600 where !said.contains("served") {
            if let door = try await launcher.door(to: name) { said = try await Self.ask(door) }
            if said.isEmpty { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(said == "served\n")
        try await launcher.kill(name)
    }

    static func ask(_ door: LaunchDoor) async throws -> String {
        let address =
            switch door {
            case .socket(let path): "UNIX-CONNECT:\(path)"
            case .host(let host, let port): "TCP:\(host):\(port)"
            }
        return try await Program.output("/usr/bin/socat", ["-u", address, "-"])
    }

    func killsWhatDoesNotListen() async throws {
        let launcher = try make()
        let name = LaunchName(run: "deaf", attempt: 1)
        try await launcher.start(
            Self.launch(
                "trap '' TERM; (trap '' TERM; setsid sleep 300) & echo ready; while :; do sleep 0.05; done",
                name
            )
        )
        try await hear("ready", from: name, launcher)
        try await launcher.kill(name)
        #expect(try await cause(of: name, in: launcher) == .signal(SIGKILL))
        try await launcher.stop(name)
        try await launcher.kill(name)
    }

    func endsAtTheTimeLimit() async throws {
        let launcher = try make()
        let name = LaunchName(run: "late", attempt: 1)
        try await launcher.start(Self.launch("trap '' TERM; while :; do sleep 0.1; done", name, seconds: 1))
        #expect(try await cause(of: name, in: launcher) == .timeLimit)
    }

    func tellsWhenMemoryIsOut() async throws {
        let launcher = try make()
        guard launcher.confinement.limits != .perProcess else { return }
        let name = LaunchName(run: "greedy", attempt: 1)
        try await launcher.start(
            Self.launch(
                "head -c 1000000000 /dev/zero | tail -c 1000000000 > /dev/null; exit 9",
                name,
                memoryBytes: 64 << 20
            )
        )
        #expect(try await cause(of: name, in: launcher) == .outOfMemory)
    }

    func startsOnce() async throws {
        let launcher = try make()
        let name = LaunchName(run: "once", attempt: 1)
        let launch = Self.launch(
            "echo x >> \"$GALLERY_RUN_CHECKPOINTS/starts\"; cat \"$GALLERY_RUN_CHECKPOINTS/starts\"; sleep 0.3",
            name
        )
        try await launcher.start(launch)
        try await hear("x", from: name, launcher)
        try await launcher.start(launch)
        #expect(try await cause(of: name, in: launcher) == .exit(0))
        #expect(try await launcher.output(of: name, last: 100) == "x\n")
    }

    /// A gallery that was restarted finds what runs, what ended meanwhile, and what never began.
    func findsAgain() async throws {
        let (long, short) = (LaunchName(run: "long", attempt: 1), LaunchName(run: "short", attempt: 1))
        do {
            let launcher = try make()
            try await launcher.start(Self.launch("echo ready; sleep 300", long))
            try await launcher.start(Self.launch("sleep 0.2; exit 5", short))
            try await hear("ready", from: long, launcher)
        }
        let launcher = try make()
        #expect(try await launcher.find(long) == .running)
        #expect(try await cause(of: short, in: launcher) == .exit(5))
        #expect(try await launcher.find(LaunchName(run: "never", attempt: 1)) == .absent)
        try await launcher.kill(long)
        #expect(try await cause(of: long, in: launcher) == .signal(SIGKILL))
    }

    func refusesBadNames() async throws {
        let launcher = try make()
        await #expect(throws: LauncherError.self) {
            try await launcher.start(Self.launch("exit", LaunchName(run: "../x", attempt: 1)))
        }
        await #expect(throws: LauncherError.self) {
            try await launcher.start(Self.launch("exit", LaunchName(run: "x", attempt: 1), files: ["../y": Data()]))
        }
    }
}
