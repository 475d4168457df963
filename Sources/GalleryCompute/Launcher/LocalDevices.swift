import Foundation
import Glibc

/// The accelerators of this machine, and which attempt has which: a file for each that is taken holds the attempt's name.
struct LocalDevices: Sendable {
    struct Accelerator: Sendable, Equatable {
        /// As its driver says, such as `Tesla T4`.
        var name: String
        /// What programs call it by, however many they see.
        var uuid: String
        /// `/dev/nvidiaN`
        var minor: Int
    }

    /// What a worker gets of the machine for its accelerators.
    struct Granted: Sendable, Equatable {
        var visible = ""
        var devices: [String] = []
        var reads: [String] = []
    }

    let folder: URL
    let accelerators: [Accelerator]

    /// What the driver tells of each: `Model: Tesla T4`, `GPU UUID: GPU-…`, `Device Minor: 0`.
    static func probe(_ folder: String = "/proc/driver/nvidia/gpus") -> [Accelerator] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { name in
            guard let text = try? String(contentsOfFile: "\(folder)/\(name)/information", encoding: .utf8) else {
                return nil
            }
            let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
                let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                return parts.count == 2 ? (parts[0], parts[1]) : nil
            }
            let facts = Dictionary(pairs) { first, _ in first }
            guard let model = facts["Model"], let uuid = facts["GPU UUID"], let minor = Int(facts["Device Minor"] ?? "")
            else { return nil }
            return Accelerator(name: model, uuid: uuid, minor: minor)
        }
    }

    /// Gives an attempt so many of a kind; those of attempts that run no more are free.
    func take(
        _ count: Int,
        of kind: String,
        for name: LaunchName,
        isRunning: (LaunchName) async throws -> Bool
    ) async throws -> Granted {
        guard count > 0 else { return Granted() }
        var taken: [Accelerator] = []
        for accelerator in accelerators where taken.count < count && accelerator.name.names(kind) {
            let file = file(accelerator)
            if let holder = holder(file), holder != name, try await isRunning(holder) { continue }
            try Data("\(name.run) \(name.attempt)".utf8).write(to: file, options: .atomic)
            taken.append(accelerator)
        }
        guard taken.count == count else { throw LauncherError.failed("its accelerators are not free") }
        return Granted(
            visible: taken.map(\.uuid).joined(separator: ","),
            devices: taken.map { "/dev/nvidia\($0.minor)" }
                + ["/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidia-modeset"],
            reads: ["/sys/bus/pci", "/sys/devices", "/run/opengl-driver"].filter {
                FileManager.default.fileExists(atPath: $0)
            }
        )
    }

    func giveBack(_ name: LaunchName) {
        for accelerator in accelerators where holder(file(accelerator)) == name { unlink(file(accelerator).path) }
    }

    private func file(_ accelerator: Accelerator) -> URL { folder.appending(path: "\(accelerator.minor)") }

    private func holder(_ file: URL) -> LaunchName? {
        let words = ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: " ")
        guard words.count == 2, let attempt = Int(words[1]) else { return nil }
        return LaunchName(run: String(words[0]), attempt: attempt)
    }
}

extension String {
    /// Whether a kind of accelerator is a word of this name; each is of no kind.
    fileprivate func names(_ kind: String) -> Bool {
        kind.isEmpty
            || split { !$0.isLetter && !$0.isNumber }.contains { $0.caseInsensitiveCompare(kind) == .orderedSame }
    }
}
