import GalleryServing

/// One entry of a menu beside a page.
struct SideEntry: Sendable {
    let text: String
    let path: String
    let icon: String
    let isCurrent: Bool
    let count: String?

    init(_ text: String, _ path: String, icon: String, isCurrent: Bool, count: Int = 0, _ context: GalleryContext) {
        self.text = text
        self.path = path
        self.icon = icon
        self.isCurrent = isCurrent
        self.count = count > 0 ? context.formats.number(count) : nil
    }
}

/// The menu of the settings pages, for `components/side-menu`.
enum SettingsMenu {
    private static let entries = [
        ("profile", "user"), ("account", "settings"), ("tokens", "key"), ("keys", "lock"), ("sessions", "clock"),
        ("notifications", "bell"), ("organizations", "users"),
    ]

    static func entries(_ current: String, _ context: GalleryContext) -> [SideEntry] {
        entries.map { name, icon in
            SideEntry(
                context.say("settings.\(name)"),
                "/settings/\(name)",
                icon: icon,
                isCurrent: name == current,
                context
            )
        }
    }
}
