package import GalleryServing

/// The menu of the operations console, for `components/side-menu`; each slice adds the pages it has.
package enum ConsoleMenu {
    /// A page of the console; its text is `console.menu.<name>`.
    struct Place: Sendable {
        let name: String
        let path: String
        let icon: String
    }

    /// In the order of the menu.
    static let places = [
        Place(name: "overview", path: "/console", icon: "home"),
        Place(name: "people", path: "/console/people", icon: "users"),
        Place(name: "marks", path: "/console/marks", icon: "shield"),
        Place(name: "audit", path: "/console/audit", icon: "history"),
        Place(name: "settings", path: "/console/settings", icon: "settings"),
        Place(name: "agreements", path: "/console/agreements", icon: "scale"),
        Place(name: "words", path: "/console/words", icon: "filter"),
        Place(name: "runs", path: "/console/runs", icon: "play"),
        Place(name: "flavors", path: "/console/flavors", icon: "list"),
        Place(name: "billing", path: "/console/billing", icon: "chart"),
        Place(name: "jobs", path: "/console/jobs", icon: "clock"),
        Place(name: "storage", path: "/console/storage", icon: "folder"),
        Place(name: "outbox", path: "/console/outbox", icon: "mail"),
        Place(name: "exports", path: "/my/exports", icon: "download"),
    ]

    /// Where a page lies that may not be there.
    static func path(_ name: String) -> String? { places.first { $0.name == name }?.path }

    package static func entries(_ current: String, _ context: GalleryContext) -> [SideEntry] {
        places.map { place in
            SideEntry(
                context.say("console.menu.\(place.name)"),
                place.path,
                icon: place.icon,
                isCurrent: place.name == current,
                context
            )
        }
    }
}
