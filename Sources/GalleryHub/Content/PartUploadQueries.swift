import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryModel

extension SQLConnection {
    func partUpload(_ id: String) throws -> PartUpload? {
        try row(PartUpload.self, "SELECT id, account, sha256, size, part_size FROM part_uploads WHERE id = \(id)")
    }

    /// An upload of the same file by the same account, in parts of the same size, to go on with.
    func partUpload(like upload: PartUpload) throws -> PartUpload? {
        try row(
            PartUpload.self,
            """
            SELECT id, account, sha256, size, part_size FROM part_uploads
            WHERE account = \(upload.account) AND sha256 = \(upload.sha256)
                AND size = \(upload.size) AND part_size = \(upload.partSize)
            ORDER BY id LIMIT 1
            """
        )
    }

    func insert(_ upload: PartUpload, at now: Date) throws {
        try execute(
            """
            INSERT INTO part_uploads (id, account, sha256, size, part_size, created_at, changed_at)
            VALUES (\(upload.id), \(upload.account), \(upload.sha256), \(upload.size), \(upload.partSize), \(now), \(now))
            """
        )
    }

    /// Keeps an upload from being given up.
    func touchPartUpload(_ id: String, at now: Date) throws {
        try execute("UPDATE part_uploads SET changed_at = \(now) WHERE id = \(id)")
    }

    func partUploads(of account: AccountID) throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM part_uploads WHERE account = \(account)") ?? 0
    }

    func parts(of upload: String) throws -> [StoredPart] {
        try rows(StoredPart.self, "SELECT number, pack, length FROM parts WHERE upload = \(upload) ORDER BY number")
    }

    /// Puts a durable part in its place. Returns the pack of the part that stood there before, now without any row.
    func replacePart(_ number: Int, of upload: String, by blob: FinishedBlob, at now: Date) throws -> PackID? {
        let previous = try value(PackID.self, "SELECT pack FROM parts WHERE upload = \(upload) AND number = \(number)")
        try insertPack(blob, at: now)
        try execute(
            """
            INSERT INTO parts (upload, number, pack, length) VALUES (\(upload), \(number), \(blob.pack), \(blob.size))
            ON CONFLICT (upload, number) DO UPDATE SET pack = excluded.pack, length = excluded.length
            """
        )
        if let previous { try execute("DELETE FROM packs WHERE id = \(previous)") }
        try touchPartUpload(upload, at: now)
        return previous
    }

    /// Ends an upload; the packs of its parts stay.
    func deletePartUpload(_ id: String) throws {
        try execute("DELETE FROM part_uploads WHERE id = \(id)")
    }

    func deletePackRows(_ packs: [PackID]) throws {
        for slice in packs.slices(of: 500) { try execute("DELETE FROM packs WHERE id IN (\(values: slice))") }
    }

    func isPartUpload(_ id: String, unchangedSince time: Date) throws -> Bool {
        try exists("SELECT 1 FROM part_uploads WHERE id = \(id) AND changed_at < \(time)")
    }

    func partUploads(unchangedSince time: Date, limit: Int) throws -> [PartUpload] {
        try rows(
            PartUpload.self,
            """
            SELECT id, account, sha256, size, part_size FROM part_uploads
            WHERE changed_at < \(time) ORDER BY changed_at LIMIT \(limit)
            """
        )
    }
}
