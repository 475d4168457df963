import Foundation
import GalleryDatabase
import GalleryModel

extension SQLConnection {
    func mail(_ id: String) throws -> OutgoingMail? {
        try row(OutgoingMail.self, "SELECT \(sql: OutgoingMail.columns) FROM mails WHERE id = \(id)")
    }

    /// The latest first; `before` is the id of the last one shown.
    func mails(_ state: OutgoingMail.State?, before id: String?, limit: Int) throws -> [OutgoingMail] {
        var conditions: [SQL] = ["1 = 1"]
        if let state { conditions.append("state = \(state)") }
        if let id { conditions.append("id < \(id)") }
        return try rows(
            OutgoingMail.self,
            """
            SELECT \(sql: OutgoingMail.columns) FROM mails
            WHERE \(sql: conditions.joined(" AND ")) ORDER BY id DESC LIMIT \(limit)
            """
        )
    }

    func mailCounts() throws -> [OutgoingMail.State: Int] {
        try rows("SELECT state, COUNT(*) AS n FROM mails GROUP BY state").reduce(into: [:]) { counts, row in
            counts[try row.get("state")] = try row.get("n", as: Int.self)
        }
    }

    /// How many mails other than notifications an address was sent since then.
    func mailCount(to recipient: String, since: Date) throws -> Int {
        try value(
            Int.self,
            """
            SELECT COUNT(*) FROM mails
            WHERE recipient = \(recipient) AND created_at > \(since) AND template <> 'notifications'
            """
        ) ?? 0
    }

    func insertMail(
        _ id: String,
        _ draft: MailDraft,
        to recipient: MailAddress,
        at now: Date
    ) throws {
        let written = MailContent.joined(draft.contents)
        try execute(
            """
            INSERT INTO mails (
                id, template, account, recipient, subject, body, html, unsubscribe_url, state, attempts, error,
                created_at, updated_at)
            VALUES (\(id), \(draft.template), \(draft.account), \(recipient.text), \(written.subject), \(written.text),
                \(written.html), \(draft.unsubscribeURL), 'waiting', 0, '', \(now), \(now))
            """
        )
    }

    /// What is in somebody else's care is forgotten here, since it may hold a code.
    func noteMailSent(_ id: String, at now: Date) throws {
        try execute(
            """
            UPDATE mails SET state = 'sent', body = '', html = '', unsubscribe_url = NULL, attempts = attempts + 1,
                error = '', updated_at = \(now)
            WHERE id = \(id)
            """
        )
    }

    func noteMailKept(_ id: String, at now: Date) throws {
        try execute("UPDATE mails SET state = 'kept', error = '', updated_at = \(now) WHERE id = \(id)")
    }

    func noteMailFailure(_ id: String, isFinal: Bool, error: String, at now: Date) throws {
        let state = isFinal ? OutgoingMail.State.failed : .waiting
        try execute(
            """
            UPDATE mails SET state = \(state), attempts = attempts + 1, error = \(error), updated_at = \(now)
            WHERE id = \(id)
            """
        )
    }

    func setMailWaiting(_ id: String, at now: Date) throws {
        try execute("UPDATE mails SET state = 'waiting', error = '', updated_at = \(now) WHERE id = \(id)")
    }

    func deleteMails(before time: Date) throws {
        try execute("DELETE FROM mails WHERE created_at < \(time) AND state <> 'waiting'")
    }
}
