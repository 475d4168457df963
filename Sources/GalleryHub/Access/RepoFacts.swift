package import GalleryModel
import GalleryDatabase

/// Who can find and read a repository at all.
package enum Visibility: String, Sendable, Codable, CaseIterable, SQLConvertible {
    case everyone, named, owner
}

/// Where an asset stands on its way to the public. What follows from it for readers is its effective `Visibility`.
package enum RepoListing: String, Sendable, Codable, CaseIterable, SQLConvertible {
    case draft, published, delisted, rejected
    case inReview = "in_review"
}

/// How the files of a visible repository are handed out.
package enum Gating: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// To everyone who sees it.
    case off
    /// To whoever asks.
    case automatic
    /// To those the owner lets in.
    case manual
}

/// Where a request for gated use stands.
package enum GrantState: String, Sendable, Codable, CaseIterable, SQLConvertible {
    case pending, accepted, rejected
}

/// What a member may do in an organisation, from least to most.
package enum OrganizationRole: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// Reads the organisation's private repositories.
    case read
    /// Reads, creates, and writes what they created.
    case contributor
    /// Writes everywhere.
    case write
    /// Writes, and manages members and settings.
    case admin
}

/// Which versions of a repository are there for somebody.
package enum RepoReach: Sendable, Equatable {
    /// All that was ever stored and still lives.
    case whole
    /// What branches and tags lead to: no versions that were taken offline.
    case shown
    /// What subscribers keep of an asset that is on nobody's list any more: main and the versions as they stood then.
    case kept
}

/// All that the policy needs to know of a repository and its relation to one viewer.
package struct RepoFacts: Sendable, Equatable {
    package var id: RepoID
    package var kind: RepoKind
    package var name: RepoName
    package var owner: AccountID
    package var createdBy: AccountID?
    package var visibility: Visibility
    package var gating: Gating
    /// Withdrawn by an operator: nobody reads or writes it but operators.
    package var isDisabled: Bool
    /// The viewer's role in the owning organisation, if they are a member.
    package var membership: OrganizationRole?
    /// Whether the viewer is among the named users.
    package var isNamed: Bool
    /// Where the viewer's own request for gated use stands.
    package var grant: GrantState?
    package var listing: RepoListing
    /// Whether reviewers have something to decide here, and so may look at all of it.
    package var isUnderReview: Bool
    /// Whether only subscribers get its files, because free use of it ends.
    package var needsSubscription: Bool
    /// Whether the viewer holds a live subscription, which outlives delisting.
    package var isSubscribed: Bool
    /// Whether its owner keeps its code closed: it is described and used, but not read.
    package var isCodeClosed: Bool

    package init(
        id: RepoID,
        kind: RepoKind,
        name: RepoName,
        owner: AccountID,
        createdBy: AccountID? = nil,
        visibility: Visibility = .everyone,
        gating: Gating = .off,
        isDisabled: Bool = false,
        membership: OrganizationRole? = nil,
        isNamed: Bool = false,
        grant: GrantState? = nil,
        listing: RepoListing = .published,
        isUnderReview: Bool = false,
        needsSubscription: Bool = false,
        isSubscribed: Bool = false,
        isCodeClosed: Bool = false
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.owner = owner
        self.createdBy = createdBy
        self.visibility = visibility
        self.gating = gating
        self.isDisabled = isDisabled
        self.membership = membership
        self.isNamed = isNamed
        self.grant = grant
        self.listing = listing
        self.isUnderReview = isUnderReview
        self.needsSubscription = needsSubscription
        self.isSubscribed = isSubscribed
        self.isCodeClosed = isCodeClosed
    }
}
