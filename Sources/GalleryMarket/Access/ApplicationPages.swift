import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// Applying for gated use, and deciding on applications.
struct ApplicationPages: Sendable {
    let site: AssetPages
    let applications: Applications
    let agreements: Agreements

    func add(to router: some RouterMethods<GalleryContext>) {
        site.get("/apply", router) { request, context, asset in
            try await form(asset, ApplicationPage.Entry(), .none, request, context)
        }
        site.post("/apply", router, use: apply)
        site.get("/settings/access", router) { request, context, asset in
            try await list(asset, named: "", .none, request, context)
        }
        site.post("/settings/access", router, use: decide)
    }

    private func apply(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        let fields = try await site.pages.form(request, context)
        let entry = ApplicationPage.Entry(name: fields["name"] ?? "", reason: fields["reason"] ?? "")
        do {
            let state = try await applications.apply(
                for: asset.id,
                name: entry.name,
                reason: entry.reason,
                accepting: AgreementKind.all(fields.values("accept")),
                by: context.viewer
            )
            let flash = state == .accepted ? context.say("access.granted") : context.say("access.sent")
            return site.pages.redirect(to: asset.path, flash: flash, request, context)
        } catch let error as any DomainError {
            guard let faults = FormFaults(error, context) else { throw error }
            return try await form(asset, entry, faults, request, context)
        }
    }

    private func form(
        _ asset: Asset,
        _ entry: ApplicationPage.Entry,
        _ faults: FormFaults,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let account = try context.viewer.mustBeSignedIn()
        let own = try await applications.requests.own(for: asset.id, by: context.viewer)
        let page = ApplicationPage(
            head: try await site.head(of: asset, .introduction, request, context),
            asset: asset,
            own: own,
            entry: entry.name.isEmpty ? ApplicationPage.Entry(name: account.name, reason: entry.reason) : entry,
            agreements: try await agreements.current(for: .applying).map {
                AgreementBox($0, context)
            },
            faults: faults,
            context
        )
        return try await site.answer(
            page,
            of: asset,
            title: context.say("access.title"),
            status: .ofForm(request),
            request,
            context
        )
    }

    private func list(
        _ asset: Asset,
        named: String,
        _ faults: FormFaults,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let query = try request.query()
        let state = query["state"].flatMap(GrantState.init) ?? .pending
        let cursor = query["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        let found = try await applications.list(of: asset.id, state, after: cursor, by: context.viewer)
        let page = AccessPage(
            head: try await site.head(of: asset, .settings, request, context),
            asset: asset,
            state: state,
            entries: found.applications,
            isFirst: cursor == nil,
            next: found.next,
            named: named,
            faults: faults,
            now: applications.requests.now,
            context
        )
        return try await site.answer(
            page,
            of: asset,
            title: context.say("access.list"),
            status: .ofForm(request),
            request,
            context
        )
    }

    private func decide(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        let fields = try await site.pages.form(request, context)
        let named = fields["users"] ?? ""
        do {
            if let state = fields["state"].flatMap(GrantState.init), let user = fields["user"] {
                try await applications.decide(
                    user,
                    state,
                    reason: fields["reason"] ?? "",
                    of: asset.id,
                    by: context.viewer
                )
            } else {
                try await applications.letIn(
                    PublishingFormPages.names(named),
                    to: asset.id,
                    by: context.viewer
                )
            }
        } catch let error as any DomainError {
            guard let faults = FormFaults(error, context) else { throw error }
            return try await list(asset, named: named, faults, request, context)
        }
        let back = fields["from"].flatMap(GrantState.init) ?? .pending
        return site.pages.redirect(
            to: "\(asset.path)/settings/access?state=\(back.rawValue)",
            flash: context.say("access.decided"),
            request,
            context
        )
    }
}

/// `templates/access/apply.mustache`
struct ApplicationPage: Page {
    static let template = "access/apply"

    struct Entry: Sendable {
        var name = ""
        var reason = ""
    }

    let head: AssetHead
    let action: String
    let back: String
    let isOpen: Bool
    let isWaiting: Bool
    let isGranted: Bool
    let rejection: String?
    let wasRejected: Bool
    let general: String?
    let name: EntryField
    let reason: EntryField
    let agreements: [AgreementBox]
    let hasAgreements: Bool
    let agreementError: String?

    init(
        head: AssetHead,
        asset: Asset,
        own: AccessRequest?,
        entry: Entry,
        agreements: [AgreementBox],
        faults: FormFaults,
        _ context: GalleryContext
    ) {
        self.head = head
        action = asset.path + "/apply"
        back = asset.path
        isGranted = own?.state == .accepted || asset.repository.gating == .off || asset.may(.write)
        isWaiting = own?.state == .pending && own?.isByHand == false && !isGranted
        isOpen = !isGranted && !isWaiting
        wasRejected = own?.state == .rejected
        rejection = (own?.rejectionReason).flatMap { $0.isEmpty ? nil : $0 }
        general = faults.general
        name = EntryField("name", context.say("access.field.name"), entry.name, maximum: 60, faults)
        reason = EntryField(
            "reason",
            context.say("access.field.reason"),
            entry.reason,
            hint: context.say("access.field.reason.hint"),
            maximum: 1000,
            faults
        )
        self.agreements = agreements
        hasAgreements = !agreements.isEmpty
        agreementError = faults["agreements"]
    }
}

/// `templates/access/list.mustache`
struct AccessPage: Page {
    static let template = "access/list"

    struct Row: Sendable {
        let user: String
        let nickname: String
        let avatar: String
        let path: String
        let applicant: String?
        let reason: String?
        let rejection: String?
        let isByHand: Bool
        let at: Moment
        let mayGrant: Bool
        let mayReject: Bool
        let mayRevoke: Bool
        let dialog: String
    }

    let head: AssetHead
    let base: String
    let action: String
    let from: String
    let tabs: [Tab]
    let rows: [Row]
    let general: String?
    let reasonError: String?
    let named: EntryField
    let pager: Pager

    init(
        head: AssetHead,
        asset: Asset,
        state: GrantState,
        entries: [AccessRequestEntry],
        isFirst: Bool,
        next: String?,
        named: String,
        faults: FormFaults,
        now: Date,
        _ context: GalleryContext
    ) {
        self.head = head
        base = asset.path
        action = asset.path + "/settings/access"
        from = state.rawValue
        let words: [(GrantState, String)] = [
            (.pending, context.say("state.pending")), (.accepted, context.say("state.granted")),
            (.rejected, context.say("state.refused")),
        ]
        let action = action
        tabs = words.map { Tab($1, "\(action)?state=\($0.rawValue)", isCurrent: $0 == state) }
        rows = entries.enumerated().map { Row($0.element, number: $0.offset, now, context) }
        general = faults.general
        reasonError = faults["reason"]
        self.named = EntryField(
            "users",
            context.say("access.add"),
            named,
            hint: context.say("publishing.field.people.hint"),
            faults
        )
        pager = Pager(
            first: isFirst ? nil : "\(action)?state=\(state.rawValue)",
            next: next.map { "\(action)?state=\(state.rawValue)&cursor=\(PercentEncoding.encode($0))" }
        )
    }
}

extension AccessPage.Row {
    init(_ entry: AccessRequestEntry, number: Int, _ now: Date, _ context: GalleryContext) {
        let (request, account) = (entry.request, entry.account)
        let fields = (try? JSONDecoder().decode([String: String].self, from: Data(request.fieldsJSON.utf8))) ?? [:]
        user = account.name
        nickname = account.nickname
        avatar = account.avatarPath
        path = "/\(PercentEncoding.encode(account.name))"
        applicant = fields["name"]
        let others = fields.filter { $0.key != "name" }.sorted { $0.key < $1.key }
        let text = others.map { $0.key == "reason" ? $0.value : "\($0.key): \($0.value)" }.joined(separator: "\n")
        reason = text.isEmpty ? nil : text
        rejection = request.rejectionReason.isEmpty ? nil : request.rejectionReason
        isByHand = request.isByHand
        at = context.formats.moment(request.createdAt, now: now)
        mayGrant = request.state != .accepted
        mayReject = request.state == .pending
        mayRevoke = request.state != .pending
        dialog = "reject-\(number)"
    }
}
