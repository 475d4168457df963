import GalleryServing

// The values of the shared pieces in `Web/templates/components`; `/design` shows them all.

/// `components/badge`: a state or a kind in a word.
struct Badge: Sendable {
    let text: String
    let tone: String?
    let icon: String?
    let title: String?

    init(_ text: String, _ tone: Tone = .neutral, icon: String? = nil, title: String? = nil) {
        self.text = text
        self.tone = tone == .neutral ? nil : tone.rawValue
        self.icon = icon
        self.title = title
    }
}

/// One of `tabs` in `components/tabs`.
struct Tab: Sendable {
    let text: String
    let path: String
    let icon: String?
    let count: String?
    let isCurrent: Bool

    init(_ text: String, _ path: String, icon: String? = nil, count: String? = nil, isCurrent: Bool = false) {
        self.text = text
        self.path = path
        self.icon = icon
        self.count = count
        self.isCurrent = isCurrent
    }
}

/// One of `crumbs` in `components/breadcrumb`; the last has no path.
struct Crumb: Sendable {
    let text: String
    let path: String?

    init(_ text: String, _ path: String? = nil) {
        self.text = text
        self.path = path
    }
}

/// `pager` in `components/pager`: where the first page and the next one are.
struct Pager: Sendable {
    let first: String?
    let next: String?
}

/// `notice` in `components/notice`: one sentence of why, and the next step.
struct Notice: Sendable {
    struct Action: Sendable {
        let text: String
        let path: String
    }

    let text: String
    let tone: String
    let isAlert: Bool
    let action: Action?

    init(_ text: String, _ tone: Tone = .neutral, action: Action? = nil) {
        self.text = text
        self.tone = tone.rawValue
        isAlert = tone == .danger
        self.action = action
    }
}

/// One of `facts` in `components/facts`.
struct Fact: Sendable {
    let name: String
    let value: String
    let path: String?

    init(_ name: String, _ value: String, path: String? = nil) {
        self.name = name
        self.value = value
        self.path = path
    }
}

/// What an asset, a file or an account can be in: one word and one colour each, everywhere.
enum StateBadge: String, CaseIterable {
    case draft, inReview, published, rejected, delisted
    case visible, hidden, gated, internalOnly
    case scanning, safe, unsafe, converting
    case frozen, archived, expired, pending, granted, refused

    private var look: (tone: Tone, icon: String?) {
        switch self {
        case .draft, .archived: (.neutral, nil)
        case .inReview, .pending: (.accent, "clock")
        case .published, .safe, .granted: (.positive, "check")
        case .rejected, .refused: (.danger, "close")
        case .unsafe: (.danger, "warning")
        case .delisted: (.warning, "eye-off")
        case .visible: (.neutral, "eye")
        case .hidden: (.neutral, "lock")
        case .gated: (.warning, "key")
        case .internalOnly: (.neutral, "building")
        case .scanning, .converting: (.accent, "refresh")
        case .frozen: (.danger, "lock")
        case .expired: (.warning, "clock")
        }
    }

    /// `title` says why.
    func badge(_ words: Phrases, title: String? = nil) -> Badge {
        Badge(words.say("state.\(rawValue)"), look.tone, icon: look.icon, title: title)
    }
}
