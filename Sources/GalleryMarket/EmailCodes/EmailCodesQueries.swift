import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel

extension SQLConnection {
    func insertEmailCode(
        _ id: String,
        _ hash: SHA256Digest,
        of account: AccountID,
        _ purpose: EmailCodePurpose,
        to email: String,
        at now: Date
    ) throws {
        try execute(
            """
            INSERT INTO email_codes (
                id, account, purpose, email, email_key, hash, tries_left, is_open, created_at, expires_at)
            VALUES (\(id), \(account), \(purpose), \(email), \(email.lowercased()), \(hash), \(EmailCode.tries), 1,
                \(now), \(now + EmailCode.lifetime / .seconds(1)))
            """
        )
    }

    /// The code that counts: the latest one, while it is open.
    func openEmailCode(of account: AccountID, _ purpose: EmailCodePurpose, at now: Date) throws -> EmailCode? {
        try row(
            EmailCode.self,
            """
            SELECT id, account, purpose, email, hash, tries_left, created_at, expires_at FROM email_codes
            WHERE account = \(account) AND purpose = \(purpose) AND is_open = 1 AND expires_at > \(now)
                AND tries_left > 0
            ORDER BY created_at DESC, id DESC LIMIT 1
            """
        )
    }

    func emailCodeTimes(of account: AccountID, since time: Date) throws -> [Date] {
        try values(
            Date.self,
            """
            SELECT created_at FROM email_codes
            WHERE account = \(account) AND created_at > \(time) ORDER BY created_at DESC
            """
        )
    }

    func emailCodeCount(to email: String, since time: Date) throws -> Int {
        try value(
            Int.self,
            "SELECT COUNT(*) FROM email_codes WHERE email_key = \(email.lowercased()) AND created_at > \(time)"
        ) ?? 0
    }

    func countWrongEmailCode(_ id: String) throws {
        try execute("UPDATE email_codes SET tries_left = tries_left - 1 WHERE id = \(id) AND tries_left > 0")
    }

    /// A code is good once, and a new one ends those before it.
    func closeEmailCodes(of account: AccountID, _ purpose: EmailCodePurpose) throws {
        try execute(
            "UPDATE email_codes SET is_open = 0 WHERE account = \(account) AND purpose = \(purpose) AND is_open = 1"
        )
    }

    func sweepEmailCodes(before time: Date, limit: Int) throws -> Int {
        try execute(
            """
            DELETE FROM email_codes WHERE id IN (
                SELECT id FROM email_codes WHERE created_at < \(time) LIMIT \(limit))
            """
        )
    }

    /// The person who forgot the password, by name or by an address that nobody else has confirmed.
    func forgetfulAccount(_ text: String) throws -> Account? {
        guard text.contains("@") else {
            let account = try account(named: text)
            return account?.kind == .user ? account : nil
        }
        let found = try values(
            AccountID.self,
            """
            SELECT id FROM accounts
            WHERE LOWER(email) = \(text.lowercased()) AND is_email_confirmed = 1 AND kind = 'user'
            LIMIT 2
            """
        )
        return found.count == 1 ? try found.first.flatMap { try account($0) } : nil
    }
}
