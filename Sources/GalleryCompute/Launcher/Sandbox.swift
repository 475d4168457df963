import Foundation

/// What stands between a worker and this machine: bubblewrap, where it is there and works.
struct Sandbox: Sendable {
    /// What of this machine a worker gets.
    struct View: Sendable {
        var work: String
        var checkpoints: String
        /// What it may read besides the system.
        var reads: [String] = []
        /// Devices that it may use.
        var devices: [String] = []
        /// A short path and where it leads: addresses of sockets have 107 bytes.
        var link: (path: String, to: String)?
        /// The folder of the socket on which the gallery answers; nil where it is to reach nothing.
        var gate: String?
        /// What it may write besides its own folders.
        var writes: [String] = []
        /// Whether it has the machine's network.
        var sharesNetwork = false
    }

    /// The path of bubblewrap; nil where it is missing or may not make namespaces.
    let wrapper: String?
    /// What passes connections from the worker's own loopback to the gallery: socat; nil where it is missing.
    let forwarder: String?

    init(wrapper: String?, forwarder: String? = nil) { (self.wrapper, self.forwarder) = (wrapper, forwarder) }

    /// In a worker's own network the gallery is here.
    static let port = 4280
    static var address: String { "http://127.0.0.1:\(port)" }

    /// What this machine gives, tried once.
    static let ofMachine = probe()

    /// Tries it with everything that is used later.
    static func probe(
        wrapper: [String] = ["/usr/bin/bwrap", "/usr/local/bin/bwrap"],
        forwarder: [String] = ["/usr/bin/socat", "/usr/local/bin/socat"]
    ) -> Sandbox {
        let isThere = { FileManager.default.isExecutableFile(atPath: $0) }
        guard let path = wrapper.first(where: isThere) else { return Sandbox(wrapper: nil) }
        let whole = Sandbox(wrapper: path, forwarder: forwarder.first(where: isThere))
        if whole.forwarder != nil, whole.works() { return whole }
        let part = Sandbox(wrapper: path)
        return part.works() ? part : Sandbox(wrapper: nil)
    }

    private func works() -> Bool {
        let words =
            command(View(work: "/tmp", checkpoints: "/tmp", gate: forwarder == nil ? nil : "/tmp")) + ["/bin/true"]
        return (try? LocalLauncher.spawn(words, [:])) != nil
    }

    /// What comes before the worker's own command; nothing where there is no wrapper. With `variables` the worker's
    /// environment is what is read there, as `environment` writes it.
    func command(_ view: View, variables descriptor: Int? = nil) -> [String] {
        guard let wrapper else { return [] }
        let variables = descriptor.map { ["--args", "\($0)"] } ?? []
        let passage: [String] =
            if view.gate != nil, let forwarder {
                ["/bin/sh", "-c", Self.passage, "gallery-passage", forwarder, "\(Self.port)"]
            } else {
                []
            }
        // A request to end is for the worker: with the wrapper gone it could not save what it has.
        return ["/usr/bin/env", "--ignore-signal=TERM", wrapper] + variables + arguments(view) + passage
            + ["/usr/bin/env", "--default-signal=TERM"]
    }

    /// The worker's environment for the wrapper. It is not in the environment of what stands outside, where it would decide
    /// which programs are started there, and not among arguments, which everybody on this machine may read.
    static func environment(_ values: [String: String]) -> Data {
        var words = ["--clearenv"]
        for (name, value) in values.sorted(by: { $0.key < $1.key }) { words += ["--setenv", name, value] }
        return Data(words.map { "\($0)\0" }.joined().utf8)
    }

    /// Puts it where only the gallery may read it.
    static func write(_ values: [String: String], to file: URL) throws {
        try Data().write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try handle.write(contentsOf: environment(values))
    }

    /// Passes connections on, in a session of its own, so that a request to end is not for it.
    private static let passage = #"""
        forwarder=$1 port=$2
        shift 2
        /usr/bin/setsid "$forwarder" -b 65536 -t 30 \
            "TCP4-LISTEN:$port,bind=127.0.0.1,fork,reuseaddr,nodelay,backlog=128" \
            UNIX-CONNECT:/run/gallery/socket > /dev/null 2>&1 < /dev/null &
        place=$(printf '0100007F:%04X 00000000:0000 0A' "$port")
        tries=0
        until /usr/bin/grep -q "$place" /proc/net/tcp; do
            tries=$((tries + 1))
            [ "$tries" -lt 500 ] || exit 125
            /usr/bin/sleep 0.01
        done
        exec "$@"
        """#

    private func arguments(_ view: View) -> [String] {
        var list = [
            "--die-with-parent", "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts",
            "--unshare-cgroup-try", "--hostname", "run", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL",
            "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/etc",
        ]
        // Without something that passes connections on, only the machine's own network leads to the gallery.
        if !view.sharesNetwork, view.gate == nil || forwarder != nil { list.append("--unshare-net") }
        // The system alone: programs and libraries, and the few files of /etc that they need.
        for path in ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/opt"] { list += ["--ro-bind-try", path, path] }
        for path in [
            "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "ssl", "ca-certificates", "alternatives",
            "nsswitch.conf", "hosts", "resolv.conf", "mime.types",
        ] {
            list += ["--ro-bind-try", "/etc/\(path)", "/etc/\(path)"]
        }
        for path in view.devices { list += ["--dev-bind-try", path, path] }
        for path in view.reads { list += ["--ro-bind", path, path] }
        list += ["--bind", view.work, view.work]
        if view.checkpoints != view.work { list += ["--bind", view.checkpoints, view.checkpoints] }
        for path in view.writes { list += ["--bind", path, path] }
        if let link = view.link { list += ["--symlink", link.to, link.path] }
        // The folder, not the socket in it: a gallery that is started anew makes a new one.
        if let gate = view.gate, forwarder != nil { list += ["--ro-bind", gate, "/run/gallery"] }
        return list + ["--chdir", view.work, "--"]
    }
}
