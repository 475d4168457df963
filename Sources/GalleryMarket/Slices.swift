package import GalleryHub
package import GalleryServing
package import ServiceLifecycle

/// All slices of the market, built in the order in which they need one another.
package struct MarketSlices: Sendable {
    package let hub: HubSlices

    package init(hub: HubSlices) {
        self.hub = hub
    }

    /// What runs besides answering requests and doing jobs.
    package var services: [any Service] { [] }

    /// Which code does which kind of job, and what recurs.
    package func register(in handlers: inout JobHandlers) {}
}
