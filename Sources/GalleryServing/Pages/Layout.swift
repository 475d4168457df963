import GalleryModel
import HTTPTypes
import Hummingbird

/// What surrounds every page: `templates/layout/layout.mustache`.
struct Layout: Page {
    static let template = "layout/layout"

    struct Entry {
        let text: String
        let path: String
        let icon: String?
        let isCurrent: Bool
    }

    struct Person {
        let name: String
        let avatar: String
        let entries: [Entry]
    }

    struct Choice {
        let value: String
        let text: String
        let isCurrent: Bool
    }

    struct Bell {
        let path: String
        let unread: String?
    }

    struct Message {
        let text: String
        let tone: String
        let isAlert: Bool
    }

    let title: String
    /// What the gallery calls itself.
    let siteName: String
    let body: String
    let languageTag: String
    let theme: String?
    let main: [Entry]
    let create: [Entry]
    let hasCreate: Bool
    let foot: [Entry]
    let searchPath: String?
    let query: String?
    let signInPath: String?
    let signUpPath: String?
    let signOutPath: String?
    let bell: Bell?
    let person: Person?
    let languages: [Choice]
    let themes: [Choice]
    let flash: Message?
}

extension Layout {
    init(
        title: String,
        body: String,
        place: String?,
        flash: Flash?,
        unread: Int,
        navigation: Navigation,
        name: String,
        request: Request,
        context: GalleryContext
    ) {
        let words = context.words
        let path = request.uri.path
        let viewer = context.viewer
        let entries = { (entries: [NavigationEntry]) in
            entries.filter { $0.isShown(to: viewer) }.map { entry in
                let isCurrent =
                    place.map { $0 == entry.path } ?? (path == entry.path || path.hasPrefix(entry.path + "/"))
                let icon = entry.icon.isEmpty ? nil : entry.icon
                return Entry(text: words.say(entry.key), path: entry.path, icon: icon, isCurrent: isCurrent)
            }
        }
        self.title = title
        siteName = name
        self.body = body
        languageTag = words.language.tag
        let chosen = Theme.wanted(by: request.headers)
        theme = chosen == .system ? nil : chosen.rawValue
        main = entries(navigation.main)
        create = entries(navigation.create)
        hasCreate = !create.isEmpty
        foot = entries(navigation.foot)
        searchPath = navigation.searchPath
        query = (try? request.query())?["q"].flatMap { path == navigation.searchPath ? $0 : nil }
        person = viewer.account.map { account in
            Person(
                name: account.name,
                avatar: "/avatars/\(PercentEncoding.encode(account.name)).svg",
                entries: entries(navigation.account)
            )
        }
        let back = PercentEncoding.encode(request.uri.string)
        signInPath = viewer.account == nil ? navigation.signInPath.map { "\($0)?next=\(back)" } : nil
        signUpPath = viewer.account == nil ? navigation.signUpPath : nil
        signOutPath = viewer.account == nil ? nil : navigation.signOutPath
        bell =
            viewer.account == nil
            ? nil
            : navigation.notificationsPath.map {
                Bell(path: $0, unread: unread > 0 ? (unread > 99 ? "99+" : String(unread)) : nil)
            }
        languages = Language.allCases.map {
            Choice(value: $0.rawValue, text: $0.name, isCurrent: $0 == words.language)
        }
        themes = Theme.allCases.map {
            Choice(value: $0.rawValue, text: words.say("layout.theme.\($0.rawValue)"), isCurrent: $0 == chosen)
        }
        self.flash = flash.map {
            Message(text: $0.text, tone: $0.tone.rawValue, isAlert: $0.tone == .danger || $0.tone == .warning)
        }
    }
}
