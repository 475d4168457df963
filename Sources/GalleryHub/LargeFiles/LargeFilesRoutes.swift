import Foundation
import GalleryBlobs
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// The LFS protocol below `/{prefix}{owner}/{name}.git/info/lfs`, and the signed addresses below `/api/lfs`.
struct LargeFilesRoutes {
    private static let mediaType = "application/vnd.git-lfs+json"
    private static let largestBody = 1 << 20

    let largeFiles: LargeFiles

    func add(to router: Router<GalleryContext>) {
        for kind in RepoKind.allCases {
            let lfs = router.group("\(kind.pathPrefix):owner/:name/info/lfs")
            lfs.post("objects/batch") { request, context in
                try await explaining { try await batch(kind, request, context) }
            }
            lfs.post("objects/verify") { request, context in
                try await explaining { try await verify(kind, request, context) }
            }
            lfs.get("locks") { _, _ in try await explaining { throw LargeFilesError.locks } }
            lfs.post("locks/verify") { _, _ in try await explaining { throw LargeFilesError.locks } }
        }
        let signed = router.group("api/lfs")
        signed.put("objects/:oid", use: receive)
        signed.get("objects/:oid", use: send)
        signed.post("objects/:oid/verify", use: verifySigned)
        signed.put("uploads/:upload/parts/:number", use: receivePart)
        signed.post("uploads/:upload", use: complete)
    }

    private func batch(_ kind: RepoKind, _ request: Request, _ context: GalleryContext) async throws -> Response {
        let address = try LargeFilesAddress(kind: kind, context)
        let batch = try await request.json(LargeFilesRequest.self, context: context, upTo: Self.largestBody)
        guard batch.objects.count <= LargeFiles.largestBatch else {
            throw LargeFilesError.tooManyObjects(limit: LargeFiles.largestBatch)
        }
        // The second spelling is that of the JavaScript client.
        if let word = batch.hashAlgorithm, !["sha256", "sha_256"].contains(word) {
            throw LargeFilesError.badHash(word)
        }
        let origin = request.origin(context)
        switch batch.operation {
        case "upload":
            return try answer(
                await largeFiles.uploads(
                    batch.objects,
                    inParts: preference(batch, request),
                    to: address,
                    at: origin,
                    by: context.viewer
                )
            )
        case "download":
            return try answer(await largeFiles.downloads(batch.objects, of: address, at: origin, by: context.viewer))
        default: throw LargeFilesError.badOperation(batch.operation)
        }
    }

    private func preference(_ batch: LargeFilesRequest, _ request: Request) -> PartsPreference {
        guard (batch.transfers ?? []).contains("multipart") else { return .never }
        return request.headers[.userAgent]?.hasPrefix("git-lfs/") == true ? .all : .large
    }

    private func verify(_ kind: RepoKind, _ request: Request, _ context: GalleryContext) async throws -> Response {
        let address = try LargeFilesAddress(kind: kind, context)
        let object = try await request.json(LargeFilesRequest.Object.self, context: context, upTo: Self.largestBody)
        try await largeFiles.verify(object, in: address, by: context.viewer)
        return answer(Data("{}".utf8))
    }

    @Sendable private func receive(_ request: Request, _ context: GalleryContext) async throws -> Response {
        let oid = try context.segment("oid")
        try await largeFiles.receive(oid, query(request), body: request.body, announced: announcedLength(request))
        return Response(status: .ok, headers: [.contentLength: "0"])
    }

    @Sendable private func verifySigned(_ request: Request, _ context: GalleryContext) async throws -> Response {
        let object = try await request.json(LargeFilesRequest.Object.self, context: context, upTo: Self.largestBody)
        try await largeFiles.verify(object, context.segment("oid"), query(request))
        return answer(Data("{}".utf8))
    }

    @Sendable private func receivePart(_ request: Request, _ context: GalleryContext) async throws -> Response {
        let upload = try context.segment("upload")
        guard let number = Int(try context.segment("number")) else {
            throw LargeFilesError.badRequest("the part has no number")
        }
        let part = try await largeFiles.receivePart(
            number,
            of: upload,
            query(request),
            body: request.body,
            announced: announcedLength(request)
        )
        return Response(status: .ok, headers: [.contentLength: "0", .eTag: "\"\(part.pack)\""])
    }

    @Sendable private func complete(_ request: Request, _ context: GalleryContext) async throws -> Response {
        let upload = try context.segment("upload")
        let parts = try await request.json(PartsRequest.self, context: context, upTo: Self.largestBody)
        try await largeFiles.complete(upload, query(request), oid: parts.oid)
        return answer(Data("{}".utf8))
    }

    @Sendable private func send(_ request: Request, _ context: GalleryContext) async throws -> Response {
        let oid = try context.segment("oid")
        let reader = try await largeFiles.reader(of: oid, query(request))
        let file = FileResponse(size: reader.size, tag: EntityTag(oid), contentType: "application/octet-stream")
        return try await file.answer(request, context) { range in
            if let pieces = reader.pieces(range) { return .pieces(pieces) }
            return .sequence(reader.stream(range))
        }
    }

    // MARK: Reading and answering

    private func query(_ request: Request) -> [(String, String)] {
        request.uri.queryParameters.map { (String($0.key), String($0.value)) }
    }

    private func announcedLength(_ request: Request) -> Int? {
        request.headers[.contentLength].flatMap { Int($0) }
    }

    private func answer(_ body: LargeFilesBody) throws -> Response { answer(try JSONEncoder.wire.encode(body)) }

    private func answer(_ bytes: Data) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: Self.mediaType, .contentLength: String(bytes.count)],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// git-lfs reads a refusal only under its own media type and in `message`, and asks for a password only when told how.
    private func explaining(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as any DomainError {
            var problem = error.problem
            problem.members["message"] = problem.detail
            problem.headers["Content-Type"] = Self.mediaType
            if problem.kind == .unauthenticated {
                problem.headers["WWW-Authenticate"] = "Basic realm=\"AI Gallery\""
                problem.headers["LFS-Authenticate"] = "Basic realm=\"AI Gallery\""
            }
            throw problem
        }
    }
}
