package import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// A mail of the outbox in the interface.
package struct OutgoingMailBody: Codable, Sendable {
    package var id: String
    package var template: String
    package var recipient: String
    package var subject: String
    /// Only of mails that stay here.
    package var text: String?
    package var state: String
    package var attempts: Int
    package var error: String
    package var createdAt: Date
    package var updatedAt: Date

    init(_ mail: OutgoingMail, withText: Bool = false) {
        id = mail.id
        template = mail.template
        recipient = mail.recipient
        subject = mail.subject
        text = withText && mail.state == .kept ? mail.text : nil
        state = mail.state.rawValue
        attempts = mail.attempts
        error = mail.error
        createdAt = mail.createdAt
        updatedAt = mail.updatedAt
    }
}

/// The outbox in the interface, for administrators.
struct MailRoutes: Sendable {
    let mail: Mail

    func add(to api: APIRoutes) {
        api.get(
            "outbox",
            "List the mails of the gallery",
            for: .administrators,
            query: [.choice("state", OutgoingMail.State.self, "Only those of one state.")] + APIParameter.paging,
            answers: APIPage<OutgoingMailBody>.self
        ) { call in
            let (cursor, limit) = try call.paging(standard: 50)
            let state = try Self.state(call.query()["state"])
            let found = try await mail.outbox(state, before: cursor, limit: limit, by: call.viewer)
            return APIPage(items: found.mails.map { OutgoingMailBody($0) }, next: found.next)
        }
        api.get("outbox/{mail}", "Show a mail", for: .administrators, answers: OutgoingMailBody.self) { call in
            OutgoingMailBody(try await mail.mail(call.path("mail"), by: call.viewer), withText: true)
        }
        api.send(.put, "outbox/{mail}/repeat", "Send a mail again that failed", for: .administrators) { call in
            try await mail.sendAgain(call.path("mail"), by: call.viewer)
        }
    }

    static func state(_ text: String?) throws -> OutgoingMail.State? {
        guard let text, !text.isEmpty else { return nil }
        guard let state = OutgoingMail.State(rawValue: text) else {
            throw Problem.invalid("mail-state-unknown", "Mails are waiting, sent, kept or failed.")
        }
        return state
    }
}
