import Foundation
import GalleryServing

/// What the machines of a region have, one by one: a run fits on one of them or on none.
package struct Capacity: Sendable, Equatable {
    package struct Accelerator: Sendable, Equatable {
        /// As its driver says, such as `Tesla T4`.
        package var name: String
        package var memoryBytes: Int64

        package init(name: String, memoryBytes: Int64) { (self.name, self.memoryBytes) = (name, memoryBytes) }
    }

    package struct Machine: Sendable, Equatable {
        package var cores: Int
        package var memoryBytes: Int64
        package var accelerators: [Accelerator]
        /// What a cluster calls it; empty for this machine.
        package var name: String

        package init(cores: Int, memoryBytes: Int64, accelerators: [Accelerator] = [], name: String = "") {
            (self.cores, self.memoryBytes, self.accelerators, self.name) = (cores, memoryBytes, accelerators, name)
        }
    }

    package var machines: [Machine]

    package init(_ machines: [Machine]) { self.machines = machines }

    private static let gibibyte: Int64 = 1 << 30

    /// Why a flavor does not fit on any machine; nil where it does. Of memory a tenth may be missing, since what is sold as
    /// 8 GiB never is all there.
    package func obstacle(to flavor: Flavor) -> Obstacle? {
        guard !machines.isEmpty else { return .noMachine }
        var found: [Obstacle] = []
        for machine in machines {
            guard let obstacle = Self.obstacle(to: flavor, on: machine) else { return nil }
            found.append(obstacle)
        }
        // The one that came nearest says most.
        return found.last { if case .accelerator = $0 { false } else { true } } ?? found.first
    }

    private static func obstacle(to flavor: Flavor, on machine: Machine) -> Obstacle? {
        if !flavor.accelerator.isEmpty {
            let fitting = machine.accelerators.filter { accelerator in
                accelerator.name.split { !$0.isLetter && !$0.isNumber }
                    .contains { $0.caseInsensitiveCompare(flavor.accelerator) == .orderedSame }
            }
            let memory = fitting.prefix(flavor.acceleratorCount).reduce(0) { $0 + $1.memoryBytes }
            guard fitting.count >= flavor.acceleratorCount, covers(memory, flavor.acceleratorGiB) else {
                return .accelerator(needed: flavor.accelerator, count: flavor.acceleratorCount)
            }
        }
        guard machine.cores >= flavor.cores else { return .cores(needed: flavor.cores, there: machine.cores) }
        guard covers(machine.memoryBytes, flavor.memoryGiB) else {
            return .memory(neededGiB: flavor.memoryGiB, thereGiB: Int(machine.memoryBytes / gibibyte))
        }
        return nil
    }

    private static func covers(_ bytes: Int64, _ gib: Int) -> Bool { bytes >= Int64(gib) * gibibyte / 10 * 9 }
}

extension Capacity {
    /// This machine, or what of it this program may use.
    package static func ofThisMachine() async -> Capacity {
        let memory = [meminfo(text("/proc/meminfo")), limit(text("/sys/fs/cgroup/memory.max"))].compactMap(\.self)
        return Capacity([
            Machine(
                cores: max(
                    1,
                    min(ProcessInfo.processInfo.activeProcessorCount, quota(text("/sys/fs/cgroup/cpu.max")) ?? .max)
                ),
                memoryBytes: memory.min() ?? 0,
                accelerators: await nvidia()
            )
        ])
    }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    /// `MemTotal:  16384 kB`
    static func meminfo(_ text: String) -> Int64? {
        text.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }?
            .split(separator: " ").dropFirst().first.flatMap { Int64($0) }.map { $0 * 1024 }
    }

    /// A number, or `max`.
    static func limit(_ text: String) -> Int64? { Int64(text.trimmingCharacters(in: .whitespacesAndNewlines)) }

    /// `200000 100000`: microseconds of processor time in so many of real time.
    static func quota(_ text: String) -> Int? {
        let parts = text.split { $0 == " " || $0 == "\n" }.compactMap { Int($0) }
        guard parts.count == 2, parts[1] > 0 else { return nil }
        return max(1, parts[0] / parts[1])
    }

    /// `Tesla T4, 15360`: name and mebibytes, a line each.
    static func accelerators(_ text: String) -> [Accelerator] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, let memory = Int64(parts[1]), !parts[0].isEmpty else { return nil }
            return Accelerator(name: parts[0], memoryBytes: memory << 20)
        }
    }

    /// What the driver's own tool tells; none where it is not there or does not answer in time.
    private static func nvidia() async -> [Accelerator] {
        let tool = ["/usr/bin/nvidia-smi", "/usr/local/bin/nvidia-smi", "/usr/local/nvidia/bin/nvidia-smi"]
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let tool else { return [] }
        let process = Process()
        process.executableURL = URL(filePath: tool)
        process.arguments = ["--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return [] }
        let watch = Task {
            try await Task.sleep(for: .seconds(10))
            process.terminate()
        }
        defer { watch.cancel() }
        let bytes = await Task.detached { output.fileHandleForReading.readDataToEndOfFile() }.value
        process.waitUntilExit()
        return process.terminationStatus == 0 ? accelerators(String(decoding: bytes, as: UTF8.self)) : []
    }
}
