import Foundation
import GalleryBlobs
import GalleryDatabase
package import GalleryModel
import NIOCore

/// Reads everything again and compares. Bad packs and contents are marked, which stops their being served; those that
/// have been restored are marked sound again.
package struct ContentVerifier: Sendable {
    let content: Content

    package init(content: Content) {
        self.content = content
    }

    /// `progress` is told of every damage as it is found.
    package func verify(damage tell: @Sendable (Damage) -> Void = { _ in }) async throws -> VerificationReport {
        var report = VerificationReport()
        try await verifyPacks(&report)
        try await verifyContents(&report, tell)
        return report
    }

    private func verifyPacks(_ report: inout VerificationReport) async throws {
        var last: PackID?
        while true {
            let after = last
            let page = try await content.database.read { db in try db.packRecords(after: after, limit: 200) }
            guard let end = page.last else { return }
            last = end.id
            for pack in page {
                var reason = try await fault(of: pack)
                // The collector may have taken it meanwhile.
                if reason != nil, try await !exists(pack) { reason = nil }
                report.packs += 1
                report.bytes += pack.size
                if let reason { report.badPacks[pack.id] = reason }
                try await mark(pack, reason == nil ? .sound : .damaged)
            }
        }
    }

    /// What is wrong with a pack; nil when it is sound as far as it can be told by itself.
    private func fault(of pack: PackRecord) async throws -> String? {
        guard let size = try await content.blobs.size(of: pack.id) else { return "it is missing" }
        guard size == pack.size else { return "it has \(size) bytes instead of \(pack.size)" }
        guard let sha256 = pack.sha256 else { return nil }
        do {
            let whole = [Extent(pack: pack.id, offset: 0, length: pack.size)]
            guard try await ExtentReader(extents: whole, in: content.blobs).sha256() == sha256 else {
                return "its bytes have changed"
            }
            return nil
        } catch let error as BlobError {
            return "it cannot be read (\(error))"
        }
    }

    private func exists(_ pack: PackRecord) async throws -> Bool {
        try await content.database.read { db in try db.packRecord(pack.id) != nil }
    }

    private func exists(_ record: ContentRecord) async throws -> Bool {
        try await content.database.read { db in try !db.contentSizes(of: [record.sha256]).isEmpty }
    }

    private func mark(_ pack: PackRecord, _ state: PackState) async throws {
        guard pack.state != .doomed, pack.state != state else { return }
        let now = content.world.now()
        try await content.database.write { db in try db.setState(state, of: pack.id, at: now) }
    }

    private func verifyContents(_ report: inout VerificationReport, _ tell: (Damage) -> Void) async throws {
        var last: SHA256Digest?
        while true {
            let after = last
            let page = try await content.database.read { db in try db.contentRecords(after: after, limit: 200) }
            guard let end = page.last else { return }
            last = end.sha256
            for record in page {
                var found = try await fault(of: record, report.badPacks)
                if found != nil, try await !exists(record) { found = nil }
                report.contents += 1
                try await mark(record, found == nil ? .sound : .damaged)
                guard let found else { continue }
                let damage = try await content.database.read { db in
                    Damage(
                        sha256: record.sha256,
                        size: record.size,
                        packs: found.packs,
                        reason: found.reason,
                        repositories: try db.repositories(holding: record.sha256)
                    )
                }
                report.damages.append(damage)
                tell(damage)
            }
        }
    }

    private func fault(
        of record: ContentRecord,
        _ badPacks: [PackID: String]
    ) async throws -> (packs: [PackID], reason: String)? {
        let extents = try await content.database.read { db in try db.allExtents(of: record.sha256) }
        let bad = extents.filter { badPacks[$0.extent.pack] != nil }
        if let first = bad.first {
            let pack = first.extent.pack
            return (
                Set(bad.map(\.extent.pack)).sorted { $0.rawValue < $1.rawValue },
                "pack \(pack): \(badPacks[pack] ?? "")"
            )
        }
        // Its one pack was just read and found to have this very hash.
        if extents.count == 1, extents[0].packSHA256 == record.sha256 { return nil }
        let packs = Set(extents.map(\.extent.pack)).sorted { $0.rawValue < $1.rawValue }
        do {
            let reader = ExtentReader(extents: extents.map(\.extent), in: content.blobs)
            if reader.size == record.size, try await reader.sha256() == record.sha256 { return nil }
            return (packs, "its bytes have changed")
        } catch let error as BlobError {
            return (packs, "it cannot be read (\(error))")
        }
    }

    private func mark(_ record: ContentRecord, _ state: ContentState) async throws {
        guard record.state != state else { return }
        try await content.database.write { db in try db.setState(state, of: record.sha256) }
    }
}

/// A content whose bytes are not what they were.
package struct Damage: Sendable, Equatable {
    package var sha256: SHA256Digest
    package var size: Int
    package var packs: [PackID]
    package var reason: String
    /// The names of the repositories that hold it.
    package var repositories: [String]
}

/// What `verify` found.
package struct VerificationReport: Sendable {
    package var packs = 0
    package var bytes = 0
    package var contents = 0
    package var badPacks: [PackID: String] = [:]
    package var damages: [Damage] = []

    package var isSound: Bool { badPacks.isEmpty && damages.isEmpty }
}
