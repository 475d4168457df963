import Foundation
package import GalleryDatabase
package import GalleryHub
package import GalleryModel
import GalleryServing

/// Lists of assets for administrators, whatever their length.
package struct Exports: Sendable {
    private static let page = 500

    let database: any Database
    let world: World

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    /// Begins an export, which is written down in the audit log; `write` takes it piece by piece.
    package func begin(_ export: AssetExport, by viewer: Viewer) async throws -> ExportPieces {
        let me = try mustAdminister(viewer)
        let owner = try await database.write { [world] db -> AccountID? in
            let owner = try export.owner.map { name -> Account in
                guard let account = try db.account(named: name) else { throw AccountError.unknown(name) }
                return account
            }
            let detail = [
                "format": export.format.rawValue, "kind": export.kind?.rawValue ?? "", "owner": owner?.name ?? "",
            ]
            try db.audit("export.assets", on: "assets", by: me.id, detail: detail, world: world)
            return owner?.id
        }
        return ExportPieces(database: database, export: export, owner: owner, page: Self.page)
    }

    /// What the viewer exported before, the latest first.
    package func past(by viewer: Viewer) async throws -> [AuditEntry] {
        let me = try mustAdminister(viewer)
        return try await database.read { db in
            try db.rows(
                AuditEntry.self,
                """
                SELECT \(sql: AuditEntry.columns) FROM audit_log
                WHERE actor = \(me.id) AND action = 'export.assets' ORDER BY at DESC, id DESC LIMIT 20
                """
            )
        }
    }

    private func mustAdminister(_ viewer: Viewer) throws -> Viewer.Account {
        let account = try viewer.mustManageAccount()
        guard account.role == .admin else { throw Problem.notYours }
        return account
    }
}

/// The pieces of one export: some hundred lines each, read when the one before has left.
package struct ExportPieces: Sendable {
    let database: any Database
    let export: AssetExport
    let owner: AccountID?
    let page: Int

    package var head: String { export.format == .csv ? CSV.mark + CSV.line(ExportedAsset.columns) : "" }

    /// The piece after the asset with this id, and where the next one begins; nil at the end.
    package func piece(after id: String) async throws -> (text: String, next: String)? {
        let assets = try await database.read { try $0.exportedAssets(export, owner: owner, after: id, limit: page) }
        guard let last = assets.last else { return nil }
        switch export.format {
        case .csv: return (assets.map { CSV.line($0.cells) }.joined(), last.id)
        case .jsonl:
            let encoder = JSONEncoder.wire
            let lines = try assets.map { String(decoding: try encoder.encode($0), as: UTF8.self) + "\n" }
            return (lines.joined(), last.id)
        }
    }
}

extension SQLConnection {
    func exportedAssets(
        _ export: AssetExport,
        owner: AccountID?,
        after id: String,
        limit: Int
    ) throws -> [ExportedAsset] {
        let kind: SQL = if let kind = export.kind { "AND r.kind = \(kind)" } else { "" }
        let owner: SQL = if let owner { "AND r.owner = \(owner)" } else { "" }
        return try rows(
            ExportedAsset.self,
            """
            SELECT r.id, r.kind, r.name, r.title, r.description, r.listing, r.visibility, r.gating, r.is_disabled,
                r.created_at, r.updated_at, p.published_at, r.used_bytes, r.views, r.downloads_all_time, r.likes,
                r.subscriptions, a.name AS owner_name, a.number AS owner_number
            FROM repositories r JOIN accounts a ON a.id = r.owner LEFT JOIN publications p ON p.repo = r.id
            WHERE r.id > \(id) \(sql: kind) \(sql: owner)
            ORDER BY r.id LIMIT \(limit)
            """
        )
    }
}
