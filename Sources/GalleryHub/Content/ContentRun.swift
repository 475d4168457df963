package import Foundation
package import GalleryDatabase
import GalleryModel

/// One collection or verification of the store: when it ran, and what came of it.
package struct ContentRun: Record, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable, SQLConvertible {
        case collection, verification
    }

    package enum State: String, Sendable, Codable, CaseIterable {
        case running, done, failed
    }

    package let id: String
    package let kind: Kind
    package let startedAt: Date
    /// Nil while it runs.
    package let endedAt: Date?
    /// What it counted.
    package let figures: [String: Int]
    /// Why it ended early; empty where it did not.
    package let error: String

    package var state: State { endedAt == nil ? .running : error.isEmpty ? .done : .failed }

    package init(row: Row) throws {
        id = try row.get("id")
        kind = try row.get("kind")
        startedAt = try row.get("started_at")
        endedAt = try row.optional("ended_at")
        let text: String = try row.get("figures")
        figures = (try? JSONDecoder().decode([String: Int].self, from: Data(text.utf8))) ?? [:]
        error = try row.get("error")
    }

    /// How many of a kind are remembered.
    static let memory = 50

    static let migrations: [Migration] = [
        Migration(
            "0087 runs over the content",
            """
            CREATE TABLE content_runs (
                id {text} PRIMARY KEY,
                kind {text} NOT NULL CHECK (kind IN ('collection', 'verification')),
                started_at {integer} NOT NULL,
                ended_at {integer},
                figures {text} NOT NULL,
                error {text} NOT NULL
            ) {strict}
            """,
            "CREATE INDEX content_runs_by_kind ON content_runs (kind, started_at)"
        )
    ]
}

extension SQLConnection {
    /// The latest first.
    package func contentRuns(_ kind: ContentRun.Kind, limit: Int) throws -> [ContentRun] {
        try rows(
            ContentRun.self,
            """
            SELECT id, kind, started_at, ended_at, figures, error FROM content_runs
            WHERE kind = \(kind) ORDER BY started_at DESC, id DESC LIMIT \(limit)
            """
        )
    }

    fileprivate func beginContentRun(_ id: String, _ kind: ContentRun.Kind, at now: Date) throws {
        // What never told its end was cut off.
        try execute(
            """
            UPDATE content_runs SET ended_at = \(now), error = 'cut off'
            WHERE kind = \(kind) AND ended_at IS NULL
            """
        )
        let kept = try contentRuns(kind, limit: ContentRun.memory)
        if kept.count == ContentRun.memory, let oldest = kept.last {
            try execute("DELETE FROM content_runs WHERE kind = \(kind) AND started_at <= \(oldest.startedAt)")
        }
        try execute(
            """
            INSERT INTO content_runs (id, kind, started_at, ended_at, figures, error)
            VALUES (\(id), \(kind), \(now), NULL, '', '')
            """
        )
    }

    fileprivate func endContentRun(_ id: String, _ figures: [String: Int], error: String, at now: Date) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = figures.isEmpty ? "" : String(decoding: try encoder.encode(figures), as: UTF8.self)
        try execute(
            "UPDATE content_runs SET ended_at = \(now), figures = \(text), error = \(error) WHERE id = \(id)"
        )
    }

    /// Bytes of packs, and those of them that some file lies in.
    fileprivate func packFigures() throws -> [String: Int] {
        let bytes = try value(Int.self, "SELECT CAST(COALESCE(SUM(size), 0) AS bigint) FROM packs") ?? 0
        let living =
            try value(
                Int.self,
                """
                SELECT CAST(COALESCE(SUM(runs.length), 0) AS bigint)
                FROM (SELECT DISTINCT pack, pack_offset, length FROM extents) runs
                """
            ) ?? 0
        let count = try value(Int.self, "SELECT COUNT(*) FROM packs") ?? 0
        return ["packs": count, "packBytes": bytes, "livingBytes": min(living, bytes)]
    }
}

extension Content {
    /// Collects, and notes what came of it.
    package func collect(_ policy: CollectionPolicy = CollectionPolicy()) async throws -> CollectionReport {
        try await noting(.collection) {
            let report = try await ContentCollector(content: self, policy: policy).collect()
            let packs = try await database.read { db in try db.packFigures() }
            return (report, report.figures.merging(packs) { $1 })
        }
    }

    /// Verifies, and notes what came of it.
    package func verify(damage tell: @Sendable (Damage) -> Void = { _ in }) async throws -> VerificationReport {
        try await noting(.verification) {
            let report = try await ContentVerifier(content: self).verify(damage: tell)
            return (report, report.figures)
        }
    }

    private func noting<Report: Sendable>(
        _ kind: ContentRun.Kind,
        _ body: () async throws -> (Report, [String: Int])
    ) async throws -> Report {
        let (id, start) = (world.newID(), world.now())
        try await database.write { db in try db.beginContentRun(id, kind, at: start) }
        let database = database
        let world = world
        let end = { @Sendable (figures: [String: Int], error: String) async throws in
            // Also where our own task was cancelled.
            try await Task {
                try await database.write { db in try db.endContentRun(id, figures, error: error, at: world.now()) }
            }.value
        }
        do {
            let (report, figures) = try await body()
            try await end(figures, "")
            return report
        } catch {
            try await end([:], error is CancellationError ? "stopped" : String("\(error)".prefix(500)))
            throw error
        }
    }
}

extension CollectionReport {
    fileprivate var figures: [String: Int] {
        [
            "abandonedUploads": abandonedUploads, "deletedContents": deletedContents, "deletedXorbs": deletedXorbs,
            "condemnedXorbs": condemnedXorbs, "rewrittenPacks": rewrittenPacks, "joinedContents": joinedContents,
            "deletedPacks": deletedPacks, "doomedBytes": doomedBytes, "freedBytes": freedBytes,
            "deletedStrays": deletedStrays,
        ]
    }
}

extension VerificationReport {
    fileprivate var figures: [String: Int] {
        ["packs": packs, "bytes": bytes, "contents": contents, "badPacks": badPacks.count, "damages": damages.count]
    }
}
