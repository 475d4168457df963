package import Foundation
package import GalleryDatabase
package import GalleryModel

/// A mail on its way, or what is known of one that went.
package struct OutgoingMail: Record, Equatable {
    package enum State: String, Sendable, CaseIterable, SQLConvertible {
        /// To be sent, perhaps again.
        case waiting
        /// Taken by the mail server.
        case sent
        /// Stays here, because no mail server is set.
        case kept
        /// Refused for good.
        case failed
    }

    package let id: String
    /// What sort of mail it is: `notifications`, `verification` …
    package let template: String
    package let account: AccountID?
    package let recipient: String
    package let subject: String
    /// Emptied once the mail is in the server's care: it may hold a code.
    package let text: String
    package let html: String
    package let unsubscribeURL: String?
    package let state: State
    package let attempts: Int
    package let error: String
    package let createdAt: Date
    package let updatedAt: Date

    static let columns: SQL = """
        id, template, account, recipient, subject, body, html, unsubscribe_url, state, attempts, error, created_at,
        updated_at
        """

    package init(row: Row) throws {
        id = try row.get("id")
        template = try row.get("template")
        account = try row.optional("account")
        recipient = try row.get("recipient")
        subject = try row.get("subject")
        text = try row.get("body")
        html = try row.get("html")
        unsubscribeURL = try row.optional("unsubscribe_url")
        state = try row.get("state")
        attempts = try row.get("attempts")
        error = try row.get("error")
        createdAt = try row.get("created_at")
        updatedAt = try row.get("updated_at")
    }
}

/// A mail to be written: in the recipient's language, or in all where that is not known.
package struct MailDraft: Sendable {
    /// What sort of mail it is, for operators and for the counting of what somebody is sent.
    package var template: String
    package var account: AccountID?
    package var unsubscribeURL: String?
    package var contents: [MailContent]

    package init(template: String, account: AccountID?, unsubscribeURL: String? = nil, contents: [MailContent]) {
        self.template = template
        self.account = account
        self.unsubscribeURL = unsubscribeURL
        self.contents = contents
    }
}

/// What can be wrong with mails.
package enum MailError: DomainError, Equatable {
    case badAddress
    case tooMany
    case unknown
    case notWaiting

    package var problem: Problem {
        switch self {
        case .badAddress:
            Problem(
                .unprocessable,
                "mail-address-invalid",
                "No mail can be sent to this address: use one in plain ASCII."
            )
        case .tooMany:
            Problem(
                .throttled,
                "mail-too-many",
                "This address was sent many mails within the last hour: try again later.",
                retryAfter: 3600
            )
        case .unknown: Problem(.missing, "mail-unknown", "There is no such mail in the outbox.")
        case .notWaiting: Problem(.conflict, "mail-not-failed", "Only a mail that failed can be sent again.")
        }
    }
}
