package import GalleryServing

extension Navigation {
    /// What the top bar offers; each slice adds what it has pages for.
    package static let market: Navigation = {
        var navigation = Navigation()
        navigation.main = [
            NavigationEntry("discovery.models", "/models"),
            NavigationEntry("discovery.datasets", "/datasets"),
            NavigationEntry("discovery.algorithms", "/algorithms"),
            NavigationEntry("discovery.notebooks", "/notebooks"),
        ]
        navigation.searchPath = "/search"
        navigation.create = []
        navigation.account = [
            NavigationEntry("favourites.title", "/my/favourites", icon: "star", for: .signedIn),
            NavigationEntry("subscriptions.mine", "/my/subscriptions", icon: "check", for: .signedIn),
            NavigationEntry("review.title", "/review", icon: "inbox", for: .reviewers),
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
