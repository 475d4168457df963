package import GalleryModel

/// What a notification is about, and where it leads.
package struct NotificationTopic: Sendable, Codable, Equatable {
    private static let longestValue = 300
    private static let longestPage = 500

    /// The asset it is about: its name is looked up when the notification is read, and only for who may still see it.
    package let repo: RepoID?
    /// What stands behind the asset's address, as `/comments#c-17`; without an asset, a path of this site.
    package let page: String
    /// Notifications of a kind that gathers are gathered by this.
    package let key: String
    /// What the text says besides the actor, the asset and the count: `reason`, `version`, `excerpt`, `until`, `message` …
    package let values: [String: String]

    /// About an asset; `page` is what follows its address.
    package static func asset(
        _ repo: RepoID,
        page: String = "",
        key: String = "",
        values: [String: String] = [:]
    ) -> NotificationTopic {
        NotificationTopic(repo: repo, page: page, key: "\(repo) \(key)", values: values)
    }

    /// About something else; `page` is a path of this site.
    package static func site(page: String, key: String = "", values: [String: String] = [:]) -> NotificationTopic {
        NotificationTopic(repo: nil, page: page, key: key, values: values)
    }

    private init(repo: RepoID?, page: String, key: String, values: [String: String]) {
        self.repo = repo
        // Never an address of another site, whoever puts it together.
        let isPath = repo != nil || (page.hasPrefix("/") && !page.hasPrefix("//") && !page.hasPrefix("/\\"))
        self.page = isPath ? String(page.prefix(Self.longestPage)) : "/"
        self.key = String(key.prefix(Self.longestPage))
        self.values = values.mapValues { value in
            value.count > Self.longestValue ? value.prefix(Self.longestValue - 1) + "…" : value
        }
    }
}
