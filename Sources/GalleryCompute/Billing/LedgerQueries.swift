import Foundation
import GalleryDatabase
import GalleryModel

extension SQLConnection {
    // MARK: Books

    /// Whether it was booked; false where its key is there already.
    func book(_ entry: LedgerEntry, id: String, by actor: AccountID?, at now: Date) throws -> Bool {
        let isNew =
            try execute(
                """
                INSERT INTO ledger_entries (id, kind, account, key, hour, note, actor, at)
                VALUES (\(id), \(entry.kind), \(entry.account), \(entry.key), \(entry.hour), \(entry.note), \(actor), \(now))
                ON CONFLICT (key) DO NOTHING
                """
            ) > 0
        guard isNew, !entry.postings.isEmpty else { return isNew }
        let rows = entry.postings.map { posting -> SQL in
            "(\(id), \(posting.place), \(posting.voucher), \(entry.account), \(posting.amount.micros))"
        }
        try execute(
            """
            INSERT INTO ledger_postings (entry, place, voucher, account, amount) VALUES \(sql: rows.joined(", "))
            """
        )
        return true
    }

    /// Books charges that cannot be there yet; answers how many were not.
    func book(_ charges: [(id: String, entry: LedgerEntry)], at now: Date) throws -> Int {
        var count = 0
        for start in stride(from: 0, to: charges.count, by: 50) {
            let part = charges[start..<min(start + 50, charges.count)]
            let entries = part.map { id, entry -> SQL in
                """
                (\(id), \(entry.kind), \(entry.account), \(entry.key), \(entry.hour), \(entry.note), \(now))
                """
            }
            count += try execute(
                """
                INSERT INTO ledger_entries (id, kind, account, key, hour, note, at) VALUES \(sql: entries.joined(", "))
                ON CONFLICT (key) DO NOTHING
                """
            )
            let postings = part.flatMap { id, entry in
                entry.postings.map { posting -> SQL in
                    "(\(id), \(posting.place), \(posting.voucher), \(entry.account), \(posting.amount.micros))"
                }
            }
            try execute(
                """
                INSERT INTO ledger_postings (entry, place, voucher, account, amount)
                VALUES \(sql: postings.joined(", "))
                """
            )
        }
        return count
    }

    func ledgerEntry(key: String) throws -> (id: String, account: AccountID, postings: [Posting])? {
        guard let found = try row("SELECT id, account FROM ledger_entries WHERE key = \(key)") else { return nil }
        let id: String = try found.get("id")
        return (id, try found.get("account"), try postings(of: [id])[id] ?? [])
    }

    func postings(of entries: [String]) throws -> [String: [Posting]] {
        let found = try rows(
            """
            SELECT entry, place, voucher, amount FROM ledger_postings WHERE entry IN (\(values: entries))
            ORDER BY entry, place, voucher
            """
        )
        return try found.reduce(into: [:]) { all, row in
            all[try row.get("entry"), default: []].append(
                Posting(
                    place: try row.get("place"),
                    voucher: try row.get("voucher"),
                    amount: Money(micros: try row.get("amount"))
                )
            )
        }
    }

    /// What the books say that somebody has.
    func holdings(of account: AccountID) throws -> Holdings { try holdings(of: [account])[account] ?? Holdings() }

    /// The same of several; those of whom the books say nothing are missing.
    func holdings(of accounts: [AccountID]) throws -> [AccountID: Holdings] {
        let sums = try rows(
            """
            SELECT p.account, p.place, p.voucher, v.expires_at, p.amount FROM (
                SELECT account, place, voucher, CAST(SUM(amount) AS BIGINT) AS amount FROM ledger_postings
                WHERE account IN (\(values: accounts)) AND place IN ('wallet', 'owed', 'voucher')
                GROUP BY account, place, voucher
            ) p LEFT JOIN vouchers v ON v.id = p.voucher
            WHERE p.amount <> 0 ORDER BY v.expires_at, p.voucher
            """
        )
        return try sums.reduce(into: [:]) { all, row in
            let account: AccountID = try row.get("account")
            let amount = Money(micros: try row.get("amount"))
            switch try row.get("place", as: LedgerPlace.self) {
            case .wallet: all[account, default: Holdings()].wallet = amount
            case .owed: all[account, default: Holdings()].owed = -amount
            case .voucher:
                let (voucher, end): (String, Date) = (try row.get("voucher"), try row.get("expires_at"))
                let rest = Holdings.Rest(voucher: voucher, left: amount, expiresAt: end)
                all[account, default: Holdings()].vouchers.append(rest)
            case .cash, .promotion, .revenue: break
            }
        }
    }

    // MARK: Vouchers

    func insertVoucher(
        _ id: String,
        _ amount: Money,
        for account: AccountID,
        until end: Date,
        note: String,
        at now: Date
    ) throws {
        try execute(
            """
            INSERT INTO vouchers (id, account, amount, expires_at, note, created_at)
            VALUES (\(id), \(account), \(amount.micros), \(end), \(note), \(now))
            """
        )
    }

    func vouchers(of account: AccountID, limit: Int = 200) throws -> [Voucher] {
        try rows(
            Voucher.self,
            """
            SELECT id, account, amount, expires_at, note, created_at FROM vouchers WHERE account = \(account)
            ORDER BY expires_at DESC, id DESC LIMIT \(limit)
            """
        )
    }

    /// Vouchers that ended before `time` and whose rest has not been written off.
    func vouchersToLapse(before time: Date, limit: Int) throws -> [Voucher] {
        try rows(
            Voucher.self,
            """
            SELECT id, account, amount, expires_at, note, created_at FROM vouchers
            WHERE has_lapsed = 0 AND expires_at < \(time) ORDER BY expires_at, id LIMIT \(limit)
            """
        )
    }

    func setLapsed(_ voucher: String) throws {
        try execute("UPDATE vouchers SET has_lapsed = 1 WHERE id = \(voucher)")
    }

    // MARK: Standing

    func standing(of account: AccountID) throws -> Standing {
        try row(Standing.self, "SELECT state, since, until FROM billing_standings WHERE account = \(account)")
            ?? .initial
    }

    /// The same of several; those of whom nothing was ever written are missing.
    func standings(of accounts: [AccountID]) throws -> [AccountID: Standing] {
        try rows("SELECT account, state, since, until FROM billing_standings WHERE account IN (\(values: accounts))")
            .reduce(into: [:]) { all, row in all[try row.get("account")] = try Standing(row: row) }
    }

    func save(_ standing: Standing, of account: AccountID) throws {
        try execute(
            """
            INSERT INTO billing_standings (account, state, since, until)
            VALUES (\(account), \(standing.state), \(standing.since), \(standing.until))
            ON CONFLICT (account) DO UPDATE SET
                state = excluded.state, since = excluded.since, until = excluded.until
            """
        )
    }

    /// Accounts whose next step is due.
    func standingsDue(at now: Date, after last: AccountID?, limit: Int) throws -> [AccountID] {
        try values(
            AccountID.self,
            """
            SELECT account FROM billing_standings
            WHERE until <= \(now) AND account > \(last?.rawValue ?? "") ORDER BY account LIMIT \(limit)
            """
        )
    }
}
