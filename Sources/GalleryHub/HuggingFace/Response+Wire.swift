import Foundation
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// A JSON answer; `next` is where a list goes on.
    static func wire(_ body: some Encodable, status: HTTPResponse.Status = .ok, next: String? = nil) throws -> Response
    {
        let bytes = try JSONEncoder.wire.encode(body)
        var headers: HTTPFields = [
            .contentType: "application/json; charset=utf-8", .contentLength: String(bytes.count),
        ]
        if let next { headers[.link] = next }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Done, and nothing to say.
    static func done() throws -> Response { try .wire([String: String]()) }
}

extension QueryParameters {
    /// The page that an address asks for.
    func page(standard: Int = 50, maximum: Int = 500) throws -> ListPage {
        ListPage(
            offset: try integer("cursor", in: 0...10_000_000) ?? 0,
            limit: try limit(standard: standard, maximum: maximum)
        )
    }
}

extension Request {
    /// Where the next page of this list is.
    func link(_ next: ListPage?, _ context: GalleryContext) throws -> String? {
        try next.map { try nextLink(context, replacing: ["cursor": String($0.offset)]) }
    }
}

/// An account in lists and beside what it wrote, as hub clients know it.
struct UserBody: Encodable {
    let user: String
    let name: String
    let fullname: String
    let avatarUrl: String
    let type: String
    let isPro = false

    init(_ account: Account) {
        user = account.name
        name = account.name
        fullname = account.nickname
        avatarUrl = account.avatarPath
        type = account.kind == .user ? "user" : "org"
    }
}
