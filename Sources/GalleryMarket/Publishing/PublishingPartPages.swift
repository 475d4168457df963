import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import Hummingbird

/// What publishing, gating and subscriptions put on the pages of every asset.
struct PublishingPartPages: Sendable {
    let pages: Pages
    let publishing: Publishing
    let subscriptions: Subscriptions
    let versions: Versions
    let relations: Relations
    let applications: Applications
    let covers: Covers

    func add(to parts: inout AssetParts) {
        parts.badges.append { asset, request, context in
            try pages.html(BadgesPart(asset, context), request, context)
        }
        parts.actions.append { asset, request, context in
            let standing = try await subscriptions.standing(of: asset.id, by: context.viewer)
            guard standing.isOffered else { return "" }
            let button = SubscriptionButton(standing, of: asset, now: subscriptions.world.now(), context)
            return try pages.html(button, request, context)
        }
        parts.side.append { asset, request, context in
            let standing = try await publishing.standing(of: asset.id, by: context.viewer)
            guard standing.isKeeper || standing.isReviewer || standing.listing != .published else {
                return try await access(asset, request, context)
            }
            let state = PublishingState(standing, of: asset, sending: publishing.sending, context)
            return try pages.html(state, request, context)
        }
        parts.sideEnd.append(sideEnd)
    }

    /// For whom gated use is a question.
    private func access(_ asset: Asset, _ request: Request, _ context: GalleryContext) async throws -> String {
        guard asset.repository.gating != .off, !asset.may(.write) else { return "" }
        let own = try await applications.requests.own(for: asset.id, by: context.viewer)
        let state = own.flatMap { $0.isByHand && $0.state == .pending ? nil : $0.state }
        return try pages.html(AccessPart(state, of: asset, reason: own?.rejectionReason, context), request, context)
    }

    @Sendable private func sideEnd(
        _ asset: Asset,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> String {
        let standing = try await publishing.standing(of: asset.id, by: context.viewer)
        let related = try await relations.list(of: asset.id, by: context.viewer)
        let offered = try await versions.list(of: asset.id, by: context.viewer).filter { $0.state == .available }
        let part = try await AsidePart(
            asset: asset,
            standing: standing,
            related: related,
            versions: offered,
            cover: covers.name(of: asset.id),
            now: publishing.rules.world.now(),
            context
        )
        return try pages.html(part, request, context)
    }
}

/// `templates/publishing/badges.mustache`
struct BadgesPart: Page {
    static let template = "publishing/badges"

    let badges: [Badge]

    init(_ asset: Asset, _ context: GalleryContext) {
        let repository = asset.repository
        var badges: [Badge] = []
        if repository.listing != .published { badges.append(Badge(repository.listing, context)) }
        if repository.isOfficial {
            badges.append(Badge(context.say("publishing.mark.official"), .accent, icon: "shield"))
        }
        if repository.isFeatured { badges.append(Badge(context.say("publishing.mark.featured"), .accent)) }
        if repository.isCommercial { badges.append(Badge(context.say("publishing.mark.commercial"))) }
        self.badges = badges
    }
}

/// Whether the reader may use a gated asset: `templates/access/state.mustache`
struct AccessPart: Page {
    static let template = "access/state"

    let badge: Badge
    let sentence: String
    let reason: String?
    let applyPath: String?

    init(_ state: GrantState?, of asset: Asset, reason: String?, _ context: GalleryContext) {
        switch state {
        case .accepted:
            badge = Badge(context.say("state.granted"), .positive)
            sentence = context.say("access.is.granted")
        case .pending:
            badge = Badge(context.say("state.pending"), .accent)
            sentence = context.say("access.is.waiting")
        case .rejected:
            badge = Badge(context.say("state.refused"), .danger)
            sentence = context.say("access.is.rejected")
        case nil:
            badge = Badge(context.say("state.gated"), .warning, icon: "key")
            sentence = context.say("access.is.open")
        }
        self.reason = state == .rejected ? reason.flatMap { $0.isEmpty ? nil : $0 } : nil
        applyPath = state == nil || state == .rejected ? asset.path + "/apply" : nil
    }
}

/// Versions, relations, papers and plans beside the introduction: `templates/publishing/aside.mustache`
struct AsidePart: Page {
    static let template = "publishing/aside"

    struct Plan: Sendable {
        let name: String
        let quota: String
        let price: String
    }

    struct Link: Sendable {
        let text: String
        let path: String
        let note: String?
    }

    let cover: String?
    /// Of an algorithm: whether its code is open, and by which licence.
    let code: String?
    let versions: [Link]
    let hasVersions: Bool
    let related: [Link]
    let hasRelated: Bool
    let papers: [Paper]
    let hasPapers: Bool
    let plans: [Plan]
    let hasPlans: Bool

    init(
        asset: Asset,
        standing: PublishingStanding,
        related: [RelatedAsset],
        versions: [AssetVersion],
        cover: String?,
        now: Date,
        _ context: GalleryContext
    ) {
        self.cover = cover.map { Covers.path(asset.id, $0, .large) }
        code = PublishingTerms.of(asset.kind).hasCode ? Self.code(standing.publication, context) : nil
        self.versions = versions.prefix(3).map { version in
            Link(
                text: version.number,
                path: "\(asset.path)/tree/\(version.number)",
                note: context.formats.moment(version.createdAt, now: now).relative
            )
        }
        hasVersions = !versions.isEmpty
        self.related = related.prefix(5).map {
            Link(text: $0.name.description, path: AssetAddress.path($0.kind, $0.name), note: nil)
        }
        hasRelated = !related.isEmpty
        papers = standing.papers
        hasPapers = !papers.isEmpty
        plans = standing.plans.map { plan in
            Plan(
                name: plan.name,
                quota: Self.quota(plan, context),
                price: "\(plan.price / 100).\(String(plan.price % 100 + 100).suffix(2)) \(plan.currency)"
            )
        }
        hasPlans = !plans.isEmpty
    }

    private static func code(_ publication: Publication, _ context: GalleryContext) -> String {
        guard publication.isCodeOpen else { return context.say("publishing.code.closed") }
        let licence = publication.codeLicence
        let name = LicenseNames.name(of: licence, isChinese: context.words.language == .chinese)
        return context.say("publishing.code.open") + (licence.isEmpty ? "" : " · \(name)")
    }

    private static func quota(_ plan: AssetPlan, _ context: GalleryContext) -> String {
        switch plan.quota {
        case .days: context.say("publishing.quota.days", count: plan.amount)
        case .calls: context.say("publishing.quota.calls", count: plan.amount)
        case .hours: context.say("publishing.quota.hours", count: plan.amount)
        case .channels: context.say("publishing.quota.channels", count: plan.amount)
        }
    }
}
