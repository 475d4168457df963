package import Foundation
package import GalleryDatabase
package import GalleryHub
package import GalleryModel

/// Somebody's right to use an asset: it outlives delisting, and is kept with its quota when it is cancelled.
package struct Subscription: Record, Equatable {
    package enum State: String, Sendable, Codable, CaseIterable, SQLConvertible {
        case active, cancelled, expired
    }

    package let repo: RepoID
    package let account: AccountID
    package private(set) var state: State
    package let since: Date
    /// When free use ends; nil for never.
    package private(set) var until: Date?
    package private(set) var renewals: Int

    init(repo: RepoID, account: AccountID, days: Int?, at now: Date) {
        self.repo = repo
        self.account = account
        state = .active
        since = now
        until = days.map { now.addingTimeInterval(Double($0) * 86_400) }
        renewals = 0
    }

    package init(row: Row) throws {
        repo = try row.get("repo")
        account = try row.get("account")
        state = try row.get("state")
        since = try row.get("since")
        until = try row.optional("until")
        renewals = try row.get("renewals")
    }

    /// Whole days left, the one begun counted; nil for no end, 0 when over.
    package func daysLeft(at now: Date) -> Int? {
        until.map { max(0, Int(($0.timeIntervalSince(now) / 86_400).rounded(.up))) }
    }

    /// Whether it ended while free use was limited, which it is no more: then one may begin anew.
    func isOutlived(by freeUseDays: Int?) -> Bool { state == .expired && freeUseDays == nil }

    mutating func cancel() throws(SubscriptionError) {
        guard state == .active else { throw .notActive }
        state = .cancelled
    }

    /// Takes a cancelled one up again, with what is left of its quota.
    mutating func recover(at now: Date) throws(SubscriptionError) {
        guard state == .cancelled else { throw .notCancelled }
        guard until.map({ $0 > now }) ?? true else { throw .over }
        state = .active
    }

    /// Ends it when its time is over, or begins another period where it renews.
    mutating func end(renewingFor days: Int?, at now: Date) {
        guard let until, until <= now else { return }
        guard let days, state == .active else {
            state = .expired
            return
        }
        renew(for: days, at: now)
    }

    mutating func renew(for days: Int, at now: Date) {
        state = .active
        until = now.addingTimeInterval(Double(days) * 86_400)
        renewals += 1
    }
}

/// What the viewer and an asset have to do with each other as subscriber and subscribed.
package struct SubscriptionStanding: Sendable, Equatable {
    /// Whether assets of this kind are subscribed to.
    package var isOffered: Bool
    /// Whether the viewer could subscribe now: it is published, free, and not their own.
    package var maySubscribe: Bool
    package var subscription: Subscription?
    package var count: Int
    package var isOfficial: Bool
    package var isCommercial: Bool
    package var freeUseDays: Int?
    package var renews: Bool
    /// Of the latest version; to be confirmed before subscribing.
    package var constraints: String
    /// To be accepted before subscribing.
    package var agreements: [AgreementKind]
}

/// A line of "my subscriptions".
package struct MySubscription: Record, Equatable {
    package let subscription: Subscription
    package let kind: RepoKind
    package let name: RepoName
    package let title: String
    package let listing: RepoListing

    package init(row: Row) throws {
        subscription = try Subscription(row: row)
        kind = try row.get("kind")
        name = try RepoName(owner: row.get("owner_name"), name: row.get("name"))
        title = try row.get("title")
        listing = try row.get("listing")
    }
}
