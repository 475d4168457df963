import Foundation
import GalleryModel
import HTTPTypes
package import Hummingbird
package import NIOCore

extension Request {
    /// The whole body, if it is no larger than `limit`; throws 413 without reading on otherwise.
    package func bytes(upTo limit: Int) async throws -> ByteBuffer {
        try mustAnnounce(upTo: limit)
        do {
            return try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw Problem.bodyTooLarge(limit)
        }
    }

    /// Throws 413 for a body that says itself to be larger than `limit`.
    func mustAnnounce(upTo limit: Int) throws {
        guard let announced = headers[.contentLength].flatMap({ Int($0) }), announced > limit else { return }
        throw Problem.bodyTooLarge(limit)
    }

    /// A JSON body, whatever its content type says; an empty one counts as `{}`. Throws 400 with what is wrong.
    package func json<Body: Decodable>(
        _ type: Body.Type = Body.self,
        context: GalleryContext,
        upTo limit: Int? = nil
    ) async throws -> Body {
        let bytes = try await bytes(upTo: limit ?? context.maxUploadSize)
        let data = bytes.readableBytes == 0 ? Data("{}".utf8) : Data(bytes.readableBytesView)
        do {
            return try context.requestDecoder.decode(type, from: data)
        } catch let error as DecodingError {
            throw Problem(error, decoding: type, from: data)
        }
    }

    /// A form body (`application/x-www-form-urlencoded`).
    package func form(context: GalleryContext, upTo limit: Int? = nil) async throws -> QueryParameters {
        let bytes = try await bytes(upTo: limit ?? context.maxUploadSize)
        return try QueryParameters(String(buffer: bytes))
    }

    /// Whether the body is a form by its content type.
    package var hasForm: Bool {
        headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") ?? false
    }
}

extension Problem {
    static func bodyTooLarge(_ limit: Int) -> Problem {
        Problem(
            .tooLarge,
            "body-too-large",
            "The body of the request is larger than the \(ByteCount.text(Int64(limit))) that this address takes."
        )
    }
}
