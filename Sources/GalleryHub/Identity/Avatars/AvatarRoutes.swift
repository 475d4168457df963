import GalleryModel
package import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `/avatars/…`: `{name}.svg` is a drawing made of the name, `{picture}-{side}.webp` a picture that was sent.
struct AvatarRoutes: Sendable {
    let edge: IdentityEdge
    private var avatars: Avatars { edge.identity.avatars }

    func add(to router: some RouterMethods<GalleryContext>, api: APIRoutes) {
        router.get("/avatars/:file", use: avatar)
        let crop: [APIParameter] = [
            .number("x", "The left edge of the square that is kept, in pixels.", in: 0...100_000),
            .number("y", "Its upper edge.", in: 0...100_000),
            .number("side", "Its side; the middle of the picture where one of the three is missing.", in: 0...100_000),
        ]
        for path in ["account/avatar", "organizations/{organization}/avatar"] {
            let answer = api.schema(of: AccountBody.self)
            api.raw(
                .put,
                path,
                "Replace the picture",
                for: .account,
                query: crop,
                body: .string(format: "binary"),
                bodyType: "image/*",
                upTo: PictureWorkshop.largestFile,
                answer: answer,
                use: replace
            )
            api.raw(.delete, path, "Go back to the drawn picture", for: .account, answer: answer, use: remove)
        }
    }

    private func avatar(_ request: Request, context: GalleryContext) async throws -> Response {
        let file = try context.segment("file")
        if file.hasSuffix(".webp") { return try await picture(file) }
        guard file.hasSuffix(".svg") else { throw AccountError.unknown(file) }
        let account = try await edge.identity.accounts.account(named: String(file.dropLast(4)))
        guard account.picture.isEmpty else {
            let headers: HTTPFields = [
                .location: account.avatarPath, .contentLength: "0", .cacheControl: "public, max-age=60",
            ]
            return Response(status: .found, headers: headers)
        }
        let drawing = Avatar.drawing(for: account)
        let headers: HTTPFields = [
            .contentType: "image/svg+xml; charset=utf-8", .contentLength: String(drawing.utf8.count),
            .cacheControl: "public, max-age=3600",
            .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
            .xContentTypeOptions: "nosniff",
        ]
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: drawing)))
    }

    /// A picture never changes under its name.
    private func picture(_ file: String) async throws -> Response {
        let parts = file.dropLast(5).split(separator: "-")
        guard parts.count == 2, let size = AvatarSize.allCases.first(where: { String($0.side) == parts[1] }),
            let bytes = try await avatars.picture(String(parts[0]), size)
        else { throw AccountError.unknown(file) }
        let headers: HTTPFields = [
            .contentType: "image/webp", .contentLength: String(bytes.count),
            .cacheControl: "public, max-age=31536000, immutable", .xContentTypeOptions: "nosniff",
        ]
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private func replace(_ request: Request, context: GalleryContext) async throws -> Response {
        let bytes = try await request.bytes(upTo: PictureWorkshop.largestFile)
        let account = try await avatars.replace(
            of: context.parameters["organization"].map(String.init),
            with: Array(bytes.readableBytesView),
            crop: request.query().crop(),
            by: context.viewer
        )
        return try APIRoutes.answer(AccountBody(account, isOwn: true))
    }

    private func remove(_ request: Request, context: GalleryContext) async throws -> Response {
        let account = try await avatars.remove(
            of: context.parameters["organization"].map(String.init),
            by: context.viewer
        )
        return try APIRoutes.answer(AccountBody(account, isOwn: true))
    }
}

extension QueryParameters {
    /// The square that `x`, `y` and `side` name, in pixels of the upright picture; the middle where they are missing.
    package func crop() throws -> PictureWorkshop.Crop {
        let range = 0...100_000
        let parts = try ["x", "y", "side"].map { try integer($0, in: range) }
        guard let x = parts[0], let y = parts[1], let side = parts[2] else { return .middle }
        return .part(x: x, y: y, width: side, height: side)
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
