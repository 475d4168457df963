import GalleryBlobs
import GalleryModel
package import HTTPTypes
package import Hummingbird
import NIOCore

/// The answer to HEAD or GET of a file: conditions, one range, and the fastest way out for the bytes.
package struct FileResponse: Sendable {
    package var size: Int
    package var tag: EntityTag
    package var contentType: String
    package var disposition: ContentDisposition?
    /// Further headers, on every answer: 200, 206, 304 and 416.
    package var headers: HTTPFields

    package init(
        size: Int,
        tag: EntityTag,
        contentType: String,
        disposition: ContentDisposition? = nil,
        headers: HTTPFields = [:]
    ) {
        self.size = size
        self.tag = tag
        self.contentType = contentType
        self.disposition = disposition
        self.headers = headers
    }

    /// Answers the request. `body` is asked for the bytes of a range, and only where some are to be sent.
    package func answer(
        _ request: Request,
        _ context: GalleryContext,
        body: (Range<Int>) async throws -> FileBody
    ) async throws -> Response {
        var headers = commonHeaders
        if let condition = request.headers[.ifMatch], !tag.isListed(in: condition) {
            throw Problem(.stale, "file-changed", "The file is not the one that If-Match names.")
        }
        if let condition = request.headers[.ifNoneMatch], tag.isListed(in: condition) {
            return Response(status: .notModified, headers: headers)
        }
        switch range(of: request) {
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(size)"
            var problem = Problem(
                .unsatisfiable,
                "range-outside",
                "The file has \(size) bytes; the range asked for lies outside."
            )
            for field in headers { problem.headers[field.name.rawName] = field.value }
            throw problem
        case .whole:
            headers[.contentLength] = String(size)
            return try await answer(request, context, .ok, headers, 0..<size, body)
        case .part(let range):
            headers[.contentLength] = String(range.count)
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
            return try await answer(request, context, .partialContent, headers, range, body)
        }
    }

    private func range(of request: Request) -> ByteRange {
        guard request.method == .get else { return .whole }
        if let condition = request.headers[.ifRange], !tag.matchesStrongly(condition) { return .whole }
        return ByteRange(header: request.headers[.range], size: size)
    }

    private var commonHeaders: HTTPFields {
        var headers = headers
        headers[.eTag] = headers[.eTag] ?? tag.header
        headers[.acceptRanges] = "bytes"
        headers[.contentType] = contentType
        headers[.contentDisposition] = disposition?.header
        headers[.xContentTypeOptions] = "nosniff"
        // Whatever a user stored, it does nothing in our name.
        headers[.contentSecurityPolicy] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        return headers
    }

    private func answer(
        _ request: Request,
        _ context: GalleryContext,
        _ status: HTTPResponse.Status,
        _ headers: HTTPFields,
        _ range: Range<Int>,
        _ body: (Range<Int>) async throws -> FileBody
    ) async throws -> Response {
        guard request.method != .head, !range.isEmpty else { return Response(status: status, headers: headers) }
        switch try await body(range) {
        case .bytes(let bytes):
            return Response(status: status, headers: headers, body: .init(byteBuffer: bytes))
        case .stream(let stream):
            context.trace.startStreaming()
            let writing: @Sendable (inout any ResponseBodyWriter) async throws -> Void = { writer in
                try await writer.write(stream)
                context.metrics?.transferred(range.count, by: .read)
                try await writer.finish(nil)
            }
            return Response(status: status, headers: headers, body: .init(contentLength: range.count, writing))
        case .pieces(let pieces):
            if let handedOver = try await handOver(pieces, context, headers) { return handedOver }
            let files = try await OpenedPieces(pieces)
            context.trace.startStreaming()
            return Response(
                status: status,
                headers: headers,
                body: .init(contentLength: range.count) { try await files.send(to: &$0, context) }
            )
        }
    }

    /// Lets a proxy in front send the file, where it is one whole file of the data folder and the proxy is set up for it.
    private func handOver(
        _ pieces: [FilePiece],
        _ context: GalleryContext,
        _ headers: HTTPFields
    ) async throws -> Response? {
        guard let rule = context.handover, pieces.count == 1,
            let location = try await rule.location(of: pieces[0], size: size)
        else {
            return nil
        }
        var headers = headers
        headers[.contentLength] = nil
        headers[.contentRange] = nil
        headers[.xAccelRedirect] = location
        context.metrics?.transferred(size, by: .proxy)
        // The proxy looks at the Range header itself.
        return Response(status: .ok, headers: headers)
    }
}

extension HTTPField.Name {
    // swift-format-ignore: NeverForceUnwrap
    package static let xAccelRedirect = HTTPField.Name("X-Accel-Redirect")!
}
