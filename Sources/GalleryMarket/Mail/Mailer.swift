/// What brings mails away: a mail server (`SMTPMailer`), or the outbox page, where operators read them.
package protocol Mailer: Sendable {
    /// Whether mails leave this machine.
    var delivers: Bool { get }

    /// Returns when the mail is in somebody else's care; throws `MailFailure` when it is not.
    func send(_ message: MailMessage) async throws
}

/// Why a mail was not taken.
package enum MailFailure: Error, Equatable, CustomStringConvertible {
    /// The server will never take it.
    case refused(String)
    /// Not now: the server is away, busy, or not set up rightly.
    case deferred(String)

    package var description: String {
        switch self {
        case .refused(let reason): "The mail server refused the mail: \(reason)."
        case .deferred(let reason): "The mail server did not take the mail: \(reason)."
        }
    }
}

/// Used where no mail server is set: mails stay in the outbox.
package struct OutboxMailer: Mailer {
    package init() {}

    package var delivers: Bool { false }

    package func send(_ message: MailMessage) async throws {}
}
