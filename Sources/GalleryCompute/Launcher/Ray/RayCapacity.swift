import Foundation

extension RayLauncher {
    /// What the nodes have, as they told the cluster when they joined it.
    package func capacity() async throws -> Capacity {
        Capacity(try await client.nodes().map(\.machine).filter { $0.cores > 0 })
    }

    /// On which node each attempt is that runs now.
    package func places() async throws -> [LaunchName: String] {
        let names = Dictionary(try await client.nodes().map { ($0.id, $0.address) }) { first, _ in first }
        let jobs = try await client.jobs().filter { $0.status == .running }
        let pairs = jobs.compactMap { job in
            job.submissionID.flatMap(attempt).flatMap { attempt in
                job.node.flatMap { names[$0] }.map { (attempt, $0) }
            }
        }
        return Dictionary(pairs) { first, _ in first }
    }
}

extension RayClient.Node {
    private static let kind = "accelerator_type:"

    var machine: Capacity.Machine {
        let kind = resources.keys.first { $0.hasPrefix(Self.kind) }.map { String($0.dropFirst(Self.kind.count)) }
        // How much memory an accelerator has the cluster does not tell; its flavors say which kind they need.
        let accelerator = Capacity.Accelerator(name: kind ?? "GPU", memoryBytes: 1 << 40)
        return Capacity.Machine(
            cores: Int(resources["CPU"] ?? 0),
            memoryBytes: Int64(resources["memory"] ?? 0),
            accelerators: Array(repeating: accelerator, count: Int(resources["GPU"] ?? 0)),
            name: address
        )
    }
}
