package import GalleryHub
package import GalleryServing

/// All slices of compute, built in the order in which they need one another.
package struct ComputeSlices: Sendable {
    package let hub: HubSlices
    package let billing: Billing
    package let flavors: Flavors

    /// `machine` is what this machine has.
    package init(hub: HubSlices, machine: Capacity) {
        self.hub = hub
        billing = Billing(database: hub.database, world: hub.world, settings: hub.settings.billing)
        flavors = Flavors(
            database: hub.database,
            world: hub.world,
            billing: billing,
            settings: hub.settings.compute
        ) { region in
            region == Region.local ? machine : Capacity([])
        }
    }

    /// Which code does which kind of job, and what recurs.
    package func register(in handlers: inout JobHandlers) {
        billing.register(in: &handlers)
    }
}
