import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryModel

struct PackRecord: Record {
    let id: PackID
    let size: Int
    let sha256: SHA256Digest?
    let state: PackState

    init(row: Row) throws {
        id = try row.get("id")
        size = try row.get("size")
        sha256 = try row.optional("sha256")
        state = try row.get("state")
    }
}

struct ContentRecord: Record {
    let sha256: SHA256Digest
    let size: Int
    let state: ContentState

    init(row: Row) throws {
        sha256 = try row.get("sha256")
        size = try row.get("size")
        state = try row.get("state")
    }
}

/// An extent with the hash of its whole pack, where it has one.
struct HashedExtent: Record {
    let extent: Extent
    let packSHA256: SHA256Digest?

    init(row: Row) throws {
        extent = try Extent(row: row)
        packSHA256 = try row.optional("sha256")
    }
}

extension SQLConnection {
    func packRecords(after last: PackID?, limit: Int) throws -> [PackRecord] {
        try rows(
            PackRecord.self,
            """
            SELECT id, size, sha256, state FROM packs
            WHERE id > \(last?.rawValue ?? "") AND state <> \(PackState.doomed) ORDER BY id LIMIT \(limit)
            """
        )
    }

    func packRecord(_ pack: PackID) throws -> PackRecord? {
        try row(
            PackRecord.self,
            "SELECT id, size, sha256, state FROM packs WHERE id = \(pack) AND state <> \(PackState.doomed)"
        )
    }

    func contentRecords(after last: SHA256Digest?, limit: Int) throws -> [ContentRecord] {
        try rows(
            ContentRecord.self,
            """
            SELECT sha256, size, state FROM contents WHERE sha256 > \(last?.bytes ?? []) ORDER BY sha256 LIMIT \(limit)
            """
        )
    }

    func allExtents(of digest: SHA256Digest) throws -> [HashedExtent] {
        try rows(
            HashedExtent.self,
            """
            SELECT extents.pack, extents.pack_offset, extents.length, packs.sha256
            FROM extents JOIN packs ON packs.id = extents.pack
            WHERE extents.sha256 = \(digest) ORDER BY extents.ordinal
            """
        )
    }

    /// Clients that believe a damaged xorb to be here are told to send it again.
    func setState(_ state: PackState, of pack: PackID, at now: Date) throws {
        try execute(
            """
            UPDATE packs SET state = \(state), changed_at = \(now)
            WHERE id = \(pack) AND state <> \(PackState.doomed)
            """
        )
        guard state == .damaged else { return }
        let namespaces = try values(AccountID.self, "SELECT DISTINCT namespace FROM xorbs WHERE pack = \(pack)")
        for namespace in namespaces { try renewXorbGeneration(of: namespace) }
    }

    func setState(_ state: ContentState, of digest: SHA256Digest) throws {
        try execute("UPDATE contents SET state = \(state) WHERE sha256 = \(digest)")
    }

    /// The names of the repositories that hold a content, as a person reads them.
    func repositories(holding digest: SHA256Digest) throws -> [String] {
        try values(
            String.self,
            """
            SELECT repositories.kind || ' ' || accounts.name || '/' || repositories.name
            FROM content_references
            JOIN repositories ON repositories.id = content_references.repo
            JOIN accounts ON accounts.id = repositories.owner
            WHERE content_references.sha256 = \(digest) ORDER BY 1
            """
        )
    }
}
