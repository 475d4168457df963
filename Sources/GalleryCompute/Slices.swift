package import Foundation
package import GalleryHub
package import GalleryServing
package import ServiceLifecycle

/// All slices of compute, built in the order in which they need one another.
package struct ComputeSlices: Sendable {
    package let hub: HubSlices
    package let billing: Billing
    package let flavors: Flavors
    package let runs: Runs
    /// Where runs lie.
    package let site: LaunchSite
    package let workers: Workers
    package let training: Training
    package let apps: Apps
    /// What programs of people's own run in.
    private let ownWorkers: Workers
    private let conversions: ConversionCache
    package let fit: Fit
    package let customModels: CustomModels
    package let inference: Services
    package let gateway: Gateway
    /// What of several nodes on one database this is; the same after a restart on its data folder.
    private let node: String
    private let address: ServingAddress

    /// `machine` is what this machine has; `address` where workers on it reach the gallery; `web` the folder of its pages,
    /// beside which the programs of workers lie.
    package init(hub: HubSlices, machine: Capacity, address: ServingAddress, web: URL) throws {
        self.hub = hub
        self.address = address
        node = try hub.folder.nodeName(hub.world)
        let (database, world, settings) = (hub.database, hub.world, hub.settings)
        let home = web.deletingLastPathComponent()
        site = try LaunchSite(
            settings,
            folder: hub.folder.root.appending(path: "runs"),
            key: hub.identity.box.signingKey(for: "doors of runs"),
            machine: machine,
            node: home.appending(path: "Python/node/gallery_node.py"),
            address: address
        )
        let (launcher, machines) = (site.launcher, site.machines)
        let told: [RunObserver] = [
            ServiceLife.observer(world), Apps.observer(world), Training.observer(hub.repositories),
            ComputeNotices.runs(world),
        ]
        billing = Billing(
            database: database,
            world: world,
            settings: settings.billing,
            observers: [
                Runs.observer(world, told), Apps.released, ServiceLife.released(world), ComputeNotices.standing(world),
            ]
        )
        flavors = Flavors(database: database, world: world, billing: billing, settings: settings.compute) { region in
            region == Region.local ? machines.capacity : Capacity([])
        }
        fit = Fit(hub: hub)
        customModels = CustomModels(repositories: hub.repositories, files: hub.files, content: hub.content)
        let environment = settings.compute.workers
        workers = Workers(
            programs: home.appending(path: "Python/workers"),
            environment: environment.isEmpty ? home.appending(path: ".venv-workers") : URL(filePath: environment)
        )
        ownWorkers = Workers(programs: workers.programs, environment: home.appending(path: ".venv-apps"))
        conversions = ConversionCache(
            root: hub.folder.root.appending(path: "conversions"),
            mostBytes: settings.compute.diskBytes
        )
        let environments = Environments(
            root: hub.folder.root.appending(path: "environments"),
            workers: workers,
            index: site.prepares ? PackageIndex(settings.compute.packages) : nil,
            mostBytes: settings.compute.diskBytes
        )
        runs = Runs(
            database: database,
            world: world,
            billing: billing,
            flavors: flavors,
            logs: RunLogs(root: hub.folder.root.appending(path: "run-logs")),
            observers: told
        ) { run in try await launcher.forget(run: run) }
        training = Training(
            hub: hub,
            runs: runs,
            workers: workers,
            customModels: customModels,
            environments: environments,
            confinement: launcher.confinement
        )
        apps = Apps(hub: hub, runs: runs, demandOwn: Apps.ownDemand(ownWorkers, launcher.confinement)) { name in
            try await launcher.door(to: name)
        }
        inference = Services(hub: hub, runs: runs)
        gateway = Gateway(services: inference, identity: hub.identity, launcher: launcher)
    }

    /// What operators see of runs and machines.
    var console: RunConsole {
        RunConsole(runs: runs, site: site)
    }

    /// What each slice that orders runs has to say of them.
    private var parts: [RunPart] {
        [
            training.part, inference.part(workers, conversions: conversions),
            apps.part(workers, own: ownWorkers, conversions: conversions),
        ]
    }

    /// What runs beside the answering of requests.
    package var services: [any Service] {
        let parts = parts
        let keeper = RunKeeper(
            runs: runs,
            launcher: site.launcher,
            node: node,
            machines: site.machines,
            diskBytes: hub.settings.compute.diskBytes,
            address: site.address
        ) { run in
            guard let part = parts.first(where: { $0.kinds.contains(run.kind) }) else {
                throw RunError.noProgram(run.kind)
            }
            return try await part.program(run)
        }
        let gateway = gateway
        let replicas = ServiceKeeper(services: inference, node: node) { run in gateway.traffic.busy(run) }
        return [
            RunUpkeep(keepers: [keeper], address: address, world: hub.world),
            ServiceUpkeep(keeper: replicas, gateway: gateway),
            AppUpkeep(apps: apps),
        ]
    }

    /// Which code does which kind of job, and what recurs.
    package func register(in handlers: inout JobHandlers) {
        billing.register(in: &handlers)
        runs.register(in: &handlers)
    }
}
