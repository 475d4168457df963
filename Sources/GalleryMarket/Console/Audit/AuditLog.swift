import Foundation
import GalleryDatabase
package import GalleryHub
package import GalleryModel
import GalleryServing

/// The audit log as administrators read it: who did what to whom, when and from where.
package struct AuditLog: Sendable {
    private static let piece = 500

    let database: any Database
    let world: World

    /// What administrators look for, as they write it; what is empty does not matter.
    package struct Query: Sendable, Equatable {
        /// A name or an `ur…` id; `-` for what was done at the terminal.
        package var person = ""
        package var action = ""
        /// The full name of an asset, the name of an account, or an id.
        package var subject = ""
        /// The first and the last day, as in 2026-11-22.
        package var from = ""
        package var until = ""

        package init() {}
    }

    /// A page of entries, the latest first.
    package func entries(
        _ query: Query = Query(),
        after cursor: String? = nil,
        limit: Int = 50,
        by viewer: Viewer
    ) async throws -> AuditPage {
        try Administrators.demand(viewer)
        let limit = max(1, min(limit, 200))
        let place = try cursor.map(AuditFilter.Place.init(cursor:))
        return try await database.read { db in
            guard var filter = try query.filter(db) else { return AuditPage(entries: [], next: nil) }
            filter.before = place
            let found = try db.auditEntries(filter, limit: limit + 1)
            let shown = Array(found.prefix(limit))
            return AuditPage(
                entries: try db.named(shown),
                next: found.count > limit ? shown.last.map { AuditFilter.Place($0).cursor } : nil
            )
        }
    }

    /// Begins an export of all that fits, which is itself written to the log.
    package func export(_ query: Query, by viewer: Viewer) async throws -> AuditPieces {
        let me = try Administrators.demand(viewer)
        try await database.write { [world] db in
            guard try query.filter(db) != nil else { return }
            try db.audit("export.audit", on: "audit", by: me.id, detail: query.detail, world: world)
        }
        return AuditPieces(database: database, query: query, length: Self.piece)
    }
}

/// A part of the log.
package struct AuditPage: Sendable, Equatable {
    package var entries: [NamedAuditEntry]
    package var next: String?
}

/// An entry with the names of today of those it is about.
package struct NamedAuditEntry: Sendable, Equatable {
    package var entry: AuditEntry
    /// Nil at the terminal, and for what the gallery does by itself.
    package var actor: String?
    /// Nil for what has no name, or is gone.
    package var subject: String?
    /// Where the subject is shown.
    package var path: String?
    /// The names of accounts and assets whose ids stand in the details.
    package var names: [String: String] = [:]
}

/// The pieces of one export: some hundred lines each, read when the one before has left.
package struct AuditPieces: Sendable {
    let database: any Database
    let query: AuditLog.Query
    let length: Int

    package static let head =
        CSV.mark
        + CSV.line([
            "at", "actor", "actorId", "action", "subject", "subjectId", "address", "agent", "request", "detail",
        ])

    /// The piece after this place, and where the next one begins; nil at the end.
    package func piece(after place: AuditFilter.Place?) async throws -> (text: String, next: AuditFilter.Place)? {
        try await database.read { db in
            guard var filter = try query.filter(db) else { return nil }
            filter.before = place
            let found = try db.named(db.auditEntries(filter, limit: length))
            guard let last = found.last else { return nil }
            return (found.map { CSV.line($0.cells) }.joined(), AuditFilter.Place(last.entry))
        }
    }
}

extension NamedAuditEntry {
    fileprivate var cells: [String] {
        [
            entry.at.wire, actor ?? "", entry.actor?.rawValue ?? "", entry.action, subject ?? "", entry.subject,
            entry.address, entry.agent, entry.request, entry.detail,
        ]
    }
}

extension AuditFilter.Place {
    fileprivate init(_ entry: AuditEntry) {
        self.init(at: entry.at, id: entry.id)
    }

    fileprivate init(cursor: String) throws {
        let parts = cursor.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, cursor.utf8.count < 200, let milliseconds = Int64(parts[0]), milliseconds >= 0,
            milliseconds < 1 << 50
        else { throw RepositoryError.badCursor }
        self.init(at: Date(timeIntervalSince1970: Double(milliseconds) / 1000), id: String(parts[1]))
    }

    fileprivate var cursor: String { "\(Int64((at.timeIntervalSince1970 * 1000).rounded())).\(id)" }
}

extension AuditLog.Query {
    fileprivate var detail: [String: String] {
        ["person": person, "action": action, "subject": subject, "from": from, "until": until].filter {
            !$0.value.isEmpty
        }
    }

    /// What the words mean; nil where they name nobody and nothing. Throws for a day that is none.
    fileprivate func filter(_ db: any SQLConnection) throws -> AuditFilter? {
        var filter = AuditFilter()
        if person == "-" {
            filter.hasNoActor = true
        } else if !person.isEmpty {
            guard let account = try db.account(named: person) else { return nil }
            filter.actor = account.id
        }
        if !action.isEmpty { filter.action = action }
        if !subject.isEmpty { filter.subjects = try subjects(db) }
        filter.from = try Self.day(from)
        filter.until = try Self.day(until)?.addingTimeInterval(86_400)
        return filter
    }

    /// The ids of everything that bears the name.
    private func subjects(_ db: any SQLConnection) throws -> [String] {
        var ids = [subject]
        if let account = try db.account(named: subject) { ids.append(account.id.rawValue) }
        var path = subject[...]
        if path.hasPrefix("/") { path = path.dropFirst() }
        var kinds = RepoKind.allCases
        if let named = kinds.first(where: { !$0.pathPrefix.isEmpty && path.hasPrefix($0.pathPrefix) }) {
            (path, kinds) = (path.dropFirst(named.pathPrefix.count), [named])
        }
        guard let name = RepoName(String(path)) else { return ids }
        for kind in kinds {
            if let repo = try db.repo(kind: kind, name: name) { ids.append(repo.id.rawValue) }
        }
        return ids
    }

    private static func day(_ text: String) throws -> Date? {
        guard !text.isEmpty else { return nil }
        guard text.utf8.count == 10, let day = try? Date("\(text)T00:00:00Z", strategy: .iso8601) else {
            throw Problem.invalid("day-invalid", "Write days as in 2026-11-22.")
        }
        return day
    }
}

extension SQLConnection {
    /// The entries with the names of accounts and assets in them.
    fileprivate func named(_ entries: [AuditEntry]) throws -> [NamedAuditEntry] {
        let subjects = Set(entries.map(\.subject))
        let mentioned = subjects.union(entries.flatMap { $0.details.values.filter { $0.utf8.count == 32 } })
        let ids = Set(entries.compactMap(\.actor)).union(mentioned.map { AccountID($0) })
        let accounts = Dictionary(try accounts(ids).map { ($0.id.rawValue, $0) }) { first, _ in first }
        var assets: [String: (name: RepoName, kind: RepoKind)] = [:]
        for row in try rows(
            """
            SELECT r.id, r.kind, r.name, a.name AS owner_name FROM repositories r JOIN accounts a ON a.id = r.owner
            WHERE r.id IN (\(values: mentioned))
            """
        ) {
            let name = try RepoName(owner: row.get("owner_name"), name: row.get("name"))
            assets[try row.get("id")] = (name, try row.get("kind"))
        }
        return entries.map { entry in
            var named = NamedAuditEntry(entry: entry)
            named.actor = entry.actor.map { accounts[$0.rawValue]?.name ?? $0.rawValue }
            for id in entry.details.values {
                named.names[id] = accounts[id]?.name ?? assets[id]?.name.description
            }
            if let asset = assets[entry.subject] {
                named.subject = asset.name.description
                named.path = AssetAddress.path(asset.kind, asset.name)
            } else if let account = accounts[entry.subject] {
                named.subject = account.name
                named.path = "/console/people/\(PercentEncoding.encode(account.name))"
            } else {
                named.subject = entry.details["name"]
            }
            return named
        }
    }
}
