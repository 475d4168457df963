package import Foundation
import Glibc

/// Starts workers as processes of this machine, each below a supervisor that outlives the gallery. All that is known of an
/// attempt lies in its folder: `RUN/ATTEMPT/{work, output, begun, supervisor, worker, ended}`; checkpoints in `RUN/checkpoints`.
package struct LocalLauncher: Launcher {
    private static let outputLimit = 4 << 20
    private static let processes = 1024
    /// With less free when a worker fails, it is taken to have failed for that.
    private static let leastFreeKiB: Int64 = 256

    private let root: URL
    private let sandbox: Sandbox
    private let groups: ControlGroups?
    private let graceSeconds: Int
    package let confinement: Confinement

    /// Looks at what this machine gives. `root` holds the folders of all runs.
    package init(root: URL, graceSeconds: Int = 30) throws {
        try self.init(root: root, graceSeconds: graceSeconds, sandbox: .probe(), groups: .probe())
    }

    init(root: URL, graceSeconds: Int, sandbox: Sandbox, groups: ControlGroups?) throws {
        self.root = root.standardizedFileURL
        self.sandbox = sandbox
        self.groups = groups
        self.graceSeconds = graceSeconds
        var remarks = ["A run that uses the network can reach more than the gallery."]
        if sandbox.wrapper == nil { remarks.append("bubblewrap is missing or may not make namespaces.") }
        if groups == nil {
            remarks.append("No control group can be made: memory is limited per process, cores are not.")
        }
        let limits: Confinement.Limits =
            switch groups?.version {
            case .one: .groups1
            case .two: .groups2
            case nil: .perProcess
            }
        confinement = Confinement(
            isIsolated: sandbox.wrapper != nil,
            limits: limits,
            reachesGalleryOnly: false,
            remarks: remarks
        )
        try FileManager.default.createDirectory(
            at: self.root,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    // MARK: Starting

    package func start(_ launch: Launch) async throws {
        guard !launch.command.isEmpty else { throw LauncherError.badLaunch("it has no command") }
        guard !launch.isStrangers || confinement.admits(launch.network) else { throw LauncherError.notConfined }
        let folder = try folder(launch.name)
        guard !FileManager.default.fileExists(atPath: folder.appending(path: "begun").path) else { return }
        let (work, checkpoints) = try prepare(launch, folder)
        let limits = try groups?.make(
            group(launch.name),
            cores: launch.cores,
            memoryBytes: launch.memoryBytes,
            processes: Self.processes
        )
        let wrapped = sandbox.command(
            work: work.path,
            checkpoints: checkpoints.path,
            reads: launch.reads,
            network: launch.network
        )
        let arguments =
            [
                "/usr/bin/setsid", "--fork", "/bin/sh", "-c", Supervisor.script, "gallery-run", folder.path,
                "\(launch.seconds ?? 0)", "\(graceSeconds)", "\(Self.outputLimit)",
                "\(limits == nil ? launch.memoryBytes / 1024 : 0)", (limits ?? []).joined(separator: " "),
            ] + wrapped + launch.command
        let given = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": work.path, "TMPDIR": "/tmp", "LC_ALL": "C.UTF-8",
            "GALLERY_RUN_DOOR": door(in: folder).path, "OMP_NUM_THREADS": "\(launch.cores)",
            "GALLERY_RUN_CHECKPOINTS": checkpoints.path,
        ]
        try Self.spawn(arguments, given.merging(launch.environment) { given, _ in given })
        // From here on nobody else may rule that nothing begins.
        for _ in 0..<1000 {
            if FileManager.default.fileExists(atPath: folder.appending(path: "begun").path) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw LauncherError.failed("its supervisor did not begin")
    }

    /// Not by `Process`, which waits until everything has ended that was started by what it started.
    private static func spawn(_ arguments: [String], _ environment: [String: String]) throws {
        let fault = LauncherError.failed("its supervisor did not start")
        var actions = posix_spawn_file_actions_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else { throw fault }
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in Int32(0)...2 {
            guard posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0) == 0 else {
                throw fault
            }
        }
        // Nothing of the gallery's own stays open below it; one that is closed already is no fault.
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            guard let descriptor = Int32(name), descriptor > 2 else { continue }
            guard posix_spawn_file_actions_addclose(&actions, descriptor) == 0 else { throw fault }
        }
        var words = arguments.map { strdup($0) } + [nil]
        var values = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + values { free(text) } }
        var process: pid_t = 0
        guard posix_spawn(&process, arguments[0], &actions, nil, &words, &values) == 0 else { throw fault }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { guard errno == EINTR else { throw fault } }
        guard status == 0 else { throw fault }
    }

    private func prepare(_ launch: Launch, _ folder: URL) throws -> (work: URL, checkpoints: URL) {
        let work = folder.appending(path: "work")
        let checkpoints = folder.deletingLastPathComponent().appending(path: "checkpoints")
        for path in [work, checkpoints] {
            try FileManager.default.createDirectory(
                at: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
        for (name, bytes) in launch.files {
            guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else {
                throw LauncherError.badLaunch("a file has a bad name")
            }
            try bytes.write(to: work.appending(path: name))
        }
        return (work, checkpoints)
    }

    // MARK: Watching

    package func find(_ attempt: LaunchName) async throws -> LaunchState {
        let folder = try folder(attempt)
        if let end = end(in: folder) { return .ended(end) }
        guard FileManager.default.fileExists(atPath: folder.path) else { return .absent }
        // Whoever makes this folder first decides whether anything begins.
        if mkdir(folder.appending(path: "begun").path, 0o700) == 0 { return .absent }
        for _ in 0..<40 {
            if let supervisor = identity(in: folder) {
                if isAlive(supervisor) { return .running }
                // It may have written this while it was looked for.
                return end(in: folder).map(LaunchState.ended) ?? .lost
            }
            // Between its first step and its name lie milliseconds.
            try await Task.sleep(for: .milliseconds(50))
        }
        return end(in: folder).map(LaunchState.ended) ?? .lost
    }

    private func end(in folder: URL) -> LaunchEnd? {
        let words = text("ended", in: folder).split { $0 == " " || $0 == "\n" || $0 == "\0" }
        guard words.count >= 6, words[0] == "end", let code = Int32(words[1]), let free = Int64(words[4]),
            let time = Int64(words[5])
        else { return nil }
        let (wasKilled, wasLate) = (words[2] == "1", words[3] == "1")
        let cause: LaunchEnd.Cause =
            if wasLate {
                .timeLimit
            } else if code == 0 {
                .exit(0)
            } else if wasKilled {
                .outOfMemory
            } else if free < Self.leastFreeKiB {
                .diskFull
            } else if code > 128 {
                .signal(code - 128)
            } else {
                .exit(code)
            }
        return LaunchEnd(cause, at: Date(timeIntervalSince1970: Double(time) / 1000))
    }

    package func door(to attempt: LaunchName) async throws -> LaunchDoor? {
        let path = door(in: try folder(attempt)).path
        // A link that a worker laid there may lead anywhere; these are of the link itself.
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        return facts?[.type] as? FileAttributeType == .typeSocket ? .socket(path) : nil
    }

    private func door(in folder: URL) -> URL { folder.appending(path: "work/door.sock") }

    package func output(of attempt: LaunchName, last bytes: Int) async throws -> String {
        let path = try folder(attempt).appending(path: "output")
        guard let file = try? FileHandle(forReadingFrom: path) else { return "" }
        defer { try? file.close() }
        let size = try file.seekToEnd()
        try file.seek(toOffset: size > UInt64(bytes) ? size - UInt64(bytes) : 0)
        return String(decoding: try file.read(upToCount: bytes) ?? Data(), as: UTF8.self)
    }

    // MARK: Ending

    package func stop(_ attempt: LaunchName) async throws {
        guard case .running = try await find(attempt) else { return }
        // Once: many take a second request for impatience, and drop what they have.
        let folder = try folder(attempt)
        guard mkdir(folder.appending(path: "asked").path, 0o700) == 0 else { return }
        signal(folder, SIGTERM)
    }

    package func kill(_ attempt: LaunchName) async throws {
        guard case .running = try await find(attempt) else { return }
        signal(try folder(attempt), SIGKILL)
        for member in groups?.members(group(attempt)) ?? [] { _ = Glibc.kill(member, SIGKILL) }
    }

    private func signal(_ folder: URL, _ number: Int32) {
        let worker = text("worker", in: folder).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let worker = Int32(worker), worker > 1 else { return }
        // A worker leads a group of its own, unless it was asked before it got there.
        if Glibc.kill(-worker, number) != 0 { _ = Glibc.kill(worker, number) }
    }

    package func sweep(_ attempt: LaunchName) async throws {
        try await kill(attempt)
        try remove(folder(attempt))
        groups?.remove(group(attempt))
    }

    package func forget(run: String) async throws {
        try remove(folder(LaunchName(run: run, attempt: 1)).deletingLastPathComponent())
    }

    // MARK: What lies in the folder

    private func remove(_ folder: URL) throws {
        guard FileManager.default.fileExists(atPath: folder.path) else { return }
        try FileManager.default.removeItem(at: folder)
    }

    private func folder(_ attempt: LaunchName) throws -> URL {
        let isPlain = attempt.run.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        guard isPlain, (1...80).contains(attempt.run.utf8.count), attempt.attempt > 0 else {
            throw LauncherError.badLaunch("it has no proper name")
        }
        return root.appending(path: attempt.run).appending(path: "\(attempt.attempt)")
    }

    private func group(_ attempt: LaunchName) -> String { "gallery-\(attempt.run)-\(attempt.attempt)" }

    private func text(_ name: String, in folder: URL) -> String {
        guard let bytes = FileManager.default.contents(atPath: folder.appending(path: name).path) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func identity(in folder: URL) -> (process: Int32, start: String)? {
        let words = text("supervisor", in: folder).split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let process = Int32(words[0]) else { return nil }
        return (process, String(words[1]))
    }

    /// Whether it is the same process, not another with its number, and not a dead one that nobody has asked after.
    private func isAlive(_ supervisor: (process: Int32, start: String)) -> Bool {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(supervisor.process)/stat") else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let name = text.lastIndex(of: ")") else { return false }
        let fields = text[name...].split { $0 == " " || $0 == "\n" }.dropFirst()
        guard let state = fields.first, fields.count > 19 else { return false }
        return state != "Z" && state != "X" && String(fields[fields.startIndex + 19]) == supervisor.start
    }
}
