import Foundation
import GalleryBlobs
import GalleryDatabase
package import GalleryHub
package import GalleryModel
import GalleryServing
import GitObjects
package import NIOCore

/// Files on their way into assets in parts, whose hash nobody knows beforehand; what has arrived survives everything.
package struct Uploads: Sendable {
    package static let partSize = 8 << 20
    /// After so long without a new part an upload is given up.
    static let lifetime: TimeInterval = 7 * 24 * 3600
    /// Files of one person that wait for their commit in one asset.
    static let most = 10_000

    let database: any Database
    let content: Content
    let files: Files
    let world: World
    let life: RepositoryLife
    /// How much of the disk stays free, in percent.
    let reserve: Int

    package init(hub: HubSlices) {
        database = hub.database
        content = hub.content
        files = hub.files
        world = hub.world
        life = hub.repositories.life
        reserve = hub.settings.storage.minimumFreePercent
    }

    // MARK: Asking

    /// How much may be sent, for those who may send.
    package func room(in repo: RepoID, by viewer: Viewer) async throws -> UploadRoom {
        try await database.read { db in try room(in: repo, besides: nil, by: viewer, db) }
    }

    /// One's own uploads to a branch that can go on or be committed.
    package func list(
        on branch: String,
        of repo: RepoID,
        by viewer: Viewer,
        limit: Int = Uploads.most
    ) async throws -> [UploadState] {
        let account = try viewer.mustBeSignedIn()
        let uploads = try await database.read { db in
            try AccessPolicy.demand(.write, on: db.facts(of: repo, for: viewer), by: viewer)
            return try db.assetUploads(on: branch, of: repo, by: account.id, limit: limit)
        }
        var states: [UploadState] = []
        for upload in uploads { states.append(try await state(of: upload)) }
        return states
    }

    private func state(of upload: AssetUpload) async throws -> UploadState {
        guard upload.sha256 == nil, let transfer = upload.transfer else {
            return UploadState(upload: upload, arrived: upload.partCount == 0 ? [] : Array(1...upload.partCount))
        }
        do {
            return UploadState(upload: upload, arrived: try await content.arrivedParts(of: transfer).map(\.number))
        } catch ContentError.unknownUpload {
            return UploadState(upload: upload, arrived: [])
        }
    }

    // MARK: Sending

    /// Begins to take a file, or goes on with the one that was left: refused before a byte is sent where it cannot be kept.
    package func begin(_ wish: NewUpload, by viewer: Viewer) async throws -> UploadState {
        let account = try viewer.mustBeSignedIn()
        if let fault = PathRules.fault(in: wish.path) { throw FilesError.badPath(wish.path, fault) }
        guard (1...500).contains(wish.fingerprint.count) else { throw UploadsError.badFingerprint }
        guard wish.size >= 0 else { throw UploadsError.badSize }
        let now = world.now()
        let known = try await database.write { db -> AssetUpload? in
            let known = try db.assetUpload(at: wish.path, on: wish.branch, of: wish.repo, by: account.id)
            let room = try room(in: wish.repo, besides: known?.id, by: viewer, db)
            try life.mayChange(wish.repo, db)
            guard wish.size <= room.fileBytes else {
                throw FilesError.fileTooLarge(path: wish.path, limit: room.fileBytes)
            }
            guard wish.size <= room.leftBytes else { throw UploadsError.noRoom(left: room.leftBytes) }
            if known == nil, try db.countAssetUploads(to: wish.repo, by: account.id) >= Self.most {
                throw UploadsError.tooMany(limit: Self.most)
            }
            guard let known, known.size == wish.size, known.fingerprint == wish.fingerprint else { return known }
            guard try db.isLiving(known) else { return nil }
            try db.touchAssetUpload(known.id, at: now)
            return known
        }
        if let known, known.size == wish.size, known.fingerprint == wish.fingerprint {
            return try await state(of: known)
        }
        try await checkSpace(for: wish.size)
        return UploadState(upload: try await start(wish, by: account.id, at: now), arrived: [])
    }

    private func start(_ wish: NewUpload, by account: AccountID, at now: Date) async throws -> AssetUpload {
        let id = world.newID()
        let partSize = max(Self.partSize, Int((wish.size - 1) / Int64(PartUpload.maximumParts)) + 1)
        let transfer =
            wish.size == 0
            ? nil
            : try await content.startUpload(named: id, size: Int(wish.size), partSize: partSize, by: account).id
        let upload = AssetUpload(id: id, account: account, transfer: transfer, partSize: partSize, wish, at: now)
        let former = try await database.write { db in
            let former = try db.assetUpload(at: wish.path, on: wish.branch, of: wish.repo, by: account)
            if let former { try db.deleteAssetUploads([former.id]) }
            try db.insert(upload)
            return former
        }
        if let transfer = former?.transfer { try await content.abandonUpload(transfer) }
        return upload
    }

    /// Takes one part; durable when this returns. Any order, several at once, and again as often as need be.
    package func receive<Body: AsyncSequence & Sendable>(
        _ number: Int,
        of id: String,
        body: Body,
        announced: Int?,
        by viewer: Viewer
    ) async throws where Body.Element == ByteBuffer {
        let upload = try await database.read { db in try own(id, by: viewer, db) }
        guard upload.sha256 == nil else { throw UploadsError.alreadyComplete }
        guard let transfer = upload.transfer else { throw ContentError.badPart(number: number, count: 0) }
        _ = try await content.receivePart(number, of: transfer, body: body, announcedLength: announced)
        let now = world.now()
        try await database.write { db in try db.touchAssetUpload(id, at: now) }
    }

    /// Makes a file of the parts and finds its hash; asking again gives the same answer.
    package func complete(_ id: String, by viewer: Viewer) async throws -> AssetUpload {
        let upload = try await database.read { db in try own(id, by: viewer, db) }
        guard upload.sha256 == nil else { return upload }
        let now = world.now()
        if let transfer = upload.transfer {
            do {
                _ = try await content.completeUpload(transfer) { digest, db in
                    try db.setDigest(digest, ofAssetUpload: id, at: now)
                }
            } catch ContentError.unknownUpload {
                let current = try await database.read { db in try own(id, by: viewer, db) }
                guard current.sha256 != nil else { throw UploadsError.unknown }
                return current
            }
        } else {
            let stored = try await content.store(ByteBuffer(), by: upload.account)
            try await database.write { db in try db.setDigest(stored.sha256, ofAssetUpload: id, at: now) }
        }
        return try await database.read { db in try own(id, by: viewer, db) }
    }

    /// Gives an upload up.
    package func remove(_ id: String, by viewer: Viewer) async throws {
        let account = try viewer.mustBeSignedIn()
        let upload = try await database.write { db in
            guard viewer.scope.includes(.write) else { throw UploadsError.unknown }
            guard let upload = try db.assetUpload(id, of: account.id) else { throw UploadsError.unknown }
            try db.deleteAssetUploads([id])
            return upload
        }
        if let transfer = upload.transfer { try await content.abandonUpload(transfer) }
    }

    /// Forgets what nobody has gone on with.
    func sweep() async throws {
        let time = world.now().addingTimeInterval(-Self.lifetime)
        while true {
            let old = try await database.write { db in
                let old = try db.assetUploads(unchangedSince: time, limit: 200)
                try db.deleteAssetUploads(old.map(\.id))
                return old
            }
            guard !old.isEmpty else { return }
            for upload in old { if let transfer = upload.transfer { try await content.abandonUpload(transfer) } }
        }
    }

    // MARK: Rules

    private func own(_ id: String, by viewer: Viewer, _ db: any SQLConnection) throws -> AssetUpload {
        let account = try viewer.mustBeSignedIn()
        guard let upload = try db.assetUpload(id, of: account.id) else { throw UploadsError.unknown }
        try AccessPolicy.demand(.write, on: db.facts(of: upload.repo, for: viewer), by: viewer)
        return upload
    }

    func room(
        in repo: RepoID,
        besides id: String?,
        by viewer: Viewer,
        _ db: any SQLConnection
    ) throws -> UploadRoom {
        try AccessPolicy.demand(.write, on: db.facts(of: repo, for: viewer), by: viewer)
        let quota = try db.quota(of: repo, files.limits)
        let used = try db.repository(repo)?.usedBytes ?? 0
        let left = try quota.repositoryBytes - used - db.bytesUnderWay(to: repo, besides: id)
        return UploadRoom(
            fileBytes: min(quota.fileBytes, Int64(content.largestFile)),
            repositoryBytes: quota.repositoryBytes,
            leftBytes: max(0, left)
        )
    }

    private func checkSpace(for size: Int64) async throws {
        guard let space = try await content.blobs.space() else { return }
        let reserved = Int64(space.totalBytes) / 100 * Int64(reserve)
        guard Int64(space.freeBytes) - reserved >= size else { throw BlobError.storageFull }
    }
}
