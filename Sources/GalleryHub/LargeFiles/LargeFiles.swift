import Foundation
import GalleryBlobs
package import GalleryDatabase
package import GalleryModel
import NIOCore

/// Large files by the LFS protocol: which of them have to be sent, and where to.
package struct LargeFiles: Sendable {
    /// Files above this go in parts, where the client can.
    static let partsAbove = 100_000_000
    static let partSize = 64 << 20
    static let largestBatch = 256
    private static let uploadLifetime: Duration = .seconds(24 * 3600)
    private static let downloadLifetime: Duration = .seconds(3600)

    let database: any Database
    let content: Content
    let limits: RepositoryLimits
    let world: World
    private let key: [UInt8]

    package init(
        database: any Database,
        content: Content,
        limits: RepositoryLimits,
        signingKey: [UInt8],
        world: World
    ) {
        self.database = database
        self.content = content
        self.limits = limits
        self.world = world
        key = signingKey
    }

    /// Tells for each object whether it has to be sent, and where to. Who may propose changes may send files: they count
    /// for nobody until a commit names them.
    func uploads(
        _ objects: [LargeFilesRequest.Object],
        inParts: PartsPreference,
        to address: LargeFilesAddress,
        at origin: String,
        by viewer: Viewer
    ) async throws -> LargeFilesBody {
        let wanted = objects.map { (object: $0, digest: SHA256Digest($0.oid)) }
        let digests = wanted.compactMap(\.digest)
        let now = world.now()
        let known = try await database.write { db in
            let facts = try facts(of: address, for: viewer, db)
            try demandContribution(to: facts, by: viewer)
            let usable = try db.mayUse(digests, by: viewer, in: facts.id)
            try db.promiseContents(usable, at: now)
            return (usable: usable, sizes: try db.contentSizes(of: usable), limits: try db.quota(of: facts.id, limits))
        }
        let account = try viewer.mustBeSignedIn()
        let isAllInParts = inParts == .all && objects.contains { $0.size > Self.partsAbove }
        var result: [LargeFilesBody.Object] = []
        for (object, digest) in wanted {
            guard let digest else {
                result.append(object.refused(422, "The oid is not a SHA-256 in hexadecimal."))
                continue
            }
            if let fault = fault(of: object, known.sizes[digest], known.limits) {
                result.append(object.refused(422, fault))
                continue
            }
            if known.usable.contains(digest) {
                result.append(LargeFilesBody.Object(oid: object.oid, size: object.size))
                continue
            }
            let goesInParts = isAllInParts || (inParts != .never && object.size > Self.partsAbove)
            let action =
                goesInParts && object.size > 0
                ? try await partsAction(digest, object.size, origin, account.id)
                : uploadAction(digest, object.size, origin, account.id)
            let verify = verifyAction(digest, origin, account.id)
            result.append(
                LargeFilesBody.Object(
                    oid: object.oid,
                    size: object.size,
                    authenticated: true,
                    actions: ["upload": action, "verify": verify]
                )
            )
        }
        let isMultipart = result.contains { $0.actions?["upload"]?.header != nil }
        return LargeFilesBody(transfer: isMultipart ? "multipart" : "basic", objects: result)
    }

    /// Where the objects of a repository can be got.
    func downloads(
        _ objects: [LargeFilesRequest.Object],
        of address: LargeFilesAddress,
        at origin: String,
        by viewer: Viewer
    ) async throws -> LargeFilesBody {
        let digests = objects.compactMap { SHA256Digest($0.oid) }
        let (repo, held) = try await database.read { db in
            let facts = try facts(of: address, for: viewer, db)
            try AccessPolicy.demand(.readFiles, on: facts, by: viewer)
            var held = try db.values(
                SHA256Digest.self,
                """
                SELECT sha256 FROM content_references WHERE repo = \(facts.id) AND sha256 IN (\(values: Set(digests)))
                """
            )
            if AccessPolicy.reach(facts, of: viewer) == .kept {
                held = try db.keptContents(among: held, of: facts.id)
            }
            return (facts.id, try db.contentSizes(of: held))
        }
        let expiry = world.now() + Self.downloadLifetime
        return LargeFilesBody(
            transfer: "basic",
            objects: objects.map { object in
                guard let digest = SHA256Digest(object.oid), let size = held[digest] else {
                    return object.refused(404, "The object does not exist in this repository.")
                }
                let link = SignedLink(
                    purpose: .download,
                    subject: digest.hex,
                    fields: ["repo": repo.rawValue],
                    expiry: expiry
                )
                let action = LargeFilesBody.Action(
                    href: "\(origin)/api/lfs/objects/\(digest)?\(link.query(key: key))",
                    expiresIn: Int(Self.downloadLifetime / .seconds(1))
                )
                return LargeFilesBody.Object(
                    oid: object.oid,
                    size: size,
                    authenticated: true,
                    actions: ["download": action]
                )
            }
        )
    }

    /// Who may commit may send, and who may propose changes; a run's worker does the first alone.
    private func demandContribution(to facts: RepoFacts, by viewer: Viewer) throws {
        guard AccessPolicy.refusal(of: .write, on: facts, to: viewer) != nil else { return }
        try AccessPolicy.demand(.discuss, on: facts, by: viewer)
    }

    /// Throws unless the object has arrived whole.
    func verify(_ object: LargeFilesRequest.Object, in address: LargeFilesAddress, by viewer: Viewer) async throws {
        guard let digest = SHA256Digest(object.oid) else { throw LargeFilesError.badRequest("the oid is no SHA-256") }
        let size = try await database.read { db in
            let facts = try facts(of: address, for: viewer, db)
            try demandContribution(to: facts, by: viewer)
            return try db.contentSizes(of: db.mayUse([digest], by: viewer, in: facts.id))[digest]
        }
        guard let size else { throw LargeFilesError.notStored(digest) }
        guard size == object.size else { throw ContentError.wrongSize(expected: object.size, received: size) }
    }

    // MARK: What signed addresses lead to

    func receive<Body: AsyncSequence & Sendable>(
        _ oid: String,
        _ query: [(String, String)],
        body: Body,
        announced: Int?
    ) async throws where Body.Element == ByteBuffer {
        let link = try read(.upload, oid, query)
        guard let digest = SHA256Digest(oid), let size = link.fields["size"].flatMap({ Int($0) }) else {
            throw LargeFilesError.badLink
        }
        if let announced, announced != size { throw ContentError.wrongSize(expected: size, received: announced) }
        _ = try await content.receive(
            body,
            expecting: digest,
            size: size,
            by: AccountID(link.fields["account"] ?? "")
        )
    }

    /// Throws unless the account that the address was made for has sent the object whole.
    func verify(_ object: LargeFilesRequest.Object, _ oid: String, _ query: [(String, String)]) async throws {
        let account = AccountID(try read(.verify, oid, query).fields["account"] ?? "")
        guard let digest = SHA256Digest(oid), object.oid == digest.hex else { throw LargeFilesError.badLink }
        let size = try await database.read { db -> Int? in
            let isSent = try db.exists(
                "SELECT 1 FROM content_uploads WHERE account = \(account) AND sha256 = \(digest)"
            )
            return isSent ? try db.contentSizes(of: [digest])[digest] : nil
        }
        guard let size else { throw LargeFilesError.notStored(digest) }
        guard size == object.size else { throw ContentError.wrongSize(expected: object.size, received: size) }
    }

    func receivePart<Body: AsyncSequence & Sendable>(
        _ number: Int,
        of upload: String,
        _ query: [(String, String)],
        body: Body,
        announced: Int?
    ) async throws -> StoredPart where Body.Element == ByteBuffer {
        _ = try read(.part, upload, query)
        return try await content.receivePart(number, of: upload, body: body, announcedLength: announced)
    }

    /// Completing what is complete is no error: a client repeats the request when the answer got lost.
    func complete(_ upload: String, _ query: [(String, String)], oid: String) async throws {
        let link = try read(.complete, upload, query)
        let account = AccountID(link.fields["account"] ?? "")
        guard let digest = SHA256Digest(oid), link.fields["oid"] == digest.hex else { throw LargeFilesError.badLink }
        do {
            _ = try await content.completeUpload(upload)
        } catch ContentError.unknownUpload {
            let isDone = try await database.read { db in
                try db.isSound(digest)
                    && db.exists("SELECT 1 FROM content_uploads WHERE account = \(account) AND sha256 = \(digest)")
            }
            guard isDone else { throw ContentError.unknownUpload }
        }
    }

    func reader(of oid: String, _ query: [(String, String)]) async throws -> ExtentReader {
        _ = try read(.download, oid, query)
        guard let digest = SHA256Digest(oid) else { throw LargeFilesError.badLink }
        return try await content.reader(of: digest)
    }

    // MARK: Steps

    private func facts(of address: LargeFilesAddress, for viewer: Viewer, _ db: any SQLConnection) throws -> RepoFacts {
        guard let location = try db.repo(kind: address.kind, name: address.name) else {
            throw AccessError.notFound(to: viewer)
        }
        return try db.facts(of: location.id, for: viewer)
    }

    private func fault(of object: LargeFilesRequest.Object, _ stored: Int?, _ limits: RepositoryLimits) -> String? {
        if object.size < 0 { return "The size of an object is at least 0." }
        if let stored, stored != object.size { return "This object has \(stored) bytes, not \(object.size)." }
        let limit = min(limits.fileBytes, Int64(content.largestFile))
        guard Int64(object.size) <= limit else {
            return "The file has \(object.size) bytes; at most \(limit) are allowed here."
        }
        return nil
    }

    private func uploadAction(
        _ digest: SHA256Digest,
        _ size: Int,
        _ origin: String,
        _ account: AccountID
    ) -> LargeFilesBody.Action {
        let link = SignedLink(
            purpose: .upload,
            subject: digest.hex,
            fields: ["account": account.rawValue, "size": String(size)],
            expiry: world.now() + Self.uploadLifetime
        )
        return LargeFilesBody.Action(
            href: "\(origin)/api/lfs/objects/\(digest)?\(link.query(key: key))",
            expiresIn: Int(Self.uploadLifetime / .seconds(1))
        )
    }

    private func verifyAction(
        _ digest: SHA256Digest,
        _ origin: String,
        _ account: AccountID
    ) -> LargeFilesBody.Action {
        let link = SignedLink(
            purpose: .verify,
            subject: digest.hex,
            fields: ["account": account.rawValue],
            expiry: world.now() + Self.uploadLifetime
        )
        return LargeFilesBody.Action(
            href: "\(origin)/api/lfs/objects/\(digest)/verify?\(link.query(key: key))",
            expiresIn: Int(Self.uploadLifetime / .seconds(1))
        )
    }

    private func partsAction(
        _ digest: SHA256Digest,
        _ size: Int,
        _ origin: String,
        _ account: AccountID
    ) async throws -> LargeFilesBody.Action {
        let partSize = max(Self.partSize, (size - 1) / PartUpload.maximumParts + 1)
        let upload = try await content.startUpload(of: digest, size: size, partSize: partSize, by: account)
        let expiry = world.now() + Self.uploadLifetime
        let part = SignedLink(purpose: .part, subject: upload.id, fields: [:], expiry: expiry).query(key: key)
        let complete = SignedLink(
            purpose: .complete,
            subject: upload.id,
            fields: ["account": account.rawValue, "oid": digest.hex],
            expiry: expiry
        )
        var header = ["chunk_size": String(partSize)]
        for number in 1...upload.partCount {
            header[String(number)] = "\(origin)/api/lfs/uploads/\(upload.id)/parts/\(number)?\(part)"
        }
        return LargeFilesBody.Action(
            href: "\(origin)/api/lfs/uploads/\(upload.id)?\(complete.query(key: key))",
            header: header,
            expiresIn: Int(Self.uploadLifetime / .seconds(1))
        )
    }

    private func read(
        _ purpose: SignedLink.Purpose,
        _ subject: String,
        _ query: [(String, String)]
    ) throws(LargeFilesError) -> SignedLink {
        try SignedLink.read(purpose, subject: subject, query: query, key: key, now: world.now())
    }
}

/// Which objects of a batch a client can send in parts.
enum PartsPreference: Sendable {
    case never
    /// Each as it needs: the hub's own clients look at each object.
    case large
    /// All or none: git-lfs picks one way for the whole batch.
    case all
}

extension LargeFilesRequest.Object {
    fileprivate func refused(_ code: Int, _ message: String) -> LargeFilesBody.Object {
        LargeFilesBody.Object(oid: oid, size: size, error: .init(code: code, message: message))
    }
}

extension Date {
    fileprivate static func + (time: Date, duration: Duration) -> Date {
        time.addingTimeInterval(duration / .seconds(1))
    }
}
