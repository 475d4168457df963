import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/console/agreements`: the texts that people accept, kept by administrators.
struct AgreementKeepingPages: Sendable {
    let agreements: Agreements
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/console/agreements", use: list)
        router.get("/console/agreements/:agreement") { request, context in
            try await show(AgreementForm(), request, context)
        }
        router.post("/console/agreements/:agreement", use: publish)
    }

    @Sendable private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        try Administrators.demand(context.viewer)
        var rows: [AgreementListPage.Row] = []
        for kind in AgreementKind.allCases {
            let editions = try await agreements.editions(of: kind, by: context.viewer)
            rows += AgreementListPage.Row(kind, editions, agreements.world.now(), context).map { [$0] } ?? []
        }
        let page = AgreementListPage(menu: ConsoleMenu.entries("agreements", context), rows: rows)
        return try await pages.answer(page, title: context.say("agreements.keeping"), request, context)
    }

    @Sendable private func publish(_ request: Request, context: GalleryContext) async throws -> Response {
        let fields = try await pages.form(request, context)
        var form = AgreementForm(fields)
        do {
            let kind = try kind(context)
            let chinese = Agreement.Text(title: form.chineseTitle.trimmed, body: form.chineseBody.trimmed)
            let english = Agreement.Text(title: form.englishTitle.trimmed, body: form.englishBody.trimmed)
            let present = try await agreements.agreement(kind)
            guard chinese != present.chinese || english != present.english else { throw AgreementError.unchanged }
            let made = try await agreements.edit(kind, chinese: chinese, english: english, by: context.viewer)
            return pages.redirect(
                to: "/console/agreements/\(kind.rawValue)",
                flash: context.say("agreements.published", ["version": String(made.version)]),
                request,
                context
            )
        } catch let error as AgreementError where error == .badText || error == .unchanged {
            form.error = context.say(error.problem)
            return try await show(form, status: .unprocessableContent, request, context)
        }
    }

    private func kind(_ context: GalleryContext) throws -> AgreementKind {
        guard let kind = AgreementKind(rawValue: try context.segment("agreement")) else {
            throw Problem(.missing, "agreement-unknown", "There is no such agreement.")
        }
        return kind
    }

    private func show(
        _ form: AgreementForm,
        status: HTTPResponse.Status = .ok,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        try Administrators.demand(context.viewer)
        let (kind, query) = (try kind(context), try request.query())
        let version = try query.integer("version", in: 1...1_000_000)
        let editions = try await agreements.editions(of: kind, by: context.viewer)
        let found = try await agreements.acceptances(
            of: kind,
            version: version,
            after: query["cursor"],
            by: context.viewer
        )
        guard let current = editions.first?.agreement else { throw AgreementError.unknownVersion(kind, 1) }
        let page = AgreementKeepingPage(
            current: current,
            editions: editions,
            version: version ?? current.version,
            acceptances: found.acceptances,
            next: found.next,
            form: form.isEmpty ? AgreementForm(current) : form,
            now: agreements.world.now(),
            context
        )
        return try await pages.answer(page, title: page.heading, status: status, request, context)
    }
}

/// What is typed for a new version.
struct AgreementForm: Sendable {
    var chineseTitle = ""
    var chineseBody = ""
    var englishTitle = ""
    var englishBody = ""
    var error: String?

    init() {}

    init(_ fields: QueryParameters) {
        let text = { (name: String) in (fields[name] ?? "").replacing("\r\n", with: "\n") }
        (chineseTitle, chineseBody) = (text("chineseTitle"), text("chineseBody"))
        (englishTitle, englishBody) = (text("englishTitle"), text("englishBody"))
    }

    init(_ agreement: Agreement) {
        (chineseTitle, chineseBody) = (agreement.chinese.title, agreement.chinese.body)
        (englishTitle, englishBody) = (agreement.english.title, agreement.english.body)
    }

    var isEmpty: Bool { error == nil && chineseTitle.isEmpty && englishTitle.isEmpty }
}

/// `templates/console/agreements.mustache`
struct AgreementListPage: Page {
    static let template = "console/agreements"

    struct Row: Sendable {
        let title: String
        let path: String
        let asked: String
        let version: String
        let since: Moment?
        let accepted: String
        let again: String?

        init?(_ kind: AgreementKind, _ editions: [AgreementEdition], _ now: Date, _ context: GalleryContext) {
            guard let current = editions.first else { return nil }
            title = current.agreement.text(in: context.language.tag).title
            path = "/console/agreements/\(kind.rawValue)"
            asked = context.say("agreements.asked.\(kind.rawValue)")
            version = context.say("agreements.version", ["version": String(current.agreement.version)])
            let date = current.agreement.createdAt
            since = date.timeIntervalSince1970 == 0 ? nil : context.formats.moment(date, now: now)
            accepted = context.say("agreements.accepted", count: current.acceptances)
            let waiting = editions.dropFirst().first?.mustAcceptAgain ?? 0
            again = waiting == 0 ? nil : context.say("agreements.again", count: waiting)
        }
    }

    let menu: [SideEntry]
    let rows: [Row]
}

/// `templates/console/agreement.mustache`
struct AgreementKeepingPage: Page {
    static let template = "console/agreement"

    struct Edition: Sendable {
        let text: String
        let readPath: String
        let path: String
        let since: Moment?
        let isCurrent: Bool
        let isShown: Bool
        let accepted: String
        let again: String?
    }

    struct Acceptance: Sendable {
        let name: String
        let nickname: String?
        let path: String
        let time: Moment
    }

    let menu: [SideEntry]
    let crumbs: [Crumb]
    let heading: String
    let action: String
    let form: AgreementForm
    let isOpen: Bool
    let editions: [Edition]
    let shown: String
    let acceptances: [Acceptance]
    let hasAcceptances: Bool
    let pager: Pager?

    init(
        current: Agreement,
        editions: [AgreementEdition],
        version: Int,
        acceptances: [AgreementAcceptance],
        next: String?,
        form: AgreementForm,
        now: Date,
        _ context: GalleryContext
    ) {
        let base = "/console/agreements/\(current.kind.rawValue)"
        menu = ConsoleMenu.entries("agreements", context)
        heading = current.text(in: context.language.tag).title
        crumbs = [Crumb(context.say("agreements.keeping"), "/console/agreements"), Crumb(heading)]
        action = base
        self.form = form
        isOpen = form.error != nil
        self.editions = editions.map { edition in
            let (number, date) = (edition.agreement.version, edition.agreement.createdAt)
            return Edition(
                text: context.say("agreements.version", ["version": String(number)]),
                readPath: "/agreements/\(current.kind.rawValue)?version=\(number)",
                path: "\(base)?version=\(number)#acceptances",
                since: date.timeIntervalSince1970 == 0 ? nil : context.formats.moment(date, now: now),
                isCurrent: number == current.version,
                isShown: number == version,
                accepted: context.say("agreements.accepted", count: edition.acceptances),
                again: edition.mustAcceptAgain == 0
                    ? nil : context.say("agreements.again", count: edition.mustAcceptAgain)
            )
        }
        shown = context.say("agreements.acceptances", ["version": String(version)])
        self.acceptances = acceptances.map {
            Acceptance(
                name: $0.name,
                nickname: $0.nickname == $0.name ? nil : $0.nickname,
                path: "/\($0.name)",
                time: context.formats.moment($0.acceptedAt, now: now)
            )
        }
        hasAcceptances = !acceptances.isEmpty
        pager = next.map { Pager(first: nil, next: "\(base)?version=\(version)&cursor=\(PercentEncoding.encode($0))") }
    }
}
