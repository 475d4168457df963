import GalleryServing

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
