import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/OWNER/NAME/settings`: all that an asset's keepers decide about it, and the steps of publishing.
struct AssetSettingsPages: Sendable {
    let site: AssetPages
    let publishing: Publishing
    let covers: Covers

    func add(to router: some RouterMethods<GalleryContext>) {
        site.get("/settings", router, use: show)
        site.post("/settings/cover", router, use: setCover)
        site.post("/publishing", router, use: step)
        site.post("/settings/marks", router, use: mark)
        site.post("/settings/papers", router, use: setPapers)
        site.post("/settings/deletion", router, use: delete)
    }

    private func show(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        try await answer(asset, .none, request, context)
    }

    private func step(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        let fields = try await site.pages.form(request, context)
        guard let action = fields["action"].flatMap(PublishingAction.init) else {
            throw Problem.invalid("action-unknown", "There is no such step.")
        }
        let standing = try await publishing.take(
            action,
            of: asset.id,
            reason: fields["reason"] ?? "",
            by: context.viewer
        )
        let words: [PublishingAction: String] = [
            .withdraw: context.say("publishing.withdrawn"), .delist: context.say("publishing.delisted"),
            .list: context.say("publishing.published"),
        ]
        let path = standing.isKeeper ? asset.path : "/"
        return site.pages.redirect(to: path, flash: words[action], request, context)
    }

    private func mark(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        let fields = try await site.pages.form(request, context)
        _ = try await publishing.mark(
            asset.id,
            isOfficial: fields["isOfficial"] != nil,
            isFeatured: fields["isFeatured"] != nil,
            by: context.viewer
        )
        return site.pages.redirect(
            to: asset.path + "/settings",
            flash: context.say("publishing.saved"),
            request,
            context
        )
    }

    private func setPapers(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        let fields = try await site.pages.form(request, context)
        let papers = zip(fields.values("paperTitle"), fields.values("paperLink")).map {
            Paper(title: $0, link: $1.trimmed)
        }
        .filter { !$0.title.trimmed.isEmpty || !$0.link.isEmpty }
        do {
            try await publishing.setPapers(papers, of: asset.id, by: context.viewer)
        } catch let error as any DomainError {
            guard let faults = FormFaults(error, context) else { throw error }
            return try await answer(asset, papers: papers, faults, request, context)
        }
        return site.pages.redirect(
            to: asset.path + "/settings",
            flash: context.say("publishing.saved"),
            request,
            context
        )
    }

    private func setCover(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        let form = try await request.multipartForm()
        do {
            if form["action"] == "remove" {
                try await covers.remove(of: asset.id, by: context.viewer)
            } else {
                guard let file = form.file("picture") else { throw PictureError.unreadable }
                _ = try await covers.replace(
                    of: asset.id,
                    with: Array(file.bytes.readableBytesView),
                    by: context.viewer
                )
            }
        } catch let error as PictureError {
            guard let faults = FormFaults(error, context) else { throw error }
            return try await answer(asset, faults, request, context)
        }
        return site.pages.redirect(
            to: asset.path + "/settings",
            flash: context.say("publishing.saved"),
            request,
            context
        )
    }

    private func delete(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        let fields = try await site.pages.form(request, context)
        do {
            try await publishing.delete(asset.id, confirming: fields["confirm"] ?? "", by: context.viewer)
        } catch let error as any DomainError {
            guard let faults = FormFaults(error, context) else { throw error }
            return try await answer(asset, faults, request, context)
        }
        return site.pages.redirect(
            to: "/",
            flash: context.say("publishing.deleted", ["name": asset.name.description]),
            request,
            context
        )
    }

    private func answer(
        _ asset: Asset,
        papers: [Paper]? = nil,
        _ faults: FormFaults,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let history = try await publishing.history(of: asset.id, limit: 20, by: context.viewer)
        let standing = try await publishing.standing(of: asset.id, by: context.viewer)
        let form = try await publishing.form(of: asset.id, by: context.viewer)
        let page = AssetSettingsPage(
            head: try await site.head(of: asset, .settings, request, context),
            asset: asset,
            standing: standing,
            form: form,
            papers: papers ?? standing.papers,
            cover: try await covers.name(of: asset.id),
            history: history,
            now: publishing.rules.world.now(),
            sending: publishing.sending,
            faults: faults,
            context
        )
        return try await site.answer(
            page,
            of: asset,
            title: context.say("publishing.settings"),
            status: .ofForm(request),
            request,
            context
        )
    }
}

/// `templates/publishing/settings.mustache`
struct AssetSettingsPage: Page {
    static let template = "publishing/settings"

    struct PaperRow: Sendable {
        let number: String
        let title: String
        let link: String
    }

    struct Event: Sendable {
        let text: String
        let tone: String
        let actor: String?
        let reason: String?
        let at: Moment
    }

    let head: AssetHead
    let state: PublishingState
    let base: String
    let general: String?
    let facts: [Fact]
    let isGated: Bool
    let hasVersions: Bool
    let cover: String?
    let papers: [PaperRow]
    let papersError: String?
    let isAdministrator: Bool
    let isOfficial: Bool
    let isFeatured: Bool
    let events: [Event]
    let hasEvents: Bool
    let fullName: String
    let hasSubscribers: Bool
    let subscribers: String

    init(
        head: AssetHead,
        asset: Asset,
        standing: PublishingStanding,
        form: PublishingForm,
        papers: [Paper],
        cover: String?,
        history: [PublicationEvent],
        now: Date,
        sending: PublishingAction,
        faults: FormFaults,
        _ context: GalleryContext
    ) {
        self.head = head
        state = PublishingState(standing, of: asset, sending: sending, context)
        base = asset.path
        general = faults.general
        facts = Self.facts(form, context)
        isGated = form.isGated
        hasVersions = PublishingTerms.of(asset.kind).hasVersions
        self.cover = cover.map { Covers.path(asset.id, $0, .small) }
        let filled = papers.prefix(50).map { ($0.title, $0.link) }
        self.papers = (filled + [("", "")]).enumerated().map {
            PaperRow(number: String($0 + 1), title: $1.0, link: $1.1)
        }
        papersError = faults["papers"]
        isAdministrator = context.viewer.account?.role == .admin
        isOfficial = asset.repository.isOfficial
        isFeatured = asset.repository.isFeatured
        events = history.map { Event($0, now, context) }
        hasEvents = !events.isEmpty
        fullName = asset.name.description
        hasSubscribers = asset.repository.subscriptions > 0
        subscribers = context.say("publishing.delete.subscribers", count: asset.repository.subscriptions)
    }

    private static func facts(_ form: PublishingForm, _ context: GalleryContext) -> [Fact] {
        let visibilities: [Visibility: String] = [
            .everyone: context.say("publishing.visibility.everyone"),
            .named: context.say("publishing.visibility.named") + " · " + form.named.prefix(20).joined(separator: ", "),
            .owner: context.say("publishing.visibility.owner"),
        ]
        let none = context.say("publishing.none")
        var facts = [
            Fact(context.say("publishing.field.visibility"), visibilities[form.visibility] ?? ""),
            Fact(context.say("publishing.field.description"), form.description.isEmpty ? none : form.description),
            Fact(context.say("publishing.field.licence"), form.licence.isEmpty ? none : form.licence),
            Fact(
                context.say("publishing.section.gating"),
                form.isGated ? context.say("publishing.yes") : context.say("publishing.no")
            ),
        ]
        if let days = form.freeUseDays {
            let value = context.say("publishing.days", count: days)
            facts.append(
                Fact(
                    context.say("publishing.field.freeUse"),
                    form.renews ? value + " · " + context.say("publishing.renews") : value
                )
            )
        }
        return facts
    }
}

extension AssetSettingsPage.Event {
    init(_ event: PublicationEvent, _ now: Date, _ context: GalleryContext) {
        let words: [String: (String, String)] = [
            "send": (context.say("publishing.event.send"), "accent"),
            "publish": (context.say("publishing.event.publish"), "positive"),
            "withdraw": (context.say("publishing.event.withdraw"), "neutral"),
            "approve": (context.say("publishing.event.approve"), "positive"),
            "reject": (context.say("publishing.event.reject"), "danger"),
            "delist": (context.say("publishing.event.delist"), "warning"),
            "list": (context.say("publishing.event.list"), "positive"),
            "add": (context.say("publishing.event.add"), "positive"),
            "take-offline": (context.say("publishing.event.takeOffline"), "warning"),
        ]
        let (text, tone) = words[event.action] ?? (event.action, "neutral")
        self.text = event.version.isEmpty ? text : "\(text) · \(event.version)"
        self.tone = tone
        actor = event.actorName
        reason = event.reason.isEmpty ? nil : event.reason
        at = context.formats.moment(event.at, now: now)
    }
}
