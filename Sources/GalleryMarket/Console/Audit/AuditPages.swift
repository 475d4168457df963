import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/console/audit`: who did what, when and from where.
struct AuditPages: Sendable {
    let log: AuditLog
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/console/audit", use: show)
    }

    private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        let parameters = try request.query()
        let query = AuditLog.Query(parameters)
        let cursor = parameters["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        var fault: String?
        var found = AuditPage(entries: [], next: nil)
        do {
            found = try await log.entries(query, after: cursor, by: context.viewer)
        } catch let problem as Problem where problem.code == "day-invalid" {
            fault = context.say(problem)
        }
        let page = AuditLogPage(
            query,
            found,
            fault: fault,
            pager: try request.pager(next: found.next, isFirst: cursor == nil),
            now: log.world.now(),
            context
        )
        return try await pages.answer(
            page,
            title: context.say("audit.title"),
            status: fault == nil ? .ok : .badRequest,
            place: "/console",
            request,
            context
        )
    }
}

extension AuditLog.Query {
    /// What an address says.
    init(_ parameters: QueryParameters) {
        self.init()
        let text = { (name: String) in (parameters[name] ?? "").trimmed }
        person = text("person")
        action = text("action")
        subject = text("subject")
        from = text("from")
        until = text("until")
    }

    /// The same for an address, without a question mark.
    fileprivate var address: String {
        [("person", person), ("action", action), ("subject", subject), ("from", from), ("until", until)]
            .filter { !$0.1.isEmpty }.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    }
}

/// `templates/console/audit.mustache`
struct AuditLogPage: Page {
    static let template = "console/audit"

    let menu: [SideEntry]
    let person: String
    let subject: String
    let from: String
    let until: String
    let actions: [FormChoice]
    let fault: String?
    let isFiltered: Bool
    let entries: [AuditRow]
    let pager: Pager
    let exportPath: String

    init(
        _ query: AuditLog.Query,
        _ found: AuditPage,
        fault: String?,
        pager: Pager,
        now: Date,
        _ context: GalleryContext
    ) {
        menu = ConsoleMenu.entries("audit", context)
        person = query.person
        subject = query.subject
        // What is no day cannot stand in a field of days.
        from = fault == nil ? query.from : ""
        until = fault == nil ? query.until : ""
        let named = AuditActions.all.map { ($0, context.say("audit.action.\($0)")) }
        actions =
            [FormChoice("", context.say("audit.action.any"), isChosen: query.action.isEmpty)]
            + named.map { FormChoice($0.0, $0.1, isChosen: $0.0 == query.action) }
        self.fault = fault
        isFiltered = query != AuditLog.Query()
        entries = found.entries.map { AuditRow($0, now: now, context) }
        self.pager = pager
        exportPath = "/api/v1/console/audit.csv" + (query.address.isEmpty ? "" : "?\(query.address)")
    }
}

/// A line of the log, for `console/audit-row`.
struct AuditRow: Sendable {
    struct Detail: Sendable {
        let name: String
        let value: String
    }

    let actor: String
    let actorPath: String?
    let action: String
    let subject: String?
    let path: String?
    let details: [Detail]
    let address: String?
    let agent: String?
    let request: String?
    let at: Moment

    init(_ named: NamedAuditEntry, now: Date, _ context: GalleryContext) {
        let entry = named.entry
        actor = named.actor ?? context.say("audit.terminal")
        actorPath = named.actor.map { "/console/people/\(PercentEncoding.encode($0))" }
        let words = context.say("audit.action.\(entry.action)")
        action = words.hasPrefix("audit.action.") ? entry.action : words
        subject = named.subject
        path = named.path
        details = entry.details.sorted { $0.key < $1.key }
            .filter { !$0.value.isEmpty && !($0.key == "name" && $0.value == named.subject) }
            .map { key, value in
                let name = context.say("audit.detail.\(key)")
                return Detail(
                    name: name.hasPrefix("audit.detail.") ? key : name,
                    value: named.names[value] ?? value
                )
            }
        address = entry.address.isEmpty ? nil : entry.address
        agent = entry.agent.isEmpty ? nil : entry.agent
        request = entry.request.isEmpty ? nil : entry.request
        at = context.formats.moment(entry.at, now: now)
    }
}
