import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// Subscribing on the page of an asset.
struct SubscriptionPages: Sendable {
    let site: AssetPages
    let subscriptions: Subscriptions
    let agreements: Agreements

    func add(to router: some RouterMethods<GalleryContext>) {
        site.get("/subscribe", router) { request, context, asset in
            try await answer(asset, .none, request, context)
        }
        site.post("/subscribe", router, use: subscribe)
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
        let texts = standing.agreements.isEmpty ? [] : try await agreements.current(for: .subscribing)
        let page = SubscribePage(
            head: try await site.head(of: asset, .introduction, request, context),
            asset: asset,
            standing: standing,
            agreements: texts.map { AgreementBox($0, context) },
            faults: faults,
            context
        )
        return try await site.answer(
            page,
            of: asset,
            title: context.say("subscriptions.subscribe"),
            status: .ofForm(request),
            request,
            context
        )
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
        isSubscribed = standing.subscription != nil && !standing.maySubscribe
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
