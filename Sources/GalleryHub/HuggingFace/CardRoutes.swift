import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `POST /api/validate-yaml`: asked before every upload of a README. Always answers JSON, which clients parse before they
/// look at the status, unless they accept plain text only.
struct CardRoutes {
    private struct Body: Decodable {
        var content: String
        var repoType: String?
    }

    private static let maximumBody = 4 << 20

    func add(to router: Router<GalleryContext>) {
        router.post("api/validate-yaml", use: validate)
    }

    @Sendable private func validate(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await request.json(Body.self, context: context, upTo: Self.maximumBody)
        let check = CardCheck(readme: body.content)
        let status: HTTPResponse.Status = check.errors.isEmpty ? .ok : .badRequest
        if request.headers[.accept]?.hasPrefix("text/plain") == true {
            let lines = check.errors.map { "- Error: \($0)" } + check.warnings.map { "- Warning: \($0)" }
            let text = ByteBuffer(string: lines.joined(separator: "\n"))
            return Response(
                status: status,
                headers: [.contentType: "text/plain; charset=utf-8", .contentLength: String(text.readableBytes)],
                body: .init(byteBuffer: text)
            )
        }
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.messages("errors", check.errors)
            json.messages("warnings", check.warnings)
        }
        return Response(json: json.buffer, status: status)
    }
}

extension JSONWriter {
    fileprivate mutating func messages(_ name: StaticString, _ messages: [String]) {
        key(name)
        array { json in
            for message in messages {
                json.object { json in
                    json.key("message")
                    json.string(message)
                }
            }
        }
    }
}
