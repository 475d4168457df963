import FileFormats
package import Foundation
import GalleryModel
import Synchronization

/// Starts workers as jobs of a Ray cluster, on whichever node has what they take. The node starts them in the same sandbox,
/// below the same supervisor, as this machine would; what it tells, it tells in its job's log.
package struct RayLauncher: Launcher {
    /// How a cluster is reached, and its nodes reach the gallery.
    package struct Cluster: Sendable {
        /// Its dashboard, such as `http://10.0.0.7:8265`.
        package var address: String
        package var token: String
        /// Where runs lie on its nodes.
        package var folder: String
        /// What its nodes execute: `Python/node/gallery_node.py`.
        package var program: URL
        /// Starts the names of its jobs.
        package var prefix = "gallery"

        package init(address: String, token: String, folder: String, program: URL) {
            self.address = address
            self.token = token
            self.folder = folder
            self.program = program
        }
    }

    private static let outputLimit = 4 << 20
    /// So long has a node that was told to end for its last words.
    private static let farewellSeconds = 10
    /// The cluster looks after its jobs each second, and writes a record anew that is gone before it saw the end.
    private static let noticeSeconds: TimeInterval = 3

    private let cluster: Cluster
    private let graceSeconds: Int
    private let gallery: @Sendable () -> String
    let client: RayClient
    private let doors: RayDoors
    private let places = RayPlaces()
    /// Each node looks at itself before it starts a worker, and refuses what it cannot confine.
    package let confinement = Confinement(
        isIsolated: true,
        limits: .groups2,
        reachesGalleryOnly: true
    )

    /// `root` is a folder of this machine for sockets, `key` where secrets come from, `gallery` how nodes reach it.
    package init(
        _ cluster: Cluster,
        root: URL,
        key: [UInt8],
        graceSeconds: Int = 30,
        gallery: @escaping @Sendable () -> String
    ) throws {
        self.cluster = cluster
        self.graceSeconds = graceSeconds
        self.gallery = gallery
        client = RayClient(address: cluster.address, token: cluster.token)
        let folder = root.standardizedFileURL.appending(path: ".doors")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        doors = RayDoors(folder: folder, key: key)
    }

    // MARK: Starting

    package func start(_ launch: Launch) async throws {
        try launch.check()
        guard launch.preparation == nil else {
            throw LauncherError.badLaunch("nodes of a cluster make no environments for it")
        }
        let id = try id(launch.name)
        guard try await client.job(id) == nil else { return }
        let order = try RayOrder(
            launch,
            folder: cluster.folder,
            secret: doors.secret(of: launch.name),
            gallery: launch.network == .gallery ? address() : "",
            graceSeconds: graceSeconds,
            outputLimit: Self.outputLimit
        )
        let package = try order.package(with: Data(contentsOf: cluster.program))
        let name = "_ray_pkg_\(SHA256Digest.of(package).hex.prefix(32)).zip"
        var submission = RayClient.Submission(entrypoint: "exec python3 gallery_node.py", submissionID: id)
        submission.environment.package = try await client.upload(package, as: name)
        submission.environment.variables = ["RAY_JOB_STOP_WAIT_TIME_S": "\(Self.farewellSeconds)"]
        submission.cores = Double(launch.cores)
        // Of memory a tenth may be missing, since what is sold as 8 GiB never is all there.
        submission.memoryBytes = launch.memoryBytes / 10 * 9
        if launch.accelerators > 0 {
            submission.accelerators = Double(launch.accelerators)
            if !launch.accelerator.isEmpty { submission.resources = ["accelerator_type:\(launch.accelerator)": 0.001] }
        }
        _ = try await client.submit(submission)
    }

    private func address() throws -> String {
        let address = gallery()
        guard !address.isEmpty else {
            throw LauncherError.failed(
                "the setting compute.address says where the nodes reach the gallery, and is empty"
            )
        }
        return address
    }

    // MARK: Watching

    package func find(_ attempt: LaunchName) async throws -> LaunchState {
        let id = try id(attempt)
        guard let job = try await client.job(id) else { return .absent }
        // The cluster obeys once it finds room for it, and not before. Should it begin then, it is told to end at once.
        if job.status == .pending, places.isDropped(attempt) { return .ended(LaunchEnd(.signal(SIGTERM), at: Date())) }
        guard job.hasEnded else { return .running }
        doors.close(attempt)
        let time = job.endedAt
        if job.status == .succeeded { return .ended(LaunchEnd(.exit(0), at: time)) }
        var lines = RayLines(job.message ?? "")
        if lines.end == nil, let logs = try await client.logs(id) { lines = RayLines(logs) }
        if let end = lines.end { return .ended(end) }
        if job.status == .stopped { return .ended(LaunchEnd(.signal(SIGKILL), at: time)) }
        // Without an exit code nobody saw it end: the node has gone.
        return job.exitCode.map { .ended(LaunchEnd(.exit($0), at: time)) } ?? .lost
    }

    package func output(of attempt: LaunchName, last bytes: Int) async throws -> String {
        let id = try id(attempt)
        guard let job = try await client.job(id) else { return "" }
        let logs = try await client.logs(id) ?? job.message ?? ""
        return String(decoding: RayLines(logs).output.utf8.suffix(bytes), as: UTF8.self)
    }

    package func door(to attempt: LaunchName) async throws -> LaunchDoor? {
        guard let place = try await place(of: attempt) else { return nil }
        if !places.isOpen(attempt) {
            guard await doors.tell(place, attempt, "look") == "open" else { return nil }
            places.setOpen(attempt)
        }
        return .socket(try await doors.path(to: place, of: attempt))
    }

    /// Where the node listens for an attempt; it says so once it has begun.
    private func place(of attempt: LaunchName) async throws -> RayDoors.Place? {
        if let known = places.place(of: attempt) { return known }
        let id = try id(attempt)
        guard let job = try await client.job(id), job.status == .running, let logs = try await client.logs(id),
            let place = RayLines(logs).door
        else { return nil }
        places.set(place, of: attempt)
        return place
    }

    // MARK: Ending

    package func stop(_ attempt: LaunchName) async throws {
        let id = try id(attempt)
        guard let job = try await client.job(id), !job.hasEnded else { return }
        // Nothing of it runs yet.
        if job.status == .pending { return try await drop(attempt) }
        // The cluster's own way to stop leaves a worker no time to save what it has.
        if let place = try await place(of: attempt) { _ = await doors.tell(place, attempt, "stop") }
    }

    package func kill(_ attempt: LaunchName) async throws {
        let id = try id(attempt)
        guard let job = try await client.job(id), !job.hasEnded else { return }
        if job.status == .pending { return try await drop(attempt) }
        if let place = try await place(of: attempt),
            await doors.tell(place, attempt, "kill") != nil
        {
            for _ in 0..<30 {
                if try await client.job(id)?.hasEnded ?? true { return }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        try await client.stop(id)
    }

    private func drop(_ attempt: LaunchName) async throws {
        try await client.stop(id(attempt))
        places.drop(attempt)
    }

    package func sweep(_ attempt: LaunchName) async throws {
        try await kill(attempt)
        let id = try id(attempt)
        for _ in 0..<20 {
            guard let job = try await client.job(id), !job.hasEnded else { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        // What waits still was told to end: its record goes with the run.
        if let job = try await client.job(id), job.hasEnded {
            Task {
                try await Task.sleep(for: .seconds(Self.noticeSeconds))
                try await client.delete(id)
            }
        }
        doors.close(attempt)
        places.forget(attempt)
    }

    /// By a small job on each node, since nobody else reaches their disks.
    package func forget(run: String) async throws {
        let first = try id(LaunchName(run: run, attempt: 1))
        let attempts = first.dropLast(1)
        var ended: [String] = []
        var isFresh = false
        for job in try await client.jobs() {
            guard let id = job.submissionID else { continue }
            let isAttempt = id.hasPrefix(attempts) && Int(id.dropFirst(attempts.count)) != nil
            if isAttempt, !job.hasEnded { try await client.stop(id) }
            guard job.hasEnded, isAttempt || id.hasPrefix("\(cluster.prefix)-forget-") else { continue }
            ended.append(id)
            isFresh = isFresh || isAttempt && job.endedAt.timeIntervalSinceNow > -Self.noticeSeconds
        }
        if isFresh { try await Task.sleep(for: .seconds(Self.noticeSeconds)) }
        for id in ended { try await client.delete(id) }
        for node in try await client.nodes() {
            var submission = RayClient.Submission(
                entrypoint: "rm -rf -- '\(cluster.folder)/\(run)'",
                submissionID: "\(cluster.prefix)-forget-\(run)-\(node.id.prefix(12))"
            )
            submission.resources = ["node:\(node.address)": 0.001]
            _ = try await client.submit(submission)
        }
    }

    func id(_ attempt: LaunchName) throws -> String {
        guard attempt.isProper else { throw LauncherError.badLaunch("it has no proper name") }
        return "\(cluster.prefix)-\(attempt.run)-\(attempt.attempt)"
    }

    /// The attempt of a job that was named above; nil for what others run there.
    func attempt(_ id: String) -> LaunchName? {
        guard id.hasPrefix("\(cluster.prefix)-"), let dash = id.lastIndex(of: "-"),
            let number = Int(id[id.index(after: dash)...])
        else { return nil }
        let run = id[..<dash].dropFirst(cluster.prefix.utf8.count + 1)
        let name = LaunchName(run: String(run), attempt: number)
        return name.isProper ? name : nil
    }
}

extension RayClient.Job {
    var endedAt: Date { Date(timeIntervalSince1970: Double(endTime ?? 0) / 1000) }

    var hasEnded: Bool {
        switch status {
        case .pending, .running: false
        case .stopped, .succeeded, .failed: true
        }
    }
}

/// Where attempts were heard of, so that a door is not looked up in a log each time, and which of them were told to end before
/// they began.
private final class RayPlaces: Sendable {
    private struct Known {
        var place: RayDoors.Place?
        var isOpen = false
        var isDropped = false
    }

    private let known = Mutex<[LaunchName: Known]>([:])

    func place(of attempt: LaunchName) -> RayDoors.Place? { self[attempt].place }
    func set(_ place: RayDoors.Place, of attempt: LaunchName) { change(attempt) { $0.place = place } }
    func isOpen(_ attempt: LaunchName) -> Bool { self[attempt].isOpen }
    func setOpen(_ attempt: LaunchName) { change(attempt) { $0.isOpen = true } }
    func isDropped(_ attempt: LaunchName) -> Bool { self[attempt].isDropped }
    func drop(_ attempt: LaunchName) { change(attempt) { $0.isDropped = true } }
    func forget(_ attempt: LaunchName) { known.withLock { $0[attempt] = nil } }

    private subscript(attempt: LaunchName) -> Known { known.withLock { $0[attempt] ?? Known() } }

    private func change(_ attempt: LaunchName, _ body: (inout Known) -> Void) {
        known.withLock { body(&$0[attempt, default: Known()]) }
    }
}
