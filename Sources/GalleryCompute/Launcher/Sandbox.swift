import Foundation

/// What stands between a worker and this machine: bubblewrap, where it is there and works.
struct Sandbox: Sendable {
    /// The path of bubblewrap; nil where it is missing or may not make namespaces.
    let wrapper: String?

    /// Tries it with everything that is used later.
    static func probe(_ candidates: [String] = ["/usr/bin/bwrap", "/usr/local/bin/bwrap"]) -> Sandbox {
        let path = candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let path else { return Sandbox(wrapper: nil) }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments =
            Sandbox(wrapper: path).arguments(work: "/tmp", checkpoints: nil, reads: [], network: .none)
            + ["/bin/true"]
        process.environment = [:]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return Sandbox(wrapper: nil) }
        process.waitUntilExit()
        return Sandbox(wrapper: process.terminationStatus == 0 ? path : nil)
    }

    /// What comes before the worker's own command; nothing where there is no wrapper.
    func command(work: String, checkpoints: String, reads: [String], network: Launch.Network) -> [String] {
        guard let wrapper else { return [] }
        // A request to end is for the worker: with the wrapper gone it could not save what it has.
        return ["/usr/bin/env", "--ignore-signal=TERM", wrapper]
            + arguments(work: work, checkpoints: checkpoints, reads: reads, network: network)
            + ["/usr/bin/env", "--default-signal=TERM"]
    }

    private func arguments(work: String, checkpoints: String?, reads: [String], network: Launch.Network) -> [String] {
        var list = [
            "--die-with-parent", "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts",
            "--unshare-cgroup-try", "--hostname", "run", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL",
            "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/etc",
        ]
        if network == .none { list.append("--unshare-net") }
        // The system alone: programs and libraries, and the few files of /etc that they need.
        for path in ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/opt"] { list += ["--ro-bind-try", path, path] }
        for path in [
            "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "ssl", "ca-certificates", "alternatives",
            "nsswitch.conf", "hosts", "resolv.conf", "mime.types",
        ] {
            list += ["--ro-bind-try", "/etc/\(path)", "/etc/\(path)"]
        }
        for path in reads { list += ["--ro-bind", path, path] }
        list += ["--bind", work, work]
        if let checkpoints { list += ["--bind", checkpoints, checkpoints] }
        return list + ["--chdir", work, "--"]
    }
}
