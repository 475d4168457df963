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
            NavigationEntry("apps.experience", "/apps"),
        ]
        navigation.searchPath = "/search"
        navigation.account = [
            NavigationEntry("my.title", "/my", icon: "home"),
            NavigationEntry("settings.organizations", "/settings/organizations", icon: "users"),
            NavigationEntry("settings.title", "/settings/profile", icon: "settings"),
            NavigationEntry("favourites.title", "/my/favourites", icon: "star", for: .signedIn),
            NavigationEntry("subscriptions.mine", "/my/subscriptions", icon: "check", for: .signedIn),
            NavigationEntry("review.title", "/review", icon: "inbox", for: .reviewers),
            NavigationEntry("comments.queue.title", "/review/comments", icon: "flag", for: .reviewers),
            NavigationEntry("console.title", "/console", icon: "chart", for: .administrators),
        ]
        navigation.notificationsPath = "/notifications"
        navigation.signInPath = "/login"
        navigation.signUpPath = "/join"
        navigation.signOutPath = "/logout"
        navigation.create = [
            NavigationEntry("creation.new.model", "/new?kind=model", icon: "model", for: .signedIn),
            NavigationEntry("creation.new.dataset", "/new?kind=dataset", icon: "dataset", for: .signedIn),
            NavigationEntry("creation.new.algorithm", "/new?kind=algorithm", icon: "algorithm", for: .signedIn),
            NavigationEntry("creation.new.notebook", "/new?kind=notebook", icon: "notebook", for: .signedIn),
            NavigationEntry("training.new", "/fine-tune/new", icon: "play", for: .signedIn),
            NavigationEntry("apps.new", "/apps/new", icon: "play", for: .signedIn),
        ]
        navigation.foot = [
            NavigationEntry("clients.title", "/clients"), NavigationEntry("reference.title", "/docs/api"),
        ]
        return navigation
    }()
}
