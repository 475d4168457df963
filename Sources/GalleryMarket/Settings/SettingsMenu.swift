import GalleryServing

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
