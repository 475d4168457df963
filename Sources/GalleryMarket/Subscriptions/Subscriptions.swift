import Foundation
import GalleryDatabase
import GalleryHub
package import GalleryModel
import GalleryServing

/// Subscriptions to free assets: taking one, leaving it and taking it up again, and its end.
package struct Subscriptions: Sendable {
    /// How long before the end a subscriber is reminded of it.
    static let reminder: TimeInterval = 3 * 86_400

    let database: any Database
    let agreements: Agreements
    let world: World

    /// What the viewer and an asset have to do with each other.
    package func standing(of repo: RepoID, by viewer: Viewer) async throws -> SubscriptionStanding {
        try await database.read { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.see, on: facts, by: viewer)
            let publication = try db.publication(of: repo)
            let repository = try db.repository(repo)
            let account = viewer.account?.id
            let isOfficial = repository?.isOfficial ?? false
            let subscription = try account.flatMap { try db.subscription(of: $0, to: repo) }
            let isOffered = PublishingTerms.of(facts.kind).isSubscribed
            let isCommercial = repository?.isCommercial ?? false
            return SubscriptionStanding(
                isOffered: isOffered,
                maySubscribe: isOffered && facts.listing == .published && !isCommercial && !Self.isOwn(facts, account)
                    && subscription?.isOutlived(by: publication.freeUseDays) ?? true,
                subscription: subscription,
                count: repository?.subscriptions ?? 0,
                isOfficial: isOfficial,
                isCommercial: isCommercial,
                freeUseDays: publication.freeUseDays,
                renews: publication.renews,
                constraints: try db.latestVersion(of: repo)?.constraints ?? "",
                agreements: isOfficial ? [] : AgreementOccasion.subscribing.kinds
            )
        }
    }

    /// Subscribes to a published, free asset. Two agreements come first where it is not official, and its usage constraints
    /// where it has any.
    package func subscribe(
        to repo: RepoID,
        accepting kinds: [AgreementKind] = [],
        confirmingConstraints: Bool = false,
        by viewer: Viewer
    ) async throws -> Subscription {
        let now = world.now()
        return try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.respond, on: facts, by: viewer)
            let account = try viewer.mustBeSignedIn()
            guard PublishingTerms.of(facts.kind).isSubscribed else { throw SubscriptionError.unsupported }
            guard !Self.isOwn(facts, account.id) else { throw SubscriptionError.ownAsset }
            // Whoever has to apply applies first.
            if AccessPolicy.refusal(of: .readFiles, on: facts, to: viewer) == .gated {
                try AccessPolicy.demand(.readFiles, on: facts, by: viewer)
            }
            let days = try db.publication(of: repo).freeUseDays
            if let known = try db.subscription(of: account.id, to: repo), !known.isOutlived(by: days) {
                switch known.state {
                case .active: throw SubscriptionError.alreadySubscribed
                case .cancelled where known.daysLeft(at: now) != 0: throw SubscriptionError.cancelled
                case .cancelled, .expired: throw SubscriptionError.over
                }
            }
            guard facts.listing == .published else { throw SubscriptionError.notPublished }
            guard let repository = try db.repository(repo), !repository.isCommercial else {
                throw SubscriptionError.commercial
            }
            if !repository.isOfficial {
                try agreements.demand(.subscribing, accepting: kinds, for: repo, by: account.id, db)
            }
            let constraints = try db.latestVersion(of: repo)?.constraints ?? ""
            guard constraints.isEmpty || confirmingConstraints else { throw SubscriptionError.constraintsUnconfirmed }
            let subscription = Subscription(repo: repo, account: account.id, days: days, at: now)
            try keep(subscription, db)
            return subscription
        }
    }

    /// Leaves a subscription; what is left of its quota is kept.
    package func cancel(_ repo: RepoID, by viewer: Viewer) async throws -> Subscription {
        try await change(repo, by: viewer) { subscription, _ in try subscription.cancel() }
    }

    /// Takes a cancelled subscription up again, were the asset delisted meanwhile.
    package func recover(_ repo: RepoID, by viewer: Viewer) async throws -> Subscription {
        let now = world.now()
        return try await change(repo, by: viewer) { subscription, _ in try subscription.recover(at: now) }
    }

    /// Begins another period of free use, where the asset renews and is published.
    package func renew(_ repo: RepoID, by viewer: Viewer) async throws -> Subscription {
        let now = world.now()
        return try await change(repo, by: viewer) { subscription, db in
            let publication = try db.publication(of: repo)
            let isOver = subscription.daysLeft(at: now) == 0
            guard let days = publication.freeUseDays, publication.renews,
                try db.repository(repo)?.listing == .published
            else { throw isOver ? SubscriptionError.over : .notRenewed }
            guard isOver else { throw SubscriptionError.notOver }
            subscription.renew(for: days, at: now)
        }
    }

    /// The viewer's subscriptions, the latest first, those left and ended too.
    package func mine(
        kind: RepoKind? = nil,
        before cursor: String? = nil,
        limit: Int = 50,
        by viewer: Viewer
    ) async throws -> (items: [MySubscription], next: String?) {
        let limit = max(1, min(limit, 200))
        let place = try cursor.map(Self.place(of:))
        return try await database.read { db in
            let account = try viewer.mustBeSignedIn()
            let found = try db.mySubscriptions(of: account.id, kind: kind, before: place, limit: limit + 1)
            let items = Array(found.prefix(limit))
            let last = found.count > limit ? items.last?.subscription : nil
            return (items, last.map { "\(Int64(($0.since.timeIntervalSince1970 * 1000).rounded())).\($0.repo)" })
        }
    }

    /// Ends or renews what has run out, and reminds those whose time runs out soon.
    package func tend() async throws {
        let now = world.now()
        while try await end(at: now) {}
        while try await remind(at: now) {}
    }

    /// Answers whether there may be more.
    private func end(at now: Date) async throws -> Bool {
        try await database.write { db in
            let ended = try db.subscriptions(endingBy: now, limit: 200)
            for var subscription in ended {
                let publication = try db.publication(of: subscription.repo)
                let isPublished = try db.repository(subscription.repo)?.listing == .published
                let days = publication.renews && isPublished ? publication.freeUseDays : nil
                subscription.end(renewingFor: days, at: now)
                try keep(subscription, db)
                if subscription.state == .expired { try tell(.subscriptionExpired, subscription, db) }
            }
            return ended.count == 200
        }
    }

    private func remind(at now: Date) async throws -> Bool {
        try await database.write { db in
            let due = try db.unremindedSubscriptions(endingBy: now.addingTimeInterval(Self.reminder), limit: 200)
            for subscription in due {
                try db.noteReminder(of: subscription)
                guard try !db.publication(of: subscription.repo).renews else { continue }
                try tell(.subscriptionExpiring, subscription, db)
            }
            return due.count == 200
        }
    }

    private func tell(_ kind: NotificationKind, _ subscription: Subscription, _ db: any SQLConnection) throws {
        let until = subscription.until?.wire ?? ""
        try db.tell(
            kind,
            to: [subscription.account],
            about: .asset(subscription.repo, values: ["until": String(until.prefix(10))]),
            by: nil,
            world: world
        )
    }

    private func change(
        _ repo: RepoID,
        by viewer: Viewer,
        _ step: @escaping @Sendable (inout Subscription, any SQLConnection) throws -> Void
    ) async throws -> Subscription {
        try await database.write { db in
            let account = try viewer.mustBeSignedIn()
            guard viewer.onlyRepo == nil || viewer.onlyRepo == repo else { throw Problem.notYours }
            guard var subscription = try db.subscription(of: account.id, to: repo) else {
                throw SubscriptionError.unknown
            }
            try step(&subscription, db)
            try keep(subscription, db)
            return subscription
        }
    }

    /// Saves it, and has its end looked at when it comes.
    private func keep(_ subscription: Subscription, _ db: any SQLConnection) throws {
        try db.save(subscription)
        guard subscription.state == .active, let until = subscription.until else { return }
        let wait = max(0, until.timeIntervalSince(world.now()))
        try db.enqueue(SubscriptionTendingJob(), at: world.now(), delay: .seconds(wait.rounded(.up)))
    }

    private static func isOwn(_ facts: RepoFacts, _ account: AccountID?) -> Bool {
        account == facts.owner || facts.membership != nil
    }

    private static func place(of cursor: String) throws -> (since: Date, repo: RepoID) {
        let parts = cursor.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, cursor.utf8.count < 200, let milliseconds = Int64(parts[0]) else {
            throw RepositoryError.badCursor
        }
        return (Date(timeIntervalSince1970: Double(milliseconds) / 1000), RepoID(String(parts[1])))
    }
}

/// Ends what has run out.
struct SubscriptionTendingJob: Job {
    static let kind = "subscriptions.tend"
}

extension Subscriptions {
    func register(in handlers: inout JobHandlers) {
        handlers.on(SubscriptionTendingJob.self) { _ in try await tend() }
        handlers.every(.seconds(60), enqueue: SubscriptionTendingJob())
    }
}
