import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/my/subscriptions`: what one subscribes to, with what is left of it.
struct MySubscriptionPages: Sendable {
    let subscriptions: Subscriptions
    let mine: MyGallery
    let world: World
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/my/subscriptions", use: show)
        router.post("/my/subscriptions", use: change)
    }

    private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        let query = try request.query()
        let kind = RepoKind(rawValue: query["kind"] ?? "")
        let cursor = query["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        let found = try await subscriptions.mine(kind: kind, before: cursor, limit: 30, by: context.viewer)
        let counts = try await mine.counts(by: context.viewer)
        let now = world.now()
        let page = MySubscriptionsPage(
            menu: MyMenu.entries("subscriptions", counts, context),
            kinds: [FormChoice("", context.say("my.kind.all"), isChosen: kind == nil)]
                + MyMenu.kinds.map { FormChoice($0.rawValue, context.say("my.\($0.plural)"), isChosen: $0 == kind) },
            isFiltered: kind != nil,
            subscriptions: found.items.map { .init($0, now: now, context) },
            pager: try request.pager(next: found.next, isFirst: cursor == nil)
        )
        return try await pages.answer(page, title: context.say("my.subscriptions"), request, context)
    }

    private func change(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        let repo = RepoID(form["repo"] ?? "")
        let key: String
        do {
            switch form["action"] {
            case "cancel":
                _ = try await subscriptions.cancel(repo, by: context.viewer)
                key = "my.subscriptions.cancelled"
            case "renew":
                _ = try await subscriptions.renew(repo, by: context.viewer)
                key = "my.subscriptions.renewed"
            default:
                _ = try await subscriptions.recover(repo, by: context.viewer)
                key = "my.subscriptions.recovered"
            }
        } catch let error as SubscriptionError {
            let flash = context.say(error.problem)
            return pages.redirect(to: "/my/subscriptions", flash: flash, tone: .danger, request, context)
        }
        return pages.redirect(to: "/my/subscriptions", flash: context.say(key), request, context)
    }
}

/// `/my/subscriptions`
struct MySubscriptionsPage: Page {
    static let template = "my/subscriptions"

    struct Entry {
        let repo: String
        let name: String
        let title: String?
        let path: String
        let icon: String
        let state: Badge
        /// Shown where the asset itself is not published any more.
        let listing: Badge?
        let left: String
        let since: Moment
        let isActive: Bool
        let isCancelled: Bool
        let isExpired: Bool

        init(_ entry: MySubscription, now: Date, _ context: GalleryContext) {
            let subscription = entry.subscription
            repo = subscription.repo.rawValue
            name = entry.name.description
            title = entry.title.isEmpty ? nil : entry.title
            path = "/\(entry.kind.pathPrefix)\(entry.name)"
            icon = MyMenu.kinds.contains(entry.kind) ? entry.kind.rawValue : "file"
            state = Self.badge(subscription.state, context)
            listing = entry.listing == .published ? nil : StateBadge(entry.listing).badge(context.words)
            left =
                subscription.daysLeft(at: now).map { context.say("my.subscriptions.left", count: $0) }
                ?? context.say("my.subscriptions.unlimited")
            since = context.formats.moment(subscription.since, now: now)
            isActive = subscription.state == .active
            isCancelled = subscription.state == .cancelled
            isExpired = subscription.state == .expired
        }

        private static func badge(_ state: Subscription.State, _ context: GalleryContext) -> Badge {
            switch state {
            case .active: Badge(context.say("my.subscriptions.active"), .positive, icon: "check")
            case .cancelled: Badge(context.say("my.subscriptions.left.state"))
            case .expired: StateBadge.expired.badge(context.words)
            }
        }
    }

    let menu: [SideEntry]
    let kinds: [FormChoice]
    let isFiltered: Bool
    let subscriptions: [Entry]
    let pager: Pager
}
