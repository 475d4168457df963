import Foundation
import Glibc

/// The control groups of runs, in version 2 where its controllers are there, else in version 1.
struct ControlGroups: Sendable {
    enum Version: Sendable { case one, two }

    let version: Version
    /// Below these the groups of runs are made: one folder, or one for each controller.
    let roots: [String: String]

    /// Nil where no group can be made.
    static func probe(mount: String = "/sys/fs/cgroup") -> ControlGroups? {
        let name = "gallery-probe-\(UUID().uuidString)"
        let candidates = [
            ControlGroups(version: .two, roots: ["": mount]),
            ControlGroups(
                version: .one,
                roots: ["memory": "\(mount)/memory", "cpu": "\(mount)/cpu", "pids": "\(mount)/pids"]
            ),
        ]
        return candidates.first { candidate in
            defer { candidate.remove(name) }
            return (try? candidate.make(name, cores: 1, memoryBytes: 1 << 26, processes: 16)) != nil
        }
    }

    /// Makes the groups of a worker; answers their folders.
    func make(_ name: String, cores: Int, memoryBytes: Int64, processes: Int) throws -> [String] {
        switch version {
        case .two:
            let root = roots[""] ?? ""
            guard FileManager.default.fileExists(atPath: "\(root)/cgroup.controllers") else {
                throw LauncherError.failed("there are no control groups")
            }
            try? Self.set("+memory +cpu +pids", in: "\(root)/cgroup.subtree_control")
            let group = try Self.folder("\(root)/\(name)")
            try Self.set("\(memoryBytes)", in: "\(group)/memory.max")
            try? Self.set("0", in: "\(group)/memory.swap.max")
            // All of a worker or nothing: half of one would go on without an end.
            try? Self.set("1", in: "\(group)/memory.oom.group")
            try Self.set("\(cores * 100_000) 100000", in: "\(group)/cpu.max")
            try Self.set("\(processes)", in: "\(group)/pids.max")
            return [group]
        case .one:
            let memory = try Self.folder("\(roots["memory"] ?? "")/\(name)")
            try Self.set("\(memoryBytes)", in: "\(memory)/memory.limit_in_bytes")
            let cpu = try Self.folder("\(roots["cpu"] ?? "")/\(name)")
            try Self.set("100000", in: "\(cpu)/cpu.cfs_period_us")
            try Self.set("\(cores * 100_000)", in: "\(cpu)/cpu.cfs_quota_us")
            let pids = try Self.folder("\(roots["pids"] ?? "")/\(name)")
            try Self.set("\(processes)", in: "\(pids)/pids.max")
            return [memory, cpu, pids]
        }
    }

    /// Ends everybody in the groups of a worker.
    func kill(_ name: String) {
        if version == .two, (try? Self.set("1", in: "\(roots[""] ?? "")/\(name)/cgroup.kill")) != nil { return }
        // Who is starting another is seen in the next round.
        for _ in 0..<20 {
            let members = members(name)
            guard !members.isEmpty else { return }
            for member in members { _ = Glibc.kill(member, SIGKILL) }
            usleep(2000)
        }
    }

    private func members(_ name: String) -> Set<Int32> {
        Set(
            roots.values.flatMap { root in
                ((try? String(contentsOfFile: "\(root)/\(name)/cgroup.procs", encoding: .utf8)) ?? "")
                    .split(separator: "\n").compactMap { Int32($0) }
            }
        )
    }

    func remove(_ name: String) {
        for root in roots.values { rmdir("\(root)/\(name)") }
    }

    private static func folder(_ path: String) throws -> String {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw LauncherError.failed("no control group can be made")
        }
        return path
    }

    /// These files are written in place, in one piece.
    private static func set(_ text: String, in path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LauncherError.failed("\(path) cannot be set") }
        defer { close(descriptor) }
        let count = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count == text.utf8.count else { throw LauncherError.failed("\(path) cannot be set") }
    }
}
