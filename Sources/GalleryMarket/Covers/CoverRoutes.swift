import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// Covers: showing them, and replacing them over `/api/v1`.
struct CoverRoutes: Sendable {
    let finder: AssetFinder
    let covers: Covers

    func add(to router: some RouterMethods<GalleryContext>, api: APIRoutes) {
        router.get("/covers/:id/:file") { request, context in
            let file = try context.segment("file")
            guard let size = Covers.Size.allCases.first(where: { "\($0.rawValue).webp" == file }),
                let bytes = try await covers.picture(of: RepoID(context.segment("id")), size, by: context.viewer)
            else { throw Problem(.missing, "cover-unknown", "This asset has no such cover.") }
            let headers: HTTPFields = [
                .contentType: "image/webp", .contentLength: String(bytes.count),
                .cacheControl: "private, max-age=86400", .xContentTypeOptions: "nosniff",
            ]
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        let path = "assets/{kind}/{owner}/{name}/cover"
        api.group("Publishing") { api in
            api.raw(
                .put,
                path,
                "Set the cover of an asset",
                for: .keepers,
                body: .string(format: "binary"),
                bodyType: "image/*",
                upTo: PictureWorkshop.largestFile,
                answer: api.schema(of: CoverBody.self)
            ) { request, context in
                let bytes = try await request.bytes(upTo: PictureWorkshop.largestFile)
                let repo = try await repo(context)
                let name = try await covers.replace(
                    of: repo,
                    with: Array(bytes.readableBytesView),
                    by: context.viewer
                )
                return try APIRoutes.answer(
                    CoverBody(small: Covers.path(repo, name, .small), large: Covers.path(repo, name, .large))
                )
            }
            api.send(.delete, path, "Remove the cover of an asset", for: .keepers) { call in
                try await covers.remove(of: repo(call.context), by: call.viewer)
            }
        }
    }

    private func repo(_ context: GalleryContext) async throws -> RepoID {
        try await finder.asset(
            context.segment("kind"),
            context.segment("owner"),
            context.segment("name"),
            by: context.viewer
        ).1.id
    }
}

struct CoverBody: Codable, Sendable {
    var small: String
    var large: String
}
