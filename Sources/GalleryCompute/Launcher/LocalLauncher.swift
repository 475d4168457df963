package import Foundation
import Glibc

/// Starts workers as processes of this machine, each below a supervisor that outlives the gallery. All that is known of an
/// attempt lies in its folder: `RUN/ATTEMPT/{work, output, begun, supervisor, worker, ended}`; checkpoints in `RUN/checkpoints`.
/// In `.gate` lies the socket on which the gallery answers workers, in `.devices` which attempt has which accelerator.
package struct LocalLauncher: Launcher {
    private static let outputLimit = 4 << 20
    private static let processes = 1024

    private let root: URL
    private let sandbox: Sandbox
    private let groups: ControlGroups?
    private let graceSeconds: Int
    private let sockets: LocalSockets
    private let devices: LocalDevices
    package let confinement: Confinement

    /// Looks at what this machine gives. `root` holds the folders of all runs.
    package init(root: URL, graceSeconds: Int = 30) throws {
        try self.init(root: root, graceSeconds: graceSeconds, sandbox: .ofMachine, groups: .probe())
    }

    init(
        root: URL,
        graceSeconds: Int,
        sandbox: Sandbox,
        groups: ControlGroups?,
        accelerators: [LocalDevices.Accelerator] = LocalDevices.probe()
    ) throws {
        self.root = root.standardizedFileURL
        self.sandbox = sandbox
        self.groups = groups
        self.graceSeconds = graceSeconds
        sockets = LocalSockets(root: self.root)
        devices = LocalDevices(folder: self.root.appending(path: ".devices"), accelerators: accelerators)
        confinement = Confinement(sandbox, groups)
        for folder in [self.root, self.root.appending(path: ".gate"), self.root.appending(path: ".devices")] {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
    }

    /// Where the gallery must answer, for the workers that reach it alone: they know the folder, so that a gallery that is
    /// started anew, on another port too, answers them again.
    package func gate() throws -> String { try sockets.short(gateFolder.appending(path: "socket").path).path }

    private var gateFolder: URL { root.appending(path: ".gate") }

    // MARK: Starting

    package func start(_ launch: Launch) async throws {
        try launch.check()
        guard !launch.isStrangers || confinement.admits(launch.network) else { throw LauncherError.notConfined }
        guard launch.preparation == nil || confinement.admits(.gallery) else { throw LauncherError.notConfined }
        let folder = try folder(launch.name)
        guard !FileManager.default.fileExists(atPath: folder.appending(path: "begun").path) else { return }
        let (work, checkpoints) = try prepare(launch, folder)
        let limits = try groups?.make(
            group(launch.name),
            cores: launch.cores,
            memoryBytes: launch.memoryBytes,
            processes: Self.processes
        )
        let door = try sockets.short(door(in: folder).path)
        let granted = try await devices.take(launch.accelerators, of: launch.accelerator, for: launch.name) { other in
            try await find(other) == .running
        }
        var reads = launch.reads + granted.reads
        if let preparation = launch.preparation {
            let place = LocalPreparation(preparation, folder, sandbox)
            try place.write(cores: launch.cores)
            reads += [place.work.path, preparation.fills]
        }
        let hasPassage = launch.network == .gallery && confinement.reachesGalleryOnly
        var values = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": work.path, "TMPDIR": "/tmp", "LC_ALL": "C.UTF-8",
            "GALLERY_RUN_DOOR": door.path, "OMP_NUM_THREADS": "\(launch.cores)",
            "GALLERY_RUN_CHECKPOINTS": checkpoints.path, "CUDA_VISIBLE_DEVICES": granted.visible,
        ].merging(launch.environment) { _, own in own }
        if launch.preparation != nil {
            values["GALLERY_PREPARATION"] = LocalPreparation.work(in: folder).path
        }
        if let kept = launch.kept {
            values[kept.variable] = kept.folder.path
            // So the supervisor finds what is written there.
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: "kept"),
                withDestinationURL: kept.folder
            )
        }
        if hasPassage {
            values.merge(["GALLERY_URL": Sandbox.address, "HF_ENDPOINT": Sandbox.address]) { _, own in own }
        }
        let wrapped = sandbox.command(
            Sandbox.View(
                work: work.path,
                checkpoints: checkpoints.path,
                reads: reads,
                devices: granted.devices,
                link: door.link,
                gate: launch.network == .gallery ? gateFolder.path : nil,
                writes: launch.kept.map { [$0.folder.path] } ?? []
            ),
            variables: Supervisor.variables
        )
        let disk = (launch.diskBytes ?? 0) / 1024
        let arguments =
            [
                "/usr/bin/setsid", "--fork", "/bin/sh", "-c", Supervisor.script, "gallery-run", folder.path,
                "\(launch.seconds ?? 0)", "\(graceSeconds)", "\(Self.outputLimit)", "\(disk)",
                "\(limits == nil ? launch.memoryBytes / 1024 : 0)", (limits ?? []).joined(separator: " "),
            ] + wrapped + launch.command
        if wrapped.isEmpty {
            try Self.spawn(arguments, values)
        } else {
            try Sandbox.write(values, to: folder.appending(path: "variables"))
            try Self.spawn(arguments, ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"])
        }
        // From here on nobody else may rule that nothing begins.
        for _ in 0..<1000 {
            if FileManager.default.fileExists(atPath: folder.appending(path: "begun").path) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw LauncherError.failed("its supervisor did not begin")
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

    private func end(in folder: URL) -> LaunchEnd? { LaunchEnd(record: text("ended", in: folder)) }

    package func door(to attempt: LaunchName) async throws -> LaunchDoor? {
        let folder = try folder(attempt)
        let own = folder.appending(path: "door.sock").path
        return try sockets.keep(door(in: folder).path, as: own) ? .socket(sockets.short(own).path) : nil
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
        // Once: many take a second request for impatience, and drop what they have. But until the worker itself stands there
        // nobody listens, and what was said before is lost.
        let folder = try folder(attempt)
        let asked = folder.appending(path: "asked").path
        guard access(asked, F_OK) != 0, let worker = worker(in: folder) else { return }
        let isHeard = LocalProcess.all(inGroup: worker).contains { !$0.ignores(SIGTERM) }
        signal(worker, SIGTERM)
        if isHeard { mkdir(asked, 0o700) }
    }

    package func kill(_ attempt: LaunchName) async throws {
        guard case .running = try await find(attempt) else { return }
        if let worker = worker(in: try folder(attempt)) { signal(worker, SIGKILL) }
        groups?.kill(group(attempt))
    }

    private func worker(in folder: URL) -> Int32? {
        Int32(text("worker", in: folder).trimmingCharacters(in: .whitespacesAndNewlines)).flatMap { $0 > 1 ? $0 : nil }
    }

    private func signal(_ worker: Int32, _ number: Int32) {
        // A worker leads a group of its own, unless it was asked before it got there.
        if Glibc.kill(-worker, number) != 0 { _ = Glibc.kill(worker, number) }
    }

    package func sweep(_ attempt: LaunchName) async throws {
        try await kill(attempt)
        try remove(folder(attempt))
        devices.giveBack(attempt)
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
        guard attempt.isProper else { throw LauncherError.badLaunch("it has no proper name") }
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
        guard let process = LocalProcess(supervisor.process) else { return false }
        return process.isAlive && process.start == supervisor.start
    }
}
