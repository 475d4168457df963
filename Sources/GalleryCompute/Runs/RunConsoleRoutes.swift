import GalleryServing

/// The machines, for operators, over `/api/v1`.
struct RunConsoleRoutes: Sendable {
    let console: RunConsole

    func add(to api: APIRoutes) {
        api.get(
            "console/nodes",
            "List the machines that runs are placed on, what of them is taken, and how runs are confined",
            for: .administrators,
            answers: RunNodesBody.self
        ) { call in RunNodesBody(items: try await console.nodes(by: call.viewer).map(RunNodesBody.Node.init)) }
    }
}

/// The machines.
struct RunNodesBody: Codable, Sendable {
    struct Node: Codable, Sendable {
        var region: String
        /// What a cluster calls it; empty for the gallery's own machine.
        var name: String
        var cores: Int
        var usedCores: Int
        var memoryBytes: Int64
        var usedMemoryBytes: Int64
        /// By name.
        var accelerators: [String]
        var usedAccelerators: Int
        var waiting: Int
        var placed: Int
        /// Whether runs have a file system, processes and users of their own.
        var isIsolated: Bool
        /// What enforces memory and cores: cgroup2, cgroup1 or rlimits.
        var limits: String
        /// What is missing, in words.
        var remarks: [String]

        init(_ node: RunNode) {
            region = node.region
            name = node.machine.name
            cores = node.machine.cores
            usedCores = node.usedCores
            memoryBytes = node.machine.memoryBytes
            usedMemoryBytes = node.usedMemoryBytes
            accelerators = node.machine.accelerators.map(\.name)
            usedAccelerators = node.usedAccelerators
            waiting = node.waiting
            placed = node.placed
            isIsolated = node.confinement.isIsolated
            limits = node.confinement.limits.rawValue
            remarks = node.confinement.remarks
        }
    }

    var items: [Node]
}
