import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes

/// Subscriptions over `/api/v1`.
struct SubscriptionRoutes: Sendable {
    let finder: AssetFinder
    let subscriptions: Subscriptions

    func add(to api: APIRoutes) {
        let base = "assets/{kind}/{owner}/{name}/subscription"
        api.group("Subscriptions") { api in
            api.get(
                base,
                "Whether one subscribes, and what it takes",
                for: .everyone,
                answers: SubscriptionStandingBody.self
            ) { call in
                let standing = try await subscriptions.standing(of: repo(of: call), by: call.viewer)
                return SubscriptionStandingBody(standing, at: subscriptions.world.now())
            }
            api.send(
                .put,
                base,
                "Subscribe to an asset",
                body: SubscribeBody.self,
                answers: SubscriptionBody.self
            ) { call in
                let subscription = try await subscriptions.subscribe(
                    to: repo(of: call),
                    accepting: AgreementKind.all(call.body.accept ?? []),
                    confirmingConstraints: call.body.confirmsConstraints ?? false,
                    by: call.viewer
                )
                return body(subscription)
            }
            api.get(
                "subscriptions",
                "My subscriptions",
                query: [.choice("kind", RepoKind.self, "Only assets of this kind.")] + APIParameter.paging,
                answers: APIPage<MySubscriptionBody>.self
            ) { call in
                let paging = try call.paging()
                let kind = try RepoKind.named(call.query()["kind"])
                let page = try await subscriptions.mine(
                    kind: kind,
                    before: paging.cursor,
                    limit: paging.limit,
                    by: call.viewer
                )
                let now = subscriptions.world.now()
                return APIPage(items: page.items.map { MySubscriptionBody($0, at: now) }, next: page.next)
            }
            // By the asset's id: a delisted asset is not found by name once its subscription is cancelled.
            api.send(.delete, "subscriptions/{id}", "Cancel a subscription", answers: SubscriptionBody.self) { call in
                try await body(subscriptions.cancel(RepoID(call.path("id")), by: call.viewer))
            }
            api.send(
                .post,
                "subscriptions/{id}/recovery",
                "Take a cancelled subscription up again",
                answers: SubscriptionBody.self
            ) { call in
                try await body(subscriptions.recover(RepoID(call.path("id")), by: call.viewer))
            }
            api.send(
                .post,
                "subscriptions/{id}/renewal",
                "Begin another period of free use",
                answers: SubscriptionBody.self
            ) { call in
                try await body(subscriptions.renew(RepoID(call.path("id")), by: call.viewer))
            }
        }
    }

    private func body(_ subscription: Subscription) -> SubscriptionBody {
        SubscriptionBody(subscription, at: subscriptions.world.now())
    }

    private func repo(of call: APICall<some Sendable>) async throws -> RepoID {
        try await finder.asset(call.path("kind"), call.path("owner"), call.path("name"), by: call.viewer).1.id
    }
}

struct SubscribeBody: Codable, Sendable {
    /// The agreements that are accepted with this: `data`, `service`.
    var accept: [String]?
    var confirmsConstraints: Bool?
}

struct SubscriptionBody: Codable, Sendable {
    /// The asset's id.
    var id: String
    var state: String
    var since: String
    var until: String?
    var daysLeft: Int?
    var renewals: Int

    init(_ subscription: Subscription, at now: Date) {
        id = subscription.repo.rawValue
        state = subscription.state.rawValue
        since = subscription.since.wire
        until = subscription.until?.wire
        daysLeft = subscription.daysLeft(at: now)
        renewals = subscription.renewals
    }
}

struct SubscriptionStandingBody: Codable, Sendable {
    var isOffered: Bool
    var maySubscribe: Bool
    var subscription: SubscriptionBody?
    var count: Int
    var isOfficial: Bool
    var isCommercial: Bool
    var freeUseDays: Int?
    var renews: Bool
    var constraints: String
    var agreements: [String]

    init(_ standing: SubscriptionStanding, at now: Date) {
        isOffered = standing.isOffered
        maySubscribe = standing.maySubscribe
        subscription = standing.subscription.map { SubscriptionBody($0, at: now) }
        count = standing.count
        isOfficial = standing.isOfficial
        isCommercial = standing.isCommercial
        freeUseDays = standing.freeUseDays
        renews = standing.renews
        constraints = standing.constraints
        agreements = standing.agreements.map(\.rawValue)
    }
}

struct MySubscriptionBody: Codable, Sendable {
    var kind: String
    var name: String
    var title: String
    var listing: String
    var subscription: SubscriptionBody

    init(_ mine: MySubscription, at now: Date) {
        kind = mine.kind.plural
        name = mine.name.description
        title = mine.title
        listing = mine.listing.rawValue
        subscription = SubscriptionBody(mine.subscription, at: now)
    }
}
