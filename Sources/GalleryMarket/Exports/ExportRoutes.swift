import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /api/v1/exports/assets?format=csv|jsonl&kind=…&owner=…`
struct ExportRoutes: Sendable {
    let exports: Exports
    let world: World

    @Sendable func assets(_ request: Request, context: GalleryContext) async throws -> Response {
        let query = try request.query()
        guard let format = AssetExport.Format(rawValue: query["format"] ?? "csv") else {
            throw Problem.invalid("export-format-unknown", "The format is csv or jsonl.")
        }
        let kind = try RepoKind.named(query["kind"])
        let owner = query["owner"].flatMap { $0.isEmpty ? nil : $0 }
        let pieces = try await exports.begin(
            AssetExport(format: format, kind: kind, owner: owner),
            by: context.viewer
        )
        let day = world.now().wire.prefix(10)
        let headers: HTTPFields = [
            .contentType: format == .csv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8",
            .contentDisposition: "attachment; filename=\"assets-\(day).\(format.rawValue)\"",
            .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        ]
        let body = ResponseBody { writer in
            if !pieces.head.isEmpty { try await writer.write(ByteBuffer(string: pieces.head)) }
            var place = ""
            while let (text, next) = try await pieces.piece(after: place) {
                try await writer.write(ByteBuffer(string: text))
                place = next
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}
