package import GalleryServing

extension Navigation {
    /// What the top bar offers; each slice adds what it has pages for.
    package static let market: Navigation = {
        var navigation = Navigation()
        navigation.main = []
        navigation.create = []
        navigation.account = [
            NavigationEntry("comments.queue.title", "/review/comments", icon: "flag", for: .reviewers),
            NavigationEntry("outbox.title", "/console/outbox", icon: "mail", for: .administrators),
        ]
        navigation.notificationsPath = "/notifications"
        navigation.foot = [
            NavigationEntry("clients.title", "/clients")
        ]
        return navigation
    }()
}
