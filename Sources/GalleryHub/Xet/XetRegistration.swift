import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryModel
package import XetFormat

extension Xet {
    /// Files whose rows are written in one transaction.
    private static let batchSize = 200

    /// Makes the files of a shard content that the uploader may commit: each is found in the namespace's xorbs, read, and
    /// compared with its SHA-256. A file that the namespace knows is not read again.
    ///
    /// `progress` is told how many bytes of how many are verified.
    package func register(
        _ files: [ShardFile],
        _ ticket: XetTicket,
        progress: (_ verified: Int, _ total: Int) async throws -> Void = { _, _ in }
    ) async throws {
        let files = try demandRegistrable(files)
        let known = try await database.read { db in
            try db.xetContents(of: files.map(\.file.hash), in: ticket.namespace)
        }
        let total = files.reduce(0) { $0 + (known[$1.file.hash] == nil ? $1.file.size : 0) }
        var verified = 0
        var tables = XorbTables(database: database, namespace: ticket.namespace)
        var batch: [XetContent] = []
        for (file, digest) in files {
            if let knownDigest = known[file.hash] {
                guard knownDigest == digest else { throw XetError.wrongSHA256(file.hash) }
                batch.append(XetContent(hash: file.hash, sha256: digest, assembled: nil))
            } else {
                let start = verified
                let extents = try await tables.extents(of: file)
                do {
                    let assembled = try await content.verify(extents, expecting: digest) { position in
                        try await progress(start + position, total)
                    }
                    batch.append(XetContent(hash: file.hash, sha256: digest, assembled: assembled))
                } catch ContentError.wrongDigest {
                    throw XetError.wrongSHA256(file.hash)
                }
                verified += file.size
            }
            if batch.count >= Self.batchSize {
                try await keep(batch, ticket)
                batch = []
            }
        }
        try await keep(batch, ticket)
    }

    /// Each file once, with the hash that it must have.
    private func demandRegistrable(_ files: [ShardFile]) throws -> [(file: ShardFile, digest: SHA256Digest)] {
        var seen: Set<XetHash> = []
        return try files.filter { seen.insert($0.hash).inserted }.map { file in
            guard let digest = file.sha256 else { throw XetError.withoutSHA256(file.hash) }
            guard file.size <= content.largestFile else {
                throw XetError.fileTooLarge(file.hash, limit: content.largestFile)
            }
            return (file, digest)
        }
    }

    private func keep(_ batch: [XetContent], _ ticket: XetTicket) async throws {
        guard !batch.isEmpty else { return }
        let now = world.now()
        try await database.write { db in
            for item in batch {
                if let assembled = item.assembled {
                    try db.addAssembled(assembled, by: ticket.account, at: now)
                    try db.insertXetContent(item.hash, item.sha256, in: ticket.namespace)
                } else {
                    // Gone between the look and now: as if the file had never been known.
                    guard try db.isSound(item.sha256) else { throw XetError.wrongSHA256(item.hash) }
                    try db.promiseContents([item.sha256], at: now)
                    try db.addContentUpload(of: item.sha256, by: ticket.account, at: now)
                }
            }
        }
    }
}

/// A file of a shard that has been found to be right.
private struct XetContent: Sendable {
    var hash: XetHash
    var sha256: SHA256Digest
    /// Nil for a file that the namespace knew.
    var assembled: AssembledFile?
}

/// Finds the bytes of files in the xorbs of a namespace; keeps the chunk tables of the last few.
private struct XorbTables {
    private static let capacity = 16

    let database: any Database
    let namespace: AccountID
    private var tables: [XetHash: Xorb] = [:]

    init(database: any Database, namespace: AccountID) {
        self.database = database
        self.namespace = namespace
    }

    /// Where the file lies, once everything that the shard says about it is found to fit its chunks.
    mutating func extents(of file: ShardFile) async throws -> [Extent] {
        var extents: [Extent] = []
        var nodes: [XetNode] = []
        for (index, segment) in file.segments.enumerated() {
            let xorb = try await xorb(segment.xorb)
            guard let bytes = xorb.chunks.bytes(of: segment.chunks) else {
                throw XetError.badSegment(
                    file.hash,
                    "the xorb \(segment.xorb) has only \(xorb.chunks.chunks.count) chunks"
                )
            }
            guard bytes.count == segment.length else {
                throw XetError.badSegment(
                    file.hash,
                    "chunks of \(bytes.count) bytes are said to have \(segment.length)"
                )
            }
            let chunks = xorb.chunks.chunks[segment.chunks].compactMap { chunk in
                XetHash(bytes: chunk.hash).map { XetNode(hash: $0, length: chunk.length) }
            }
            if index < file.rangeHashes.count, XetTree.rangeHash(of: chunks) != file.rangeHashes[index] {
                throw XetError.badSegment(file.hash, "a range hash is wrong")
            }
            nodes += chunks
            extents.append(Extent(pack: xorb.pack, offset: bytes.lowerBound, length: bytes.count))
        }
        guard XetTree.fileHash(of: nodes) == file.hash else { throw XetError.wrongFileHash(file.hash) }
        return extents.merged()
    }

    private mutating func xorb(_ hash: XetHash) async throws -> Xorb {
        if let xorb = tables[hash] { return xorb }
        let namespace = namespace
        let found = try await database.read { db in try db.xorbs([hash.bytes], in: namespace) }
        guard let xorb = found[hash.bytes] else { throw XetError.unknownXorb(hash) }
        if tables.count >= Self.capacity { tables = [:] }
        tables[hash] = xorb
        return xorb
    }
}
