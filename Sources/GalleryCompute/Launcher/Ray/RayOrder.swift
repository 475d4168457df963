import FileFormats
import Foundation

/// What is sent to a node: all that it needs to start a worker as this machine would.
struct RayOrder: Encodable, Sendable {
    var run: String
    var attempt: Int
    var folder: String
    /// Who says it may come through the door.
    var secret: String
    /// Where the gallery is, for what passes connections on to it.
    var gallery: String
    var supervisor = Supervisor.script
    var grace: Int
    var output: Int
    var cores: Int
    var memoryBytes: Int64
    var diskBytes: Int64
    var seconds: Int64
    var isStrangers: Bool
    var files: [String: Data]
    /// Variables with names of places of the node, such as `{work}`, in them, and those that are the worker's own.
    var places: [String: String]
    var variables: [String: String]
    var sandbox: [String]
    var descriptor = "\(Supervisor.variables)"
    var command: [String]

    init(_ launch: Launch, folder: String, secret: String, gallery: String, graceSeconds: Int, outputLimit: Int) throws
    {
        (run, attempt) = (launch.name.run, launch.name.attempt)
        self.folder = folder
        self.secret = secret
        self.gallery = gallery
        grace = graceSeconds
        output = outputLimit
        cores = launch.cores
        memoryBytes = launch.memoryBytes
        diskBytes = launch.diskBytes ?? 0
        seconds = launch.seconds ?? 0
        isStrangers = launch.isStrangers
        files = launch.files
        places = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "{work}", "TMPDIR": "/tmp", "LC_ALL": "C.UTF-8",
            "GALLERY_RUN_DOOR": "{door}", "OMP_NUM_THREADS": "\(launch.cores)",
            "GALLERY_RUN_CHECKPOINTS": "{checkpoints}",
        ]
        variables = launch.environment
        if launch.network == .gallery {
            variables.merge(["GALLERY_URL": Sandbox.address, "HF_ENDPOINT": Sandbox.address]) { _, own in own }
        }
        sandbox = Sandbox(wrapper: "/usr/bin/bwrap", forwarder: "/usr/bin/socat").command(
            Sandbox.View(
                work: "{work}",
                checkpoints: "{checkpoints}",
                reads: launch.reads,
                link: ("{link}", "{folder}"),
                gate: launch.network == .gallery ? "{gate}" : nil
            ),
            variables: Supervisor.variables
        )
        command = launch.command
    }

    /// An archive with the order and the program that carries it out.
    func package(with program: Data) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let files = [("gallery_node.py", program), ("launch.json", try encoder.encode(self))]
        var archive = ZipArchive(files.map { .init(path: $0.0, size: UInt64($0.1.count)) })
        var bytes: [UInt8] = []
        for (_, content) in files {
            bytes += archive.begin()
            bytes += content
            var checksum = CRC32()
            content.withUnsafeBytes { checksum.update($0) }
            bytes += archive.end(checksum.value)
        }
        return bytes + archive.close()
    }
}

/// What a node told in its job's log, among what the cluster writes there too.
struct RayLines: Sendable {
    private struct Line: Decodable {
        var output: String?
        var door: RayDoors.Place?
        var end: String?
        var fault: String?
    }

    private(set) var output = ""
    private(set) var door: RayDoors.Place?
    private(set) var end: LaunchEnd?

    init(_ log: String) {
        let decoder = JSONDecoder()
        for text in log.split(separator: "\n") where text.hasPrefix("{") {
            guard let line = try? decoder.decode(Line.self, from: Data(text.utf8)) else { continue }
            if let door = line.door { self.door = door }
            if let end = line.end { self.end = LaunchEnd(record: end) }
            output += line.output ?? line.fault.map { "The node did not start it: \($0).\n" } ?? ""
        }
    }
}
