import GalleryDatabase
import GalleryHub
import GalleryModel

/// What operators see of everybody's runs and of the machines.
struct RunConsole: Sendable {
    let runs: Runs
    let site: LaunchSite

    /// A run, and whose it is.
    struct Entry: Sendable {
        let run: Run
        let owner: String
    }

    /// What waits or runs, the oldest first, those after the run `id`.
    func list(after id: String? = nil, limit: Int, by viewer: Viewer) async throws -> [Entry] {
        let found = try await runs.alive(after: id, limit: limit, by: viewer)
        let accounts = Set(found.map(\.account))
        let owners = try await runs.database.read { db in try db.accounts(accounts) }
        let names = Dictionary(owners.map { ($0.id, $0.name) }) { first, _ in first }
        return found.map { Entry(run: $0, owner: names[$0.account] ?? "") }
    }

    /// The machines here, and what of them is taken.
    func nodes(by viewer: Viewer) async throws -> [RunNode] {
        try ComputeRights.mustOperate(viewer)
        let cared = try await runs.database.read { db in try db.runsToCare(in: Region.local) }
        let all = cared.filter { $0.state != .queued }
        let places = await site.places()
        return site.machines.capacity.machines.map { machine in
            let placed = all.filter { (places[$0.name] ?? "") == machine.name }
            return RunNode(
                region: Region.local,
                machine: machine,
                usedCores: placed.reduce(0) { $0 + $1.size.cores },
                usedMemoryBytes: placed.reduce(0) { $0 + Int64($1.size.memoryGiB) << 30 },
                usedAccelerators: placed.reduce(0) { $0 + $1.size.accelerators },
                waiting: cared.count - all.count,
                placed: placed.count,
                confinement: site.launcher.confinement
            )
        }
    }
}

/// A machine that runs are placed on.
struct RunNode: Sendable, Equatable {
    let region: String
    let machine: Capacity.Machine
    let usedCores: Int
    let usedMemoryBytes: Int64
    let usedAccelerators: Int
    let waiting: Int
    let placed: Int
    let confinement: Confinement
}
