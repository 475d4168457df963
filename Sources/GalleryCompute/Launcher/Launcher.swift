package import Foundation

/// Starts the workers of runs, watches and ends them. What it started lives on when the gallery ends, and is found again
/// by the names of its run and attempt alone. Every driver passes the same contract suite.
package protocol Launcher: Sendable {
    /// How well this driver can confine what it starts.
    var confinement: Confinement { get }

    /// Starts a worker. A repetition for the same run and attempt starts nothing more.
    func start(_ launch: Launch) async throws

    /// What has become of an attempt.
    func find(_ attempt: LaunchName) async throws -> LaunchState

    /// Asks the worker to end, so that it can save what it has. Nothing happens where it has ended.
    func stop(_ attempt: LaunchName) async throws

    /// Ends the worker and everything that it started, at once.
    func kill(_ attempt: LaunchName) async throws

    /// Where a worker that serves answers; nil until it does.
    func door(to attempt: LaunchName) async throws -> LaunchDoor?

    /// The end of what the worker wrote to its standard outputs.
    func output(of attempt: LaunchName, last bytes: Int) async throws -> String

    /// Deletes the working folder of an attempt that has ended; what it started is killed first.
    func sweep(_ attempt: LaunchName) async throws

    /// Deletes everything of a run, checkpoints too, once all its attempts have ended.
    func forget(run: String) async throws
}

/// An attempt of a run.
package struct LaunchName: Sendable, Hashable {
    package var run: String
    package var attempt: Int

    package init(run: String, attempt: Int) { (self.run, self.attempt) = (run, attempt) }

    /// Whether it can be part of paths and commands as it is.
    var isProper: Bool {
        (1...80).contains(run.utf8.count) && attempt > 0
            && run.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }
}

/// Where a serving worker answers HTTP.
package enum LaunchDoor: Sendable, Equatable {
    /// The path of a unix socket of this machine, which the worker finds in `GALLERY_RUN_DOOR`.
    case socket(String)
    case host(String, port: Int)
}

/// What to start, and what it may use.
package struct Launch: Sendable {
    package enum Network: Sendable { case none, gallery }

    package var name: LaunchName
    package var command: [String]
    /// All of its environment; nothing of the gallery's own is passed on.
    package var environment: [String: String]
    /// Put into its working folder before it starts.
    package var files: [String: Data]
    /// What of this machine it may read besides the system.
    package var reads: [String]
    package var cores: Int
    package var memoryBytes: Int64
    /// The most that its working folder and its checkpoints may take; nil is what the disk has.
    package var diskBytes: Int64?
    /// How many accelerators it gets, and of which kind.
    package var accelerators: Int
    package var accelerator: String
    /// After so many seconds it is told to end, and killed where it does not. Nil is without end.
    package var seconds: Int64?
    package var network: Network
    /// Whether people wrote what it runs: it is then refused where it cannot be confined.
    package var isStrangers: Bool
    /// What is made for it beside it; it finds the folder of that in `GALLERY_PREPARATION`.
    package var preparation: Preparation?
    /// A folder of this machine that outlives runs, which it may write too, and the variable that tells it where. Drivers that
    /// start elsewhere leave it out.
    package var kept: KeptFolder?

    package init(
        name: LaunchName,
        command: [String],
        environment: [String: String] = [:],
        files: [String: Data] = [:],
        reads: [String] = [],
        cores: Int,
        memoryBytes: Int64,
        diskBytes: Int64? = nil,
        accelerators: Int = 0,
        accelerator: String = "",
        seconds: Int64? = nil,
        network: Network = .gallery,
        isStrangers: Bool = false,
        preparation: Preparation? = nil,
        kept: KeptFolder? = nil
    ) {
        self.name = name
        self.command = command
        self.environment = environment
        self.files = files
        self.reads = reads
        self.cores = cores
        self.memoryBytes = memoryBytes
        self.diskBytes = diskBytes
        self.accelerators = accelerators
        self.accelerator = accelerator
        self.seconds = seconds
        self.network = network
        self.isStrangers = isStrangers
        self.preparation = preparation
        self.kept = kept
    }

    /// Whether its words can be passed to a worker as they are.
    func check() throws(LauncherError) {
        try Self.check(command, environment, files)
        guard let preparation else { return }
        try Self.check(preparation.command, preparation.environment, preparation.files)
        try Self.check(preparation.passage, preparation.passageEnvironment)
    }

    private static func check(
        _ command: [String],
        _ environment: [String: String],
        _ files: [String: Data] = [:]
    ) throws(LauncherError) {
        guard !command.isEmpty else { throw .badLaunch("it has no command") }
        guard !command.contains(where: { $0.contains("\0") }) else { throw .badLaunch("its command is no text") }
        for (name, value) in environment {
            let isPlain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            guard isPlain, let first = name.first, !first.isNumber, !value.contains("\0") else {
                throw .badLaunch("a variable has a bad name or value")
            }
        }
        for name in files.keys {
            guard !name.isEmpty, !name.contains("/"), name != ".", name != "..", !name.contains("\0") else {
                throw .badLaunch("a file has a bad name")
            }
        }
    }
}

/// What is made beside a worker that waits for it: it gets a folder of its own and one that it fills, and reaches only what
/// its passage lets through. In its folder stand in the end `log`, what it wrote, and `ended`, its exit code.
package struct Preparation: Sendable {
    package var command: [String]
    package var environment: [String: String]
    /// Put into its folder before it starts.
    package var files: [String: Data]
    /// What it fills; the worker may read it.
    package var fills: String
    /// Runs with the machine's network and nothing else of it, and answers at `socket` in its folder: the preparation finds
    /// that as a proxy in `GALLERY_PROXY`.
    package var passage: [String]
    package var passageEnvironment: [String: String]
    /// What both may read besides the system.
    package var reads: [String]

    package init(
        command: [String],
        environment: [String: String],
        files: [String: Data] = [:],
        fills: String,
        passage: [String],
        passageEnvironment: [String: String],
        reads: [String]
    ) {
        self.command = command
        self.environment = environment
        self.files = files
        self.fills = fills
        self.passage = passage
        self.passageEnvironment = passageEnvironment
        self.reads = reads
    }
}

package enum LaunchState: Sendable, Equatable {
    /// Never started here, and after this answer never will be.
    case absent
    case running
    case ended(LaunchEnd)
    /// It was started, and ended without anybody knowing how: the machine went down.
    case lost
}

/// How an attempt ended.
package struct LaunchEnd: Sendable, Equatable {
    package enum Cause: Sendable, Equatable {
        case exit(Int32)
        case signal(Int32)
        case outOfMemory
        case diskFull
        case timeLimit
    }

    package var cause: Cause
    package var time: Date

    package init(_ cause: Cause, at time: Date) { (self.cause, self.time) = (cause, time) }
}

/// How well what is started is kept apart from this machine and from others.
package struct Confinement: Sendable, Equatable, Codable {
    package enum Limits: String, Sendable, Codable {
        case groups2 = "cgroup2", groups1 = "cgroup1", perProcess = "rlimits"
    }

    /// A file system, processes and users of its own.
    package var isIsolated: Bool
    /// What enforces memory and cores.
    package var limits: Limits
    /// Whether a run with a network reaches nothing but the gallery.
    package var reachesGalleryOnly: Bool
    /// What is missing, in words for operators.
    package var remarks: [String]

    package init(isIsolated: Bool, limits: Limits, reachesGalleryOnly: Bool, remarks: [String] = []) {
        self.isIsolated = isIsolated
        self.limits = limits
        self.reachesGalleryOnly = reachesGalleryOnly
        self.remarks = remarks
    }

    init(_ sandbox: Sandbox, _ groups: ControlGroups?) {
        let limits: Limits =
            switch groups?.version {
            case .one: .groups1
            case .two: .groups2
            case nil: .perProcess
            }
        let hasPassage = sandbox.wrapper != nil && sandbox.forwarder != nil
        var remarks: [String] = []
        if sandbox.wrapper == nil { remarks.append("bubblewrap is missing or may not make namespaces.") }
        if !hasPassage { remarks.append("A run that uses the network can reach more than the gallery: install socat.") }
        if groups == nil {
            remarks.append("No control group can be made: memory is limited per process, cores are not.")
        }
        self.init(
            isIsolated: sandbox.wrapper != nil,
            limits: limits,
            reachesGalleryOnly: hasPassage,
            remarks: remarks
        )
    }

    /// Whether code that users brought may be started.
    package func admits(_ network: Launch.Network) -> Bool {
        isIsolated && limits != .perProcess && (network == .none || reachesGalleryOnly)
    }
}
