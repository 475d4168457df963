import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import XetFormat

/// The content-addressed server that Xet clients talk to, below `/cas/{namespace}-{generation}`.
struct XetRoutes {
    /// Verified bytes between two lines of progress.
    private static let progressStep = 32 << 20

    /// Addresses whose callers show tokens of this slice.
    static let prefixes = ["/cas/", "/v1/telemetry"]

    let xet: Xet

    func add(to router: Router<GalleryContext>) {
        let cas = router.group("cas/:space")
        cas.post("v1/xorbs/:prefix/:hash", use: addXorb)
        cas.head("v1/xorbs/:prefix/:hash", use: findXorb)
        cas.post("v1/xorb-grants/:prefix/:hash", use: grant)
        cas.get("v1/chunks/:prefix/:hash", use: findChunk)
        cas.post("v1/shards", use: addShard)
        cas.post("v2/shards", use: addShardWithProgress)
        // Clients send it to the origin, whatever the path of the address they were given.
        router.post("v1/telemetry", use: telemetry)
    }

    @Sendable private func addXorb(_ request: Request, context: GalleryContext) async throws -> Response {
        let ticket = try ticket(request, context)
        return try await refusingForGood {
            let isNew = try await xet.addXorb(hash(context), request.body, ticket)
            return json("{\"was_inserted\":\(isNew)}")
        }
    }

    @Sendable private func findXorb(_ request: Request, context: GalleryContext) async throws -> Response {
        let ticket = try ticket(request, context)
        guard try await xet.hasXorb(hash(context), ticket) else { throw XetError.notDeduplicated }
        return Response(status: .ok)
    }

    /// Asked before each xorb: an empty 200 spares the client from sending one that is here; 404 makes it send.
    @Sendable private func grant(_ request: Request, context: GalleryContext) async throws -> Response {
        let ticket = try ticket(request, context)
        guard try await xet.hasXorb(hash(context), ticket) else { throw XetError.notDeduplicated }
        return Response(status: .ok, headers: [.contentLength: "0"])
    }

    @Sendable private func findChunk(_ request: Request, context: GalleryContext) async throws -> Response {
        _ = try ticket(request, context)
        throw XetError.notDeduplicated
    }

    @Sendable private func addShard(_ request: Request, context: GalleryContext) async throws -> Response {
        let ticket = try ticket(request, context)
        return try await refusingForGood {
            try await xet.register(try await files(request), ticket)
            return json("{\"result\":1}")
        }
    }

    /// The same, telling how far it is: the status goes out before the work, so a refusal is the last line.
    @Sendable private func addShardWithProgress(_ request: Request, context: GalleryContext) async throws -> Response {
        let ticket = try ticket(request, context)
        let files = try await files(request)
        return Response(
            status: .ok,
            headers: [.contentType: "application/x-ndjson"],
            body: ResponseBody { writer in
                var reported = -Self.progressStep
                do {
                    try await xet.register(files, ticket) { verified, total in
                        guard verified - reported >= Self.progressStep else { return }
                        reported = verified
                        let line = "{\"type\":\"validating\",\"verified\":\(verified),\"total\":\(total)}\n"
                        try await writer.write(ByteBuffer(string: line))
                    }
                    try await writer.write(ByteBuffer(string: "{\"type\":\"result\"}\n"))
                } catch let error as any DomainError {
                    try await writer.write(XetFailureLine(error.problem).line)
                } catch {
                    context.logger.error("shard not taken", metadata: ["error": "\(error)"])
                    try await writer.write(XetFailureLine(.failed(context.requestID)).line)
                }
                try await writer.finish(nil)
            }
        )
    }

    @Sendable private func telemetry(_ request: Request, context: GalleryContext) async throws -> Response {
        json("{}")
    }

    private func files(_ request: Request) async throws -> [ShardFile] {
        var parser = ShardParser()
        var failure: (any Error)?
        for try await piece in request.body where failure == nil {
            do {
                try piece.withUnsafeReadableBytes { try parser.feed($0) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return try parser.finish()
    }

    /// Says that the storage is full so that clients stop: they repeat a 507 for minutes, and of a 4xx they show the reason
    /// phrase, which a status without a phrase of its own keeps on its way out.
    private func refusingForGood(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as any DomainError where error.problem.kind == .storageFull {
            let status = HTTPResponse.Status(code: 419, reasonPhrase: "The storage of the gallery is full")
            return ProblemMiddleware.response(error.problem, status: status)
        }
    }

    private func ticket(_ request: Request, _ context: GalleryContext) throws -> XetTicket {
        guard let header = request.headers[.authorization], header.prefix(7).lowercased() == "bearer " else {
            throw XetError.badTicket
        }
        return try xet.demandTicket(String(header.dropFirst(7)), toWriteIn: try context.parameters.require("space"))
    }

    private func hash(_ context: GalleryContext) throws -> XetHash {
        guard let hash = XetHash(try context.parameters.require("hash")) else { throw XetError.badHash }
        return hash
    }

    private func json(_ text: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}

extension Problem {
    fileprivate static func failed(_ requestID: String) -> Problem {
        Problem(.unavailable, "internal-error", "Something went wrong here; it was logged as \(requestID).")
    }
}

/// The last line of an answer whose status has been sent already.
private struct XetFailureLine: Encodable {
    var type = "error"
    var message: String
    var retryable: Bool

    init(_ problem: Problem) {
        message = problem.detail
        retryable = problem.kind == .unavailable || problem.kind == .throttled
    }

    var line: ByteBuffer {
        var buffer = ByteBuffer(bytes: (try? JSONEncoder.wire.encode(self)) ?? Data())
        buffer.writeString("\n")
        return buffer
    }
}
