import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `/avatars/{name}.svg`: a drawing made of the name, for accounts without a picture.
struct AvatarRoutes: Sendable {
    let edge: IdentityEdge

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/avatars/:file", use: avatar)
    }

    private func avatar(_ request: Request, context: GalleryContext) async throws -> Response {
        let file = try context.segment("file")
        guard file.hasSuffix(".svg") else { throw AccountError.unknown(file) }
        let account = try await edge.identity.accounts.account(named: String(file.dropLast(4)))
        let drawing = Avatar.drawing(for: account)
        let headers: HTTPFields = [
            .contentType: "image/svg+xml; charset=utf-8", .contentLength: String(drawing.utf8.count),
            .cacheControl: "public, max-age=3600",
            .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
            .xContentTypeOptions: "nosniff",
        ]
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: drawing)))
    }
}

/// The default picture of an account: its first letter on a colour of its own.
enum Avatar {
    static func drawing(for account: Account) -> String {
        let hue =
            SHA256Digest.of(AccountName.key(account.name).utf8).bytes.prefix(2).reduce(0) { $0 << 8 | Int($1) } % 360
        let letter = (account.nickname.first ?? "?").uppercased().htmlEscaped
        let shape =
            account.kind == .user
            ? "<circle cx=\"60\" cy=\"60\" r=\"60\" fill=\"hsl(\(hue) 55% 42%)\"/>"
            : "<rect width=\"120\" height=\"120\" rx=\"24\" fill=\"hsl(\(hue) 55% 42%)\"/>"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" width="120" height="120" role="img">
            \(shape)
            <text x="60" y="62" fill="#fff" font-family="sans-serif" font-size="60" font-weight="600" \
            text-anchor="middle" dominant-baseline="central">\(letter)</text>
            </svg>

            """
    }
}

extension String {
    /// Safe in HTML and XML, in text and in quoted attributes.
    var htmlEscaped: String {
        var result = ""
        for character in self {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
        return result
    }
}
