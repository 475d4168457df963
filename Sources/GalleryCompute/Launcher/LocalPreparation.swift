import Foundation

/// What is made beside a worker, below the folder of its attempt: `preparation/{work, passage, variables, passage-variables}`
/// and the script `prepare`, which the supervisor starts.
struct LocalPreparation {
    private static let logLimit = 4 << 20

    private let preparation: Preparation
    private let attempt: URL
    private let sandbox: Sandbox

    init(_ preparation: Preparation, _ attempt: URL, _ sandbox: Sandbox) {
        self.preparation = preparation
        self.attempt = attempt
        self.sandbox = sandbox
    }

    /// Where its log and its end stand.
    static func work(in attempt: URL) -> URL { folder(in: attempt).appending(path: "work") }

    private static func folder(in attempt: URL) -> URL { attempt.appending(path: "preparation") }

    var work: URL { Self.work(in: attempt) }

    /// Lays down everything that the script needs, and the script.
    func write(cores: Int) throws {
        let folder = Self.folder(in: attempt)
        let passage = folder.appending(path: "passage")
        for path in [work, passage] {
            try FileManager.default.createDirectory(
                at: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
        for (name, bytes) in preparation.files { try bytes.write(to: work.appending(path: name)) }
        let common = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "\(cores)"]
        // What is unpacked on the way is large, and /tmp is memory.
        let own = common.merging([
            "HOME": work.path, "TMPDIR": work.path, "GALLERY_PROXY": Sandbox.address,
        ]) { _, own in own }
        let values = own.merging(preparation.environment) { _, own in own }
        try Sandbox.write(values, to: folder.appending(path: "variables"))
        let passing = common.merging(["HOME": passage.path, "TMPDIR": "/tmp"]) { _, own in own }
            .merging(preparation.passageEnvironment) { _, own in own }
        try Sandbox.write(passing, to: folder.appending(path: "passage-variables"))
        let maker = sandbox.command(
            Sandbox.View(
                work: work.path,
                checkpoints: work.path,
                reads: preparation.reads,
                gate: passage.path,
                writes: [preparation.fills]
            ),
            variables: Supervisor.variables
        )
        let passer = sandbox.command(
            Sandbox.View(work: passage.path, checkpoints: passage.path, reads: preparation.reads, sharesNetwork: true),
            variables: Supervisor.variables
        )
        let script = Self.script(
            folder: folder.path,
            maker: maker + preparation.command,
            passer: passer + preparation.passage
        )
        try Data(script.utf8).write(to: attempt.appending(path: "prepare"))
    }

    /// The passage first, then what is made; the code at the end, once the log is whole.
    private static func script(folder: String, maker: [String], passer: [String]) -> String {
        """
        umask 077
        cd \(quoted(folder)) || exit 1
        (
            exec 9< passage-variables
            rm -f passage-variables
            exec \(passer.map(quoted).joined(separator: " "))
        ) > /dev/null 2>&1 < /dev/null &
        passage=$!
        tries=0
        until [ -S passage/socket ] || [ "$tries" -ge 600 ]; do
            tries=$((tries + 1))
            sleep 0.05
        done
        {
            (
                exec 9< variables
                rm -f variables
                exec \(maker.map(quoted).joined(separator: " "))
            ) 2>&1 < /dev/null
            echo $? > code
        } | { stdbuf -o0 head -c \(logLimit); cat > /dev/null; } > work/log
        kill -KILL "$passage"
        mv -T code work/ended
        exit 0

        """
    }

    private static func quoted(_ word: String) -> String {
        "'" + word.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
    }
}
