import Foundation
import GalleryBlobs
package import GalleryDatabase
package import GalleryModel
package import NIOCore
package import XetFormat

/// Takes large files as Xet clients send them: chunks in xorbs, which become packs, and shards, which say how chunks make
/// files.
///
/// A namespace shares its xorbs among all its repositories, so whoever may write there can use them by their hashes alone;
/// nobody else can.
package struct Xet: Sendable {
    let database: any Database
    let content: Content
    let tickets: XetTickets
    let world: World

    package init(database: any Database, content: Content, signingKey: [UInt8], world: World) {
        self.database = database
        self.content = content
        tickets = XetTickets(key: signingKey)
        self.world = world
    }

    /// Lets the viewer upload for a repository. A proposal of changes needs no right to write there, and so uses the
    /// proposer's own xorbs: those of the owner may be of private repositories.
    package func openUpload(
        to repo: RepoID,
        asProposal isProposal: Bool,
        by viewer: Viewer
    ) async throws -> XetAccess {
        let account = try viewer.mustBeSignedIn()
        return try await access(isForWriting: true, account: account.id, repo: repo) { db in
            let facts = try db.facts(of: repo, for: viewer)
            if isProposal, AccessPolicy.refusal(of: .write, on: facts, to: viewer) != nil {
                try AccessPolicy.demand(.discuss, on: facts, by: viewer)
                return account.id
            }
            try AccessPolicy.demand(.write, on: facts, by: viewer)
            return facts.owner
        }
    }

    /// A token for readers, as clients ask for it. Files are downloaded without it.
    package func openDownload(from repo: RepoID, by viewer: Viewer) async throws -> XetAccess {
        let account = viewer.account?.id ?? AccountID("")
        return try await access(isForWriting: false, account: account, repo: repo) { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.readFiles, on: facts, by: viewer)
            return facts.owner
        }
    }

    private func access(
        isForWriting: Bool,
        account: AccountID,
        repo: RepoID,
        namespace: @escaping @Sendable (any SQLConnection) throws -> AccountID
    ) async throws -> XetAccess {
        let (owner, generation) = try await database.read { db in
            let owner = try namespace(db)
            return (owner, try db.xorbGeneration(of: owner))
        }
        let expiry = Int(world.now().timeIntervalSince1970) + XetTickets.lifetime
        let ticket = XetTicket(
            account: account,
            namespace: owner,
            repo: repo,
            isForWriting: isForWriting,
            expiry: expiry
        )
        return XetAccess(space: "\(owner)-\(generation)", token: try tickets.token(for: ticket), expiry: expiry)
    }

    /// The ticket behind a token that writes in `space`.
    package func demandTicket(_ token: String, toWriteIn space: String) throws -> XetTicket {
        let ticket = try tickets.ticket(of: token, at: world.now())
        // A client that renews its token keeps the address it began with, so an older generation is as good as today's:
        // should a xorb it counts on be gone, the shard is refused and the next attempt gets the new address.
        guard let dash = space.lastIndex(of: "-"), space[..<dash] == ticket.namespace.rawValue else {
            throw XetError.otherNamespace
        }
        guard ticket.isForWriting else { throw XetError.readOnlyTicket }
        return ticket
    }

    /// Whether a xorb need not be sent; if so it is kept for the shard that will name it.
    package func hasXorb(_ hash: XetHash, _ ticket: XetTicket) async throws -> Bool {
        let now = world.now()
        return try await database.write { db in try db.hasXorb(hash.bytes, in: ticket.namespace, at: now) }
    }

    /// Takes a xorb, unpacked, into a pack of its own. False when the namespace had it.
    package func addXorb<Body: AsyncSequence & Sendable>(
        _ hash: XetHash,
        _ body: Body,
        _ ticket: XetTicket
    ) async throws -> Bool where Body.Element == ByteBuffer {
        var rest = body.makeAsyncIterator()
        do {
            if try await hasXorb(hash, ticket) {
                try await Self.drain(&rest)
                return false
            }
            let writer = try await content.startPack()
            do {
                let chunks = try await XorbUnpacker().unpack(&rest, into: writer, expecting: hash)
                return try await content.keepXorb(
                    hash.bytes,
                    in: ticket.namespace,
                    pack: try await writer.finish(),
                    chunks: ChunkTable(chunks)
                )
            } catch {
                await writer.cancel()
                throw error
            }
        } catch {
            // The client reads the answer only once it has sent everything.
            try await Self.drain(&rest)
            throw error
        }
    }

    /// Reads what is left of a body; of one that is larger than any xorb only so much.
    private static func drain<Source: AsyncIteratorProtocol>(_ rest: inout Source) async throws
    where Source.Element == ByteBuffer {
        var size = 0
        while size < XetLimits.packedXorbBytes, let piece = try await rest.next() { size += piece.readableBytes }
    }
}

/// Where an upload goes and with what.
package struct XetAccess: Sendable, Equatable {
    /// The namespace and the generation of its xorbs, as they stand in the address.
    package var space: String
    package var token: String
    /// Seconds since 1970.
    package var expiry: Int
}

extension ChunkTable {
    init(_ chunks: [XetNode]) {
        self.init(chunks.map { Chunk(length: $0.length, hash: $0.hash.bytes) })
    }
}
