import GalleryHub
import GalleryModel
package import GalleryServing

/// The menu of My Gallery, for `components/side-menu`.
package enum MyMenu {
    /// The kinds that have pages, in the order in which they are named everywhere.
    static let kinds: [RepoKind] = [.model, .dataset, .algorithm, .notebook]

    package static func entries(_ current: String, _ counts: MyCounts, _ context: GalleryContext) -> [SideEntry] {
        let isAdmin = context.viewer.account?.role == .admin
        var entries = [("home", "/my", "home", 0)]
        entries += kinds.map { (kind: RepoKind) in
            (kind.plural, "/my/\(kind.plural)", kind.rawValue, counts.created[kind] ?? 0)
        }
        entries += [
            ("favourites", "/my/favourites", "star", counts.favourites),
            ("subscriptions", "/my/subscriptions", "bell", counts.subscriptions),
            ("downloads", "/my/downloads", "download", counts.downloads),
            ("applications", "/my/applications", "inbox", counts.applicationsToDecide),
            ("jobs", "/my/jobs", "play", 0), ("services", "/my/services", "service", 0),
            ("apps", "/my/apps", "comment", 0), ("billing", "/my/billing", "wallet", 0),
            ("growth", "/my/growth", "chart", 0),
        ]
        if isAdmin { entries.append(("exports", "/my/exports", "list", 0)) }
        return entries.map { name, path, icon, count in
            SideEntry(
                context.say("my.\(name)"),
                path,
                icon: icon,
                isCurrent: name == current,
                count: count,
                context
            )
        }
    }
}
