package import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel

/// A version of an agreement, and how many people accepted it.
package struct AgreementEdition: Sendable, Equatable {
    package var agreement: Agreement
    package var acceptances: Int
    /// Of those, who have not accepted the version that holds now.
    package var mustAcceptAgain: Int
}

/// That somebody accepted a version of an agreement.
package struct AgreementAcceptance: Record, Equatable {
    package let account: AccountID
    package let name: String
    package let nickname: String
    package let acceptedAt: Date

    package init(row: Row) throws {
        account = try row.get("account")
        name = try row.get("name")
        nickname = try row.get("nickname")
        acceptedAt = try row.get("accepted_at")
    }
}

extension Agreements {
    /// The versions of an agreement, the latest first; for administrators.
    package func editions(of kind: AgreementKind, by viewer: Viewer) async throws -> [AgreementEdition] {
        try await database.read { db in
            _ = try Self.mustKeep(viewer)
            let current = try db.agreement(kind).version
            return try db.agreements(kind, limit: 100).map { agreement in
                AgreementEdition(
                    agreement: agreement,
                    acceptances: try db.acceptanceCount(agreement, without: nil),
                    mustAcceptAgain: agreement.version == current
                        ? 0 : try db.acceptanceCount(agreement, without: current)
                )
            }
        }
    }

    /// Who accepted a version, by the age of their accounts; for administrators. `last` is the account last seen.
    package func acceptances(
        of kind: AgreementKind,
        version: Int? = nil,
        after last: String? = nil,
        limit: Int = 50,
        by viewer: Viewer
    ) async throws -> (acceptances: [AgreementAcceptance], next: String?) {
        let limit = max(1, min(limit, 200))
        return try await database.read { db in
            _ = try Self.mustKeep(viewer)
            let version = try version ?? db.agreement(kind).version
            guard try db.agreement(kind, version: version) != nil else {
                throw AgreementError.unknownVersion(kind, version)
            }
            let found = try db.acceptances(kind, version, after: last ?? "", limit: limit + 1)
            let shown = Array(found.prefix(limit))
            return (shown, found.count > limit ? shown.last?.account.rawValue : nil)
        }
    }
}

extension SQLConnection {
    fileprivate func agreements(_ kind: AgreementKind, limit: Int) throws -> [Agreement] {
        try rows(
            Agreement.self,
            """
            SELECT \(sql: Agreement.columns) FROM agreements WHERE kind = \(kind)
            ORDER BY version DESC LIMIT \(limit)
            """
        )
    }

    /// How many accepted it, without those who also accepted another version.
    fileprivate func acceptanceCount(_ agreement: Agreement, without other: Int?) throws -> Int {
        let condition: SQL =
            if let other {
                """
                AND NOT EXISTS (
                    SELECT 1 FROM agreement_acceptances o
                    WHERE o.account = a.account AND o.kind = a.kind AND o.version = \(other))
                """
            } else { "" }
        return try value(
            Int.self,
            """
            SELECT COUNT(*) FROM agreement_acceptances a
            WHERE a.kind = \(agreement.kind) AND a.version = \(agreement.version) \(sql: condition)
            """
        ) ?? 0
    }

    fileprivate func acceptances(
        _ kind: AgreementKind,
        _ version: Int,
        after last: String,
        limit: Int
    ) throws -> [AgreementAcceptance] {
        try rows(
            AgreementAcceptance.self,
            """
            SELECT a.account, a.accepted_at, accounts.name, accounts.nickname
            FROM agreement_acceptances a JOIN accounts ON accounts.id = a.account
            WHERE a.kind = \(kind) AND a.version = \(version) AND a.account > \(last)
            ORDER BY a.account LIMIT \(limit)
            """
        )
    }
}
