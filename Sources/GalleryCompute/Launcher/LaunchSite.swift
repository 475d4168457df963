package import Foundation
package import GalleryServing

/// Where runs lie, as `compute.launcher` says: on this machine, or on the nodes of a cluster.
package struct LaunchSite: Sendable {
    /// What is missing in the settings.
    package enum Fault: Error, CustomStringConvertible, Equatable {
        case missing(String, String)

        package var description: String {
            switch self {
            case .missing(let key, let what): "compute.launcher=ray needs the setting \(key): \(what)."
            }
        }
    }

    package let launcher: any Launcher
    package let machines: RegionMachines
    /// The socket on which the gallery must answer for the workers that reach nothing else; nil where there are none here.
    package let gate: String?
    /// Whether something can be made beside workers before they begin.
    let prepares: Bool
    /// How workers reach the gallery.
    let address: @Sendable () -> String
    /// On which machine of several each attempt is; empty where there is but one.
    let places: @Sendable () async -> [LaunchName: String]

    /// `folder` holds what lies on this machine, `key` signs what nodes are told, `node` is the program that they execute.
    package init(
        _ settings: Settings,
        folder: URL,
        key: [UInt8],
        machine: Capacity,
        node: URL,
        address: ServingAddress
    ) throws {
        switch settings.compute.launcher {
        case .local:
            let local = try LocalLauncher(root: folder)
            launcher = local
            machines = RegionMachines(machine)
            gate = try local.gate()
            prepares = true
            self.address = { address.url }
            places = { [:] }
        case .ray:
            let given = settings.compute
            let own = given.address.isEmpty ? settings.server.publicURL : given.address
            for (key, value, what) in [
                ("compute.ray.address", given.ray.address, "the cluster's dashboard, such as http://10.0.0.7:8265"),
                (
                    "compute.ray.token", given.ray.token,
                    "without one everybody who reaches the cluster runs programs there"
                ),
                ("compute.address", own, "where its nodes reach this gallery, such as http://10.0.0.5:8080"),
            ] where value.isEmpty {
                throw Fault.missing(key, what)
            }
            let ray = try RayLauncher(
                RayLauncher.Cluster(
                    address: given.ray.address,
                    token: given.ray.token,
                    folder: given.ray.folder,
                    program: node
                ),
                root: folder,
                key: key
            ) { own }
            launcher = ray
            machines = RegionMachines { try await ray.capacity() }
            gate = nil
            prepares = false
            self.address = { own }
            places = { (try? await ray.places()) ?? [:] }
        }
    }
}
