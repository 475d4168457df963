package import Foundation
package import GalleryDatabase
package import GalleryModel
package import GalleryServing

/// The SQL of notifications.
extension SQLConnection {
    /// How many notifications an account has not read, counted up to `limit`.
    package func unreadNotifications(of account: AccountID, upTo limit: Int = 100) throws -> Int {
        try value(
            Int.self,
            """
            SELECT COUNT(*) FROM (
                SELECT 1 FROM notifications WHERE account = \(account) AND is_shown = 1 AND is_read = 0 LIMIT \(limit)
            ) AS found
            """
        ) ?? 0
    }

    /// Of each of these accounts, the moment of the latest unread notification and the number of them.
    package func notificationStates(of accounts: some Collection<AccountID>) throws -> [AccountID: NotificationState] {
        var states: [AccountID: NotificationState] = [:]
        for slice in Array(accounts).slices(of: 500) {
            for row in try rows(
                """
                SELECT account, COUNT(*) AS unread, MAX(updated_at) AS latest FROM notifications
                WHERE account IN (\(values: slice)) AND is_shown = 1 AND is_read = 0 GROUP BY account
                """
            ) {
                states[try row.get("account")] = NotificationState(
                    unread: try row.get("unread"),
                    latest: try row.get("latest")
                )
            }
        }
        return states
    }

    func notifications(
        of account: AccountID,
        _ filter: NotificationFilter,
        after cursor: NotificationCursor?,
        limit: Int
    ) throws -> [NotificationEntry] {
        var conditions: [SQL] = ["n.account = \(account)", "n.is_shown = 1"]
        if filter.isUnread { conditions.append("n.is_read = 0") }
        if let group = filter.group {
            conditions.append("n.kind IN (\(values: NotificationKind.allCases.filter { $0.group == group }))")
        }
        if let cursor {
            conditions.append(
                "(n.updated_at < \(cursor.time) OR (n.updated_at = \(cursor.time) AND n.id < \(cursor.id)))"
            )
        }
        return try rows(
            NotificationEntry.self,
            """
            SELECT \(sql: NotificationEntry.columns) \(sql: NotificationEntry.tables)
            WHERE \(sql: conditions.joined(" AND ")) ORDER BY n.updated_at DESC, n.id DESC LIMIT \(limit)
            """
        )
    }

    func notification(_ id: String, of account: AccountID) throws -> NotificationEntry? {
        try row(
            NotificationEntry.self,
            """
            SELECT \(sql: NotificationEntry.columns) \(sql: NotificationEntry.tables)
            WHERE n.id = \(id) AND n.account = \(account) AND n.is_shown = 1
            """
        )
    }

    func setNotificationRead(_ isRead: Bool, _ id: String, of account: AccountID) throws -> Bool {
        try execute(
            "UPDATE notifications SET is_read = \(isRead) WHERE id = \(id) AND account = \(account) AND is_shown = 1"
        ) > 0
    }

    /// Those up to a moment, so that what arrives meanwhile stays unread.
    func readNotifications(of account: AccountID, until time: Date) throws -> Int {
        try execute(
            """
            UPDATE notifications SET is_read = 1
            WHERE account = \(account) AND is_shown = 1 AND is_read = 0 AND updated_at <= \(time)
            """
        )
    }

    func deleteNotification(_ id: String, of account: AccountID) throws -> Bool {
        try execute("DELETE FROM notifications WHERE id = \(id) AND account = \(account) AND is_shown = 1") > 0
    }

    func sweepNotifications(read: Date, all: Date) throws {
        try execute("DELETE FROM notifications WHERE updated_at < \(read) AND (is_read = 1 OR is_shown = 0)")
        try execute("DELETE FROM notifications WHERE updated_at < \(all)")
    }

    // MARK: Telling

    func gatheringNotification(
        of account: AccountID,
        _ kind: NotificationKind,
        _ topic: String,
        since: Date
    ) throws -> String? {
        try value(
            String.self,
            """
            SELECT id FROM notifications
            WHERE account = \(account) AND is_shown = 1 AND is_read = 0 AND kind = \(kind) AND topic = \(topic)
                AND created_at > \(since)
            ORDER BY id DESC LIMIT 1
            """
        )
    }

    func gather(
        into id: String,
        page: String,
        detail: String,
        actor: AccountID?,
        isMailed: Bool,
        at now: Date
    ) throws {
        let mail: SQL = isMailed ? ", mail = 'waiting'" : ""
        try execute(
            """
            UPDATE notifications
            SET count = count + 1, page = \(page), detail = \(detail), actor = \(actor),
                updated_at = \(now)\(sql: mail)
            WHERE id = \(id)
            """
        )
    }

    func admins(of organizations: some Collection<AccountID>) throws -> [AccountID] {
        try values(
            AccountID.self,
            """
            SELECT DISTINCT account FROM memberships
            WHERE organization IN (\(values: organizations)) AND role = 'admin' ORDER BY account
            """
        )
    }

    // MARK: Choices

    func notificationChoices(
        of accounts: some Collection<AccountID>,
        _ kind: NotificationKind
    ) throws -> [AccountID: NotificationChoice] {
        try rows(
            """
            SELECT account, on_page, by_mail FROM notification_choices
            WHERE kind = \(kind) AND account IN (\(values: accounts))
            """
        ).reduce(into: [:]) { choices, row in
            choices[try row.get("account")] = NotificationChoice(
                onPage: try row.get("on_page"),
                byMail: try row.get("by_mail")
            )
        }
    }

    package func notificationChoices(of account: AccountID) throws -> [NotificationKind: NotificationChoice] {
        try rows("SELECT kind, on_page, by_mail FROM notification_choices WHERE account = \(account)")
            .reduce(into: [:]) { choices, row in
                // A kind of a newer version is not ours to show.
                guard let kind = NotificationKind(rawValue: try row.get("kind")) else { return }
                choices[kind] = NotificationChoice(onPage: try row.get("on_page"), byMail: try row.get("by_mail"))
            }
    }

    func save(_ choice: NotificationChoice, for kind: NotificationKind, of account: AccountID) throws {
        try execute(
            """
            INSERT INTO notification_choices (account, kind, on_page, by_mail)
            VALUES (\(account), \(kind), \(choice.onPage), \(choice.byMail))
            ON CONFLICT (account, kind) DO UPDATE SET on_page = excluded.on_page, by_mail = excluded.by_mail
            """
        )
    }

    func accountsWithoutMail(among accounts: some Collection<AccountID>) throws -> Set<AccountID> {
        Set(
            try values(
                AccountID.self,
                "SELECT account FROM notification_settings WHERE mails = 0 AND account IN (\(values: accounts))"
            )
        )
    }

    /// Whether the switch for mails with notifications is on.
    package func takesMail(_ account: AccountID) throws -> Bool {
        try value(Bool.self, "SELECT mails FROM notification_settings WHERE account = \(account)") ?? true
    }

    /// The language in which an account wants mails; nil for all.
    package func mailLanguage(of account: AccountID) throws -> Language? {
        try value(String.self, "SELECT language FROM notification_settings WHERE account = \(account)")
            .flatMap(Language.init(rawValue:))
    }

    /// As chosen by the account, or by whoever knows which language it speaks.
    package func setMailLanguage(_ language: Language?, of account: AccountID) throws {
        try execute(
            """
            INSERT INTO notification_settings (account, mails, mailed_at, language)
            VALUES (\(account), 1, 0, \(language?.rawValue))
            ON CONFLICT (account) DO UPDATE SET language = excluded.language
            """
        )
    }

    package func setTakesMail(_ mails: Bool, _ account: AccountID) throws {
        try execute(
            """
            INSERT INTO notification_settings (account, mails, mailed_at) VALUES (\(account), \(mails), 0)
            ON CONFLICT (account) DO UPDATE SET mails = excluded.mails
            """
        )
    }

    // MARK: Mail

    /// What waits to be mailed to an account, the oldest first.
    package func notificationsToMail(to account: AccountID, limit: Int) throws -> [NotificationEntry] {
        try rows(
            NotificationEntry.self,
            """
            SELECT \(sql: NotificationEntry.columns) \(sql: NotificationEntry.tables)
            WHERE n.account = \(account) AND n.mail = 'waiting' ORDER BY n.updated_at, n.id LIMIT \(limit)
            """
        )
    }

    /// Notes that these were put into a mail, or that no mail is wanted of them any more.
    package func settleMail(of notifications: some Collection<NotificationEntry>) throws {
        for slice in notifications.map(\.id).slices(of: 500) {
            try execute(
                "UPDATE notifications SET mail = 'done', mailed_count = count WHERE id IN (\(values: slice))"
            )
            try execute("DELETE FROM notifications WHERE is_shown = 0 AND id IN (\(values: slice))")
        }
    }

    package func lastNotificationMail(to account: AccountID) throws -> Date? {
        try value(Date.self, "SELECT mailed_at FROM notification_settings WHERE account = \(account)")
    }

    package func noteNotificationMail(to account: AccountID, at now: Date) throws {
        try execute(
            """
            INSERT INTO notification_settings (account, mails, mailed_at) VALUES (\(account), 1, \(now))
            ON CONFLICT (account) DO UPDATE SET mailed_at = excluded.mailed_at
            """
        )
    }
}
