import GalleryModel

/// A link of the top bar or of one of its menus.
package struct NavigationEntry: Sendable {
    /// Who sees it.
    package enum Audience: Sendable {
        case everyone, visitors, signedIn, reviewers, administrators
    }

    /// Its text in the catalogue.
    package let key: String
    package let path: String
    package let icon: String
    package let audience: Audience

    package init(_ key: String, _ path: String, icon: String = "", for audience: Audience = .everyone) {
        self.key = key
        self.path = path
        self.icon = icon
        self.audience = audience
    }

    func isShown(to viewer: Viewer) -> Bool {
        let account = viewer.account
        return switch audience {
        case .everyone: true
        case .visitors: account == nil
        case .signedIn: account != nil
        case .reviewers: account?.role == .reviewer || account?.role == .admin
        case .administrators: account?.role == .admin
        }
    }
}

/// What the top bar offers: only what exists.
package struct Navigation: Sendable {
    package var main: [NavigationEntry] = []
    /// The menu behind the plus.
    package var create: [NavigationEntry] = []
    /// The menu behind the viewer's picture.
    package var account: [NavigationEntry] = []
    /// In the footer of every page.
    package var foot: [NavigationEntry] = []
    /// Where a search goes, as `?q=`; nil hides the field.
    package var searchPath: String?
    package var signInPath: String?
    package var signUpPath: String?
    package var signOutPath: String?
    /// Where the bell leads; nil hides it.
    package var notificationsPath: String?

    package init() {}
}
