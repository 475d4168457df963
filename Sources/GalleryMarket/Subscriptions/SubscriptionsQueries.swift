import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel

extension SQLConnection {
    func subscription(of account: AccountID, to repo: RepoID) throws -> Subscription? {
        try row(
            Subscription.self,
            "SELECT \(sql: Subscription.columns) FROM subscriptions s WHERE s.repo = \(repo) AND s.account = \(account)"
        )
    }

    /// Those with a live subscription.
    func subscribers(of repo: RepoID) throws -> [AccountID] {
        try values(AccountID.self, "SELECT account FROM subscriptions WHERE repo = \(repo) AND state = 'active'")
    }

    /// Keeps it, and with it the right to read and the count of the asset.
    func save(_ subscription: Subscription) throws {
        let it = subscription
        try execute(
            """
            INSERT INTO subscriptions (repo, account, state, since, until, renewals)
            VALUES (\(it.repo), \(it.account), \(it.state), \(it.since), \(it.until), \(it.renewals))
            ON CONFLICT (repo, account) DO UPDATE SET state = excluded.state, since = excluded.since,
                until = excluded.until, renewals = excluded.renewals
            """
        )
        if it.state == .active {
            try execute(
                """
                INSERT INTO repository_readers (repo, account, reason, until)
                VALUES (\(it.repo), \(it.account), 'subscriber', \(it.until))
                ON CONFLICT (repo, account, reason) DO UPDATE SET until = excluded.until
                """
            )
        } else {
            try execute(
                """
                DELETE FROM repository_readers
                WHERE repo = \(it.repo) AND account = \(it.account) AND reason = 'subscriber'
                """
            )
        }
        try execute(
            """
            UPDATE repositories SET subscriptions = (
                SELECT COUNT(*) FROM subscriptions s WHERE s.repo = repositories.id AND s.state = 'active')
            WHERE id = \(it.repo)
            """
        )
        try noteCounts(of: it.repo)
    }

    /// Free use of the asset has no end any more, for those who subscribe to it now either.
    func freeSubscriptions(of repo: RepoID) throws {
        try execute("UPDATE subscriptions SET until = NULL WHERE repo = \(repo) AND state <> 'expired'")
        try execute("UPDATE repository_readers SET until = NULL WHERE repo = \(repo) AND reason = 'subscriber'")
    }

    func subscriptions(endingBy time: Date, limit: Int) throws -> [Subscription] {
        try rows(
            Subscription.self,
            """
            SELECT \(sql: Subscription.columns) FROM subscriptions s
            WHERE s.state = 'active' AND s.until IS NOT NULL AND s.until <= \(time) ORDER BY s.until LIMIT \(limit)
            """
        )
    }

    /// Active ones that end by then, whose subscriber was not reminded of it.
    func unremindedSubscriptions(endingBy time: Date, limit: Int) throws -> [Subscription] {
        try rows(
            Subscription.self,
            """
            SELECT \(sql: Subscription.columns) FROM subscriptions s
            WHERE s.state = 'active' AND s.until IS NOT NULL AND s.until <= \(time)
                AND (s.reminded_for IS NULL OR s.reminded_for <> s.until)
            ORDER BY s.until LIMIT \(limit)
            """
        )
    }

    func noteReminder(of subscription: Subscription) throws {
        try execute(
            """
            UPDATE subscriptions SET reminded_for = until
            WHERE repo = \(subscription.repo) AND account = \(subscription.account)
            """
        )
    }

    func mySubscriptions(
        of account: AccountID,
        kind: RepoKind?,
        before cursor: (since: Date, repo: RepoID)?,
        limit: Int
    ) throws -> [MySubscription] {
        var conditions: [SQL] = ["s.account = \(account)"]
        if let kind { conditions.append("r.kind = \(kind)") }
        if let cursor {
            conditions.append("(s.since < \(cursor.since) OR (s.since = \(cursor.since) AND s.repo < \(cursor.repo)))")
        }
        return try rows(
            MySubscription.self,
            """
            SELECT \(sql: Subscription.columns), r.kind, a.name AS owner_name, r.name, r.title, r.listing
            FROM subscriptions s JOIN repositories r ON r.id = s.repo JOIN accounts a ON a.id = r.owner
            WHERE \(sql: conditions.joined(" AND ")) ORDER BY s.since DESC, s.repo DESC LIMIT \(limit)
            """
        )
    }
}

extension Subscription {
    static let columns: SQL = "s.repo, s.account, s.state, s.since, s.until, s.renewals"
}
