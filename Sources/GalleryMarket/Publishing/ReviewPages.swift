import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/review`: what waits, and the decision on one thing.
struct ReviewPages: Sendable {
    let pages: Pages
    let publishing: Publishing
    let versions: Versions

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/review", use: queue)
        router.get("/review/:id") { request, context in try await show(.none, request, context) }
        router.post("/review/:id", use: decide)
    }

    @Sendable private func queue(_ request: Request, context: GalleryContext) async throws -> Response {
        let cursor = try request.query()["after"]
        let page = try await publishing.queue(after: cursor, by: context.viewer)
        let now = publishing.rules.world.now()
        let shown = ReviewQueuePage(
            rows: page.items.map { ReviewRow($0, now, context) },
            pager: Pager(
                first: cursor == nil ? nil : "/review",
                next: page.next.map { "/review?after=\(PercentEncoding.encode($0))" }
            )
        )
        return try await pages.answer(shown, title: context.say("review.title"), request, context)
    }

    private func show(_ faults: FormFaults, _ request: Request, _ context: GalleryContext) async throws -> Response {
        let repo = RepoID(try context.segment("id"))
        let page = try await publishing.queue(limit: 200, by: context.viewer)
        let version = try request.query()["version"] ?? ""
        guard let item = page.items.first(where: { $0.repo == repo && (version.isEmpty || $0.version == version) })
        else {
            throw PublishingError.nothingToReview
        }
        let now = publishing.rules.world.now()
        let shown = ReviewDecisionPage(
            row: ReviewRow(item, now, context),
            findings: try await publishing.findings(in: repo, by: context.viewer),
            events: try await publishing.history(of: repo, by: context.viewer).map { .init($0, now, context) },
            faults,
            context
        )
        return try await pages.answer(
            shown,
            title: context.say("review.title"),
            status: .ofForm(request),
            place: "/review",
            request,
            context
        )
    }

    @Sendable private func decide(_ request: Request, context: GalleryContext) async throws -> Response {
        let fields = try await pages.form(request, context)
        let repo = RepoID(try context.segment("id"))
        let approve = fields["decision"] == "approve"
        let (reason, revision) = (fields["reason"] ?? "", fields["revision"] ?? "")
        do {
            if let version = fields["version"], !version.isEmpty {
                _ = try await versions.decide(
                    version,
                    approve: approve,
                    reason: reason,
                    seen: revision,
                    of: repo,
                    by: context.viewer
                )
            } else {
                _ = try await publishing.decide(
                    repo,
                    approve: approve,
                    reason: reason,
                    seen: revision,
                    by: context.viewer
                )
            }
        } catch let error as any DomainError {
            let isChange = error as? PublishingError == .formChanged
            guard isChange || error.problem.kind != .conflict, let faults = FormFaults(error, context) else {
                throw error
            }
            return try await show(faults, request, context)
        }
        let flash = approve ? context.say("review.approved") : context.say("review.rejected")
        return pages.redirect(to: "/review", flash: flash, request, context)
    }
}

/// A line of the queue.
struct ReviewRow: Sendable {
    let name: String
    let title: String?
    let description: String
    let icon: String
    let version: String?
    let path: String
    let assetPath: String
    let filesPath: String
    let revision: String
    let submitter: String?
    let at: Moment
    let facts: [Fact]

    init(_ item: ReviewItem, _ now: Date, _ context: GalleryContext) {
        name = item.name.description
        title = item.title.isEmpty ? nil : item.title
        description = item.description
        icon = item.kind.rawValue
        version = item.version.isEmpty ? nil : item.version
        let query = item.version.isEmpty ? "" : "?version=\(item.version)"
        path = "/review/\(PercentEncoding.encode(item.repo.rawValue))\(query)"
        assetPath = AssetAddress.path(item.kind, item.name)
        filesPath = assetPath + "/tree/main"
        revision = item.revision
        submitter = item.submitterName
        at = context.formats.moment(item.submittedAt, now: now)
        let visibilities: [Visibility: String] = [
            .everyone: context.say("publishing.visibility.everyone"),
            .named: context.say("publishing.visibility.named"), .owner: context.say("publishing.visibility.owner"),
        ]
        facts = [
            (context.say("publishing.field.visibility"), visibilities[item.visibility] ?? ""),
            (context.say("publishing.field.licence"), item.licence), (context.say("publishing.field.task"), item.task),
        ].filter { !$0.1.isEmpty }.map { Fact($0.0, $0.1) }
    }
}

/// `templates/reviews/queue.mustache`
struct ReviewQueuePage: Page {
    static let template = "reviews/queue"

    let rows: [ReviewRow]
    let pager: Pager
}

/// `templates/reviews/review.mustache`
struct ReviewDecisionPage: Page {
    static let template = "reviews/review"

    let row: ReviewRow
    let findings: [String]
    let hasFindings: Bool
    let events: [AssetSettingsPage.Event]
    let general: String?
    let reason: EntryField

    init(
        row: ReviewRow,
        findings: [String],
        events: [AssetSettingsPage.Event],
        _ faults: FormFaults,
        _ context: GalleryContext
    ) {
        self.row = row
        self.findings = findings
        hasFindings = !findings.isEmpty
        self.events = events
        reason = EntryField("reason", context.say("review.reason"), "", maximum: 500, faults)
        general = faults.general
    }
}
