import GalleryDatabase
package import GalleryHub

/// What moves an asset from one state to another.
package enum PublishingAction: String, Sendable, CaseIterable, SQLConvertible {
    /// The owner sends the form, and a reviewer looks at it.
    case send
    /// The owner sends the form where the automatic checks are enough.
    case publish
    /// The owner takes it back before it is decided on.
    case withdraw
    /// A reviewer lets it through.
    case approve
    /// A reviewer sends it back with a reason.
    case reject
    /// The owner or an operator takes it off the shelf.
    case delist
    /// The owner puts it back.
    case list

    /// Whether deciding is the reviewers' and not the owner's.
    package var isReviewers: Bool { self == .approve || self == .reject }
}

/// The one state machine of publishing; drawn in docs/publishing.md.
extension RepoListing {
    /// The state after an action; nil where the action is not possible.
    package func next(on action: PublishingAction) -> RepoListing? {
        switch (self, action) {
        case (.draft, .send), (.rejected, .send): .inReview
        case (.draft, .publish), (.rejected, .publish): .published
        case (.inReview, .withdraw): .draft
        case (.inReview, .approve): .published
        case (.inReview, .reject): .rejected
        case (.published, .delist): .delisted
        case (.delisted, .list): .published
        case (.draft, .withdraw), (.draft, .approve), (.draft, .reject), (.draft, .delist), (.draft, .list),
            (.inReview, .send), (.inReview, .publish), (.inReview, .delist), (.inReview, .list),
            (.published, .send), (.published, .publish), (.published, .withdraw), (.published, .approve),
            (.published, .reject), (.published, .list),
            (.delisted, .send), (.delisted, .publish), (.delisted, .withdraw), (.delisted, .approve),
            (.delisted, .reject), (.delisted, .delist),
            (.rejected, .withdraw), (.rejected, .approve), (.rejected, .reject), (.rejected, .delist),
            (.rejected, .list):
            nil
        }
    }

    /// What can be done from here.
    package var actions: [PublishingAction] { PublishingAction.allCases.filter { next(on: $0) != nil } }
}
