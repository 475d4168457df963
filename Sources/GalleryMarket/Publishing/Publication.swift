package import Foundation
package import GalleryDatabase
package import GalleryHub
package import GalleryModel

/// What is known of an asset as something published: the facts of its form, and when what became of it.
package struct Publication: Record, Equatable {
    package let repo: RepoID
    /// Who shall see it while it is published.
    package var visibility: Visibility
    package var secondTitle: String
    package var task: String
    package var licence: String
    package var environment: NotebookEnvironment?
    package var freeUseDays: Int?
    package var renews: Bool
    package var isCodeOpen: Bool
    package var codeLicence: String
    /// Why it was rejected or delisted by others; empty otherwise.
    package var reason: String
    package var submittedBy: AccountID?
    package var submittedAt: Date?
    package var publishedAt: Date?
    package var delistedAt: Date?
    /// What it was when it was sent for review; see `reviewRevision`.
    var sentRevision = ""

    init(repo: RepoID) {
        self.repo = repo
        visibility = .everyone
        (secondTitle, task, licence, codeLicence, reason) = ("", "", "", "", "")
        // What nobody said anything about is as open as the repository.
        (renews, isCodeOpen) = (false, true)
    }

    package init(row: Row) throws {
        repo = try row.get("repo")
        visibility = try row.get("visibility")
        secondTitle = try row.get("second_title")
        task = try row.get("task")
        licence = try row.get("licence")
        environment = NotebookEnvironment(rawValue: try row.get("environment"))
        freeUseDays = try row.optional("free_use_days")
        renews = try row.get("renews")
        isCodeOpen = try row.get("is_code_open")
        codeLicence = try row.get("code_licence")
        reason = try row.get("reason")
        submittedBy = try row.optional("submitted_by")
        submittedAt = try row.optional("submitted_at")
        publishedAt = try row.optional("published_at")
        delistedAt = try row.optional("delisted_at")
        sentRevision = try row.get("sent_revision")
    }

    /// Takes over what the form says.
    mutating func take(_ form: PublishingForm, for kind: RepoKind) {
        let terms = PublishingTerms.of(kind)
        visibility = form.visibility
        secondTitle = form.secondTitle.trimmed
        task = terms.hasTask ? form.task : ""
        licence = form.licence
        environment = terms.needsEnvironment ? form.environment : nil
        freeUseDays = terms.isSubscribed ? form.freeUseDays : nil
        renews = freeUseDays != nil && form.renews
        isCodeOpen = terms.hasCode && form.isCodeOpen
        codeLicence = isCodeOpen ? form.codeLicence : ""
    }

    /// Notes when it came to a state.
    mutating func enter(_ state: RepoListing, reason: String, by account: AccountID?, at now: Date) {
        self.reason = reason
        switch state {
        case .inReview: (submittedBy, submittedAt) = (account, now)
        case .published:
            publishedAt = publishedAt ?? now
            delistedAt = nil
        case .delisted: delistedAt = now
        case .draft, .rejected: break
        }
    }
}

/// A step in the life of a publication, as its owner and reviewers see it.
package struct PublicationEvent: Record, Equatable {
    package let id: String
    package let action: String
    /// The version it is about; empty for the asset itself.
    package let version: String
    package let actor: AccountID?
    package let actorName: String?
    package let reason: String
    package let at: Date

    package init(row: Row) throws {
        id = try row.get("id")
        action = try row.get("action")
        version = try row.get("version")
        actor = try row.optional("actor")
        actorName = try row.optional("actor_name")
        reason = try row.get("reason")
        at = try row.get("at")
    }
}

/// What a commercial asset is sold by.
package enum QuotaKind: String, Sendable, Codable, CaseIterable, SQLConvertible {
    case days, calls, hours, channels
}

/// An offer of a commercial asset.
package struct AssetPlan: Record, Equatable, Codable {
    package var name: String
    package var quota: QuotaKind
    /// How many days, calls, hours or channels.
    package var amount: Int
    /// In the smallest unit of the currency.
    package var price: Int
    package var currency: String

    package init(name: String, quota: QuotaKind, amount: Int, price: Int, currency: String) {
        self.name = name
        self.quota = quota
        self.amount = amount
        self.price = price
        self.currency = currency
    }

    package init(row: Row) throws {
        name = try row.get("name")
        quota = try row.get("quota")
        amount = try row.get("amount")
        price = try row.get("price")
        currency = try row.get("currency")
    }

    var isSound: Bool {
        (1...60).contains(name.trimmed.count) && (1...1_000_000_000).contains(amount)
            && (0...1_000_000_000_000).contains(price) && currency.utf8.count == 3
            && currency.utf8.allSatisfy { (65...90).contains($0) }
    }
}
