// The values of the shared pieces in `Web/templates/components`; `/design` shows them all.

/// `components/badge`: a state or a kind in a word.
package struct Badge: Sendable {
    package let text: String
    package let tone: String?
    package let icon: String?
    package let title: String?

    package init(_ text: String, _ tone: Tone = .neutral, icon: String? = nil, title: String? = nil) {
        self.text = text
        self.tone = tone == .neutral ? nil : tone.rawValue
        self.icon = icon
        self.title = title
    }
}

/// One of `tabs` in `components/tabs`.
package struct Tab: Sendable {
    package let text: String
    package let path: String
    package let icon: String?
    package let count: String?
    package let isCurrent: Bool

    package init(_ text: String, _ path: String, icon: String? = nil, count: String? = nil, isCurrent: Bool = false) {
        self.text = text
        self.path = path
        self.icon = icon
        self.count = count
        self.isCurrent = isCurrent
    }
}

/// One of `crumbs` in `components/breadcrumb`; the last has no path.
package struct Crumb: Sendable {
    package let text: String
    package let path: String?

    package init(_ text: String, _ path: String? = nil) {
        self.text = text
        self.path = path
    }
}

/// `pager` in `components/pager`: where the first page and the next one are.
package struct Pager: Sendable {
    package let first: String?
    package let next: String?

    package init(first: String?, next: String?) {
        self.first = first
        self.next = next
    }
}

/// `notice` in `components/notice`: one sentence of why, and the next step.
package struct Notice: Sendable {
    package struct Action: Sendable {
        package let text: String
        package let path: String

        package init(text: String, path: String) {
            self.text = text
            self.path = path
        }
    }

    package let text: String
    package let tone: String
    package let isAlert: Bool
    package let action: Action?

    package init(_ text: String, _ tone: Tone = .neutral, action: Action? = nil) {
        self.text = text
        self.tone = tone.rawValue
        isAlert = tone == .danger
        self.action = action
    }
}

/// One of `facts` in `components/facts`.
package struct Fact: Sendable {
    package let name: String
    package let value: String
    package let path: String?

    package init(_ name: String, _ value: String, path: String? = nil) {
        self.name = name
        self.value = value
        self.path = path
    }
}

/// One entry of a menu beside a page, for `components/side-menu`.
package struct SideEntry: Sendable {
    package let text: String
    package let path: String
    package let icon: String
    package let isCurrent: Bool
    package let count: String?

    package init(
        _ text: String,
        _ path: String,
        icon: String,
        isCurrent: Bool,
        count: Int = 0,
        _ context: GalleryContext
    ) {
        self.text = text
        self.path = path
        self.icon = icon
        self.isCurrent = isCurrent
        self.count = count > 0 ? context.formats.number(count) : nil
    }
}
