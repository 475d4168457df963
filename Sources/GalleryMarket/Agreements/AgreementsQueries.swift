import Foundation
import GalleryDatabase
import GalleryModel

extension SQLConnection {
    /// The version that holds now.
    func agreement(_ kind: AgreementKind) throws -> Agreement {
        guard
            let agreement = try row(
                Agreement.self,
                "SELECT \(sql: Agreement.columns) FROM agreements WHERE kind = \(kind) ORDER BY version DESC LIMIT 1"
            )
        else { throw AgreementError.unknownVersion(kind, 1) }
        return agreement
    }

    func agreement(_ kind: AgreementKind, version: Int) throws -> Agreement? {
        try row(
            Agreement.self,
            "SELECT \(sql: Agreement.columns) FROM agreements WHERE kind = \(kind) AND version = \(version)"
        )
    }

    func insert(_ agreement: Agreement, by account: AccountID) throws {
        try execute(
            """
            INSERT INTO agreements (kind, version, title_zh, body_zh, title_en, body_en, created_by, created_at)
            VALUES (\(agreement.kind), \(agreement.version), \(agreement.chinese.title), \(agreement.chinese.body),
                \(agreement.english.title), \(agreement.english.body), \(account), \(agreement.createdAt))
            """
        )
    }

    func hasAccepted(_ agreement: Agreement, _ account: AccountID) throws -> Bool {
        try exists(
            """
            SELECT 1 FROM agreement_acceptances
            WHERE account = \(account) AND kind = \(agreement.kind) AND version = \(agreement.version)
            """
        )
    }

    func accept(_ agreement: Agreement, by account: AccountID, at now: Date) throws {
        try execute(
            """
            INSERT INTO agreement_acceptances (account, kind, version, accepted_at)
            VALUES (\(account), \(agreement.kind), \(agreement.version), \(now))
            ON CONFLICT (account, kind, version) DO NOTHING
            """
        )
    }

    /// Notes that a text was ticked, as it is each time somebody publishes, subscribes or applies.
    func record(
        _ agreement: Agreement,
        on occasion: AgreementOccasion?,
        for repo: RepoID?,
        by account: AccountID,
        as id: String,
        at now: Date
    ) throws {
        try execute(
            """
            INSERT INTO agreement_ticks (id, account, kind, version, occasion, repo, at)
            VALUES (\(id), \(account), \(agreement.kind), \(agreement.version), \(occasion?.rawValue ?? ""), \(repo),
                \(now))
            """
        )
    }
}

extension Agreement {
    static let columns: SQL = "kind, version, title_zh, body_zh, title_en, body_en, created_at"
}
