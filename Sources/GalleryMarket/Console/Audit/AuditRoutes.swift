import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `/api/v1/console/audit`
struct AuditRoutes: Sendable {
    private static let query: [APIParameter] = [
        .text("person", "Who did it, by name or account ID; `-` for what was done at the terminal."),
        .text("action", "What was done, as in `account.set-role`."),
        .text("subject", "To what: the name of an asset or account, or an id."),
        .text("from", "The first day, as in 2026-11-22."), .text("until", "The last day."),
    ]

    let log: AuditLog

    func add(to api: APIRoutes) {
        api.get(
            "console/audit",
            "Read the audit log, the latest first",
            for: .administrators,
            query: Self.query + APIParameter.paging,
            answers: APIPage<NamedAuditEntryBody>.self
        ) { call in
            let (cursor, limit) = try call.paging(standard: 50, maximum: 200)
            let page = try await log.entries(
                AuditLog.Query(call.query()),
                after: cursor,
                limit: limit,
                by: call.viewer
            )
            return APIPage(items: page.entries.map(NamedAuditEntryBody.init), next: page.next)
        }
        api.raw(
            .get,
            "console/audit.csv",
            "Export the audit log as a table",
            for: .administrators,
            query: Self.query,
            answer: .string(),
            answerTypes: ["text/csv"]
        ) { request, context in
            let pieces = try await log.export(AuditLog.Query(request.query()), by: context.viewer)
            let headers: HTTPFields = [
                .contentType: "text/csv; charset=utf-8",
                .contentDisposition: "attachment; filename=\"audit-\(log.world.now().wire.prefix(10)).csv\"",
                .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            ]
            let body = ResponseBody { writer in
                try await writer.write(ByteBuffer(string: AuditPieces.head))
                var place: AuditFilter.Place?
                while let (text, next) = try await pieces.piece(after: place) {
                    try await writer.write(ByteBuffer(string: text))
                    place = next
                }
                try await writer.finish(nil)
            }
            return Response(status: .ok, headers: headers, body: body)
        }
    }
}

/// An entry of the audit log in the interface.
struct NamedAuditEntryBody: Codable, Sendable {
    var id: String
    var at: Date
    /// The account's name; null at the terminal.
    var actor: String?
    var action: String
    var subject: String?
    var subjectId: String
    var address: String
    var agent: String
    var request: String
    var detail: [String: String]

    init(_ named: NamedAuditEntry) {
        let entry = named.entry
        id = entry.id
        at = entry.at
        actor = named.actor
        action = entry.action
        subject = named.subject
        subjectId = entry.subject
        address = entry.address
        agent = entry.agent
        request = entry.request
        detail = entry.details
    }
}
