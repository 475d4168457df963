import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// Subscribing on the page of an asset, and `/my/subscriptions`.
struct SubscriptionPages: Sendable {
    let site: AssetPages
    let subscriptions: Subscriptions
    let agreements: Agreements

    func add(to router: some RouterMethods<GalleryContext>) {
        site.get("/subscribe", router) { request, context, asset in
            try await answer(asset, .none, request, context)
        }
        site.post("/subscribe", router, use: subscribe)
        router.get("/my/subscriptions", use: mine)
        router.post("/my/subscriptions/:id", use: change)
    }

    private func subscribe(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        let fields = try await site.pages.form(request, context)
        do {
            _ = try await subscriptions.subscribe(
                to: asset.id,
                accepting: AgreementKind.all(fields.values("accept")),
                confirmingConstraints: fields["confirmsConstraints"] != nil,
                by: context.viewer
            )
        } catch let error as any DomainError {
            guard let faults = FormFaults(error, context) else { throw error }
            return try await answer(asset, faults, request, context)
        }
        return site.pages.redirect(to: asset.path, flash: context.say("subscriptions.done"), request, context)
    }

    private func answer(
        _ asset: Asset,
        _ faults: FormFaults,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        _ = try context.viewer.mustBeSignedIn()
        let standing = try await subscriptions.standing(of: asset.id, by: context.viewer)
        let missing =
            standing.agreements.isEmpty ? [] : try await agreements.missing(for: .subscribing, by: context.viewer)
        let page = SubscribePage(
            head: try await site.head(of: asset, .introduction, request, context),
            asset: asset,
            standing: standing,
            agreements: missing.map { AgreementBox($0, context) },
            faults: faults,
            context
        )
        let status: HTTPResponse.Status = request.method == .post ? .unprocessableContent : .ok
        return try await site.answer(
            page,
            of: asset,
            title: context.say("subscriptions.subscribe"),
            status: status,
            request,
            context
        )
    }

    @Sendable private func mine(_ request: Request, context: GalleryContext) async throws -> Response {
        let cursor = try request.query()["before"]
        let mine = try await subscriptions.mine(before: cursor, by: context.viewer)
        let now = subscriptions.world.now()
        let page = MySubscriptionsPage(
            rows: mine.items.map { MySubscriptionsPage.Row($0, now, context) },
            pager: Pager(
                first: cursor == nil ? nil : "/my/subscriptions",
                next: mine.next.map { "/my/subscriptions?before=\(PercentEncoding.encode($0))" }
            )
        )
        return try await site.pages.answer(page, title: context.say("subscriptions.mine"), request, context)
    }

    @Sendable private func change(_ request: Request, context: GalleryContext) async throws -> Response {
        let fields = try await site.pages.form(request, context)
        let repo = RepoID(try context.segment("id"))
        let flash: String
        switch fields["action"] {
        case "cancel":
            _ = try await subscriptions.cancel(repo, by: context.viewer)
            flash = context.say("subscriptions.cancelled")
        case "recover":
            _ = try await subscriptions.recover(repo, by: context.viewer)
            flash = context.say("subscriptions.recovered")
        case "renew":
            _ = try await subscriptions.renew(repo, by: context.viewer)
            flash = context.say("subscriptions.renewed")
        default: throw Problem.invalid("action-unknown", "There is no such step.")
        }
        let back = Pages.localPath(fields["back"]) ?? "/my/subscriptions"
        return site.pages.redirect(to: back, flash: flash, request, context)
    }
}

/// `templates/subscriptions/subscribe.mustache`
struct SubscribePage: Page {
    static let template = "subscriptions/subscribe"

    let head: AssetHead
    let action: String
    let back: String
    let maySubscribe: Bool
    let isSubscribed: Bool
    let general: String?
    let isForeign: Bool
    let freeUse: String?
    let constraints: String?
    let constraintsError: String?
    let agreements: [AgreementBox]
    let hasAgreements: Bool
    let agreementError: String?

    init(
        head: AssetHead,
        asset: Asset,
        standing: SubscriptionStanding,
        agreements: [AgreementBox],
        faults: FormFaults,
        _ context: GalleryContext
    ) {
        self.head = head
        action = asset.path + "/subscribe"
        back = asset.path
        maySubscribe = standing.maySubscribe
        isSubscribed = standing.subscription != nil
        general = faults.general
        isForeign = !standing.isOfficial
        freeUse = standing.freeUseDays.map { days in
            let text = context.say("subscriptions.freeUse", count: days)
            return standing.renews ? text + " " + context.say("subscriptions.freeUse.renews") : text
        }
        constraints = standing.constraints.isEmpty ? nil : standing.constraints
        constraintsError = faults["confirmsConstraints"]
        self.agreements = agreements
        hasAgreements = !agreements.isEmpty
        agreementError = faults["agreements"]
    }
}

/// `templates/subscriptions/mine.mustache`
struct MySubscriptionsPage: Page {
    static let template = "subscriptions/mine"

    struct Row: Sendable {
        let name: String
        let title: String?
        let path: String
        let icon: String
        let badges: [Badge]
        let quota: String
        let since: Moment
        let action: String
        let mayCancel: Bool
        let mayRecover: Bool
    }

    let rows: [Row]
    let pager: Pager
}

extension MySubscriptionsPage.Row {
    init(_ mine: MySubscription, _ now: Date, _ context: GalleryContext) {
        let subscription = mine.subscription
        let left = subscription.daysLeft(at: now)
        name = mine.name.description
        title = mine.title.isEmpty ? nil : mine.title
        path = AssetAddress.path(mine.kind, mine.name)
        icon = AssetAddress.kinds.contains(mine.kind) ? mine.kind.rawValue : "file"
        var badges = [SubscriptionWords.badge(subscription, context)]
        if mine.listing == .delisted { badges.append(Badge(.delisted, context)) }
        self.badges = badges
        quota = left.map { context.say("subscriptions.left", count: $0) } ?? context.say("subscriptions.unlimited")
        since = context.formats.moment(subscription.since, now: now)
        action = "/my/subscriptions/\(PercentEncoding.encode(subscription.repo.rawValue))"
        mayCancel = subscription.state == .active
        mayRecover = subscription.state == .cancelled && left != 0
    }
}

/// The words for the states of subscriptions.
enum SubscriptionWords {
    static func badge(_ subscription: Subscription, _ context: GalleryContext) -> Badge {
        switch subscription.state {
        case .active: Badge(context.say("subscriptions.subscribed"), .positive, icon: "check")
        case .cancelled: Badge(context.say("subscriptions.is.cancelled"))
        case .expired: Badge(context.say("state.expired"), .warning)
        }
    }
}

/// Whether one subscribes, on the page of an asset: `templates/subscriptions/button.mustache`.
struct SubscriptionButton: Page {
    static let template = "subscriptions/button"

    let count: String
    /// Leads to what comes before subscribing; nil where nothing is to be done.
    let subscribePath: String?
    let badge: Badge?
    let left: String?
    let minePath: String?

    init(_ standing: SubscriptionStanding, of asset: Asset, now: Date, _ context: GalleryContext) {
        count = context.formats.count(standing.count)
        subscribePath = standing.maySubscribe ? asset.path + "/subscribe" : nil
        badge = standing.subscription.map { SubscriptionWords.badge($0, context) }
        left = standing.subscription?.daysLeft(at: now).map { context.say("subscriptions.left", count: $0) }
        minePath = standing.subscription == nil ? nil : "/my/subscriptions"
    }
}
