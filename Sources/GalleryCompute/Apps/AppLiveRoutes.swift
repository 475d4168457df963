import AsyncHTTPClient
import Foundation
import GalleryDatabase
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

extension Apps {
    /// An address below which the page of somebody's own program answers, for who looks at it now.
    func page(of id: String, by viewer: Viewer) async throws -> (path: String, until: Date) {
        _ = try viewer.mustBeSignedIn()
        let standing = try await show(id, by: viewer)
        guard standing.app.purpose == .own else { throw AppError.badTalk("this app has no page of its own") }
        guard standing.isOpen else { throw AppError.notOpen }
        let until = world.now().addingTimeInterval(AppPass.lifetime)
        return ("/apps/\(id)/live/\(pass.text(for: id, until: until))/", until)
    }

    /// The door of an app, for a browser with a pass.
    func relay(to id: String, pass text: String) async throws -> AppRelay {
        guard pass.admits(text, to: id, at: world.now()) else { throw AppError.linkOver }
        let standing = try await database.read { db in
            let app = try db.demandApp(id)
            return AppStanding(app, try app.run.flatMap(db.run))
        }
        guard standing.app.purpose == .own else { throw AppError.unknown }
        return try await relay(to: standing)
    }
}

/// `/apps/ID/live/PASS/…`: the pages of people's own programs. What comes from there is nobody's: it gets no cookie and no
/// credential, and acts in a sandbox without an origin.
struct AppLiveRoutes: Sendable {
    static let largestUpload = 64 << 20
    /// For documents, and for the frame that shows them.
    static let sandbox = "allow-scripts allow-forms allow-downloads"

    let apps: Apps

    func add(to router: some RouterMethods<GalleryContext>) {
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            router.on("/apps/:app/live/:pass", method: method, use: carry)
            router.on("/apps/:app/live/:pass/**", method: method, use: carry)
        }
        for path in ["/apps/:app/live/:pass", "/apps/:app/live/:pass/**"] {
            router.on(RouterPath(path), method: .options) { _, context in
                // Without an origin every request of a page is one from elsewhere.
                Response(status: .noContent, headers: Self.sharing)
            }
        }
    }

    @Sendable private func carry(_ request: Request, context: GalleryContext) async throws -> Response {
        let (id, pass) = (try context.segment("app"), try context.segment("pass"))
        let relay = try await apps.relay(to: id, pass: pass)
        let base = "/apps/\(id)/live/\(pass)"
        let target = try Self.target(request.uri.string, below: base)
        var question = AppRelay.Question(method: request.method, target: target)
        let host = context.addresses.host(of: request)
        question.headers = Self.inward(request.headers, base: base, host: host)
        question.body = try Self.body(of: request)
        let answer = try await relay.ask(question)
        let headers = Self.outward(answer.headers, base: base, host: host)
        return Response(status: answer.status, headers: headers, body: answer.stream())
    }

    /// What stands behind the pass, query and escapes as they came; refused where it climbs out of the app.
    static func target(_ address: String, below base: String) throws -> String {
        guard address.hasPrefix(base) else { throw AppError.badPath }
        let rest = String(address.dropFirst(base.count))
        let path = rest.prefix { $0 != "?" && $0 != "#" }
        // Escaped twice or once, with either slash: no part may lead upwards.
        var text = String(path)
        for _ in 0..<3 {
            let isSafe = text.split(whereSeparator: { $0 == "/" || $0 == "\\" }).allSatisfy { $0 != ".." && $0 != "." }
            guard isSafe, !text.contains("\0") else { throw AppError.badPath }
            guard let decoded = PercentEncoding.decode(text) else { throw AppError.badPath }
            if decoded == text { break }
            text = decoded
        }
        return rest.hasPrefix("/") ? rest : "/" + rest
    }

    private static func body(of request: Request) throws -> HTTPClientRequest.Body? {
        guard request.method != .get else { return nil }
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length {
            guard length <= largestUpload else { throw Problem.appUpload(largestUpload) }
            if length == 0 { return nil }
        } else if request.headers[.transferEncoding] == nil {
            return nil
        }
        let pieces = LimitedBody(body: request.body, limit: largestUpload)
        return .stream(pieces, length: length.map { .known(Int64($0)) } ?? .unknown)
    }

    // MARK: What passes

    /// What an app is told of a request.
    private static let told: Set<HTTPField.Name> = [
        .accept, .acceptLanguage, .contentType, .range, .ifNoneMatch, .ifModifiedSince, .cacheControl,
    ]

    static func inward(_ headers: HTTPFields, base: String, host: String) -> HTTPFields {
        var result: HTTPFields = [:]
        for field in headers where told.contains(field.name) { result.append(field) }
        // Where it is reached, for addresses that it makes itself.
        if let name = HTTPField.Name("X-Forwarded-Host") { result[name] = host + base }
        if let name = HTTPField.Name("X-Forwarded-Prefix") { result[name] = base }
        return result
    }

    /// What browsers are told of an answer.
    private static let answered: Set<HTTPField.Name> = [
        .contentType, .contentLength, .contentEncoding, .contentRange, .contentDisposition, .contentLanguage,
        .acceptRanges, .eTag, .lastModified, .cacheControl, .vary, .allow, .retryAfter,
    ]

    static func outward(_ headers: HTTPFields, base: String, host: String) -> HTTPFields {
        var result: HTTPFields = [:]
        for field in headers where answered.contains(field.name) { result.append(field) }
        result[.location] = headers[.location].flatMap { place($0, base: base, host: host) }
        for field in sharing { result[field.name] = field.value }
        return result
    }

    /// Where an answer leads to: within the app, or nowhere.
    private static func place(_ text: String, base: String, host: String) -> String? {
        var path = text
        for scheme in ["http://", "https://"] where path.hasPrefix("\(scheme)\(host)/") {
            path = String(path.dropFirst(scheme.count + host.count))
        }
        if path == base || path.hasPrefix(base + "/") { return path }
        guard !path.hasPrefix("//"), !path.contains("\\") else { return nil }
        if path.hasPrefix("/") { return base + path }
        return path.contains(":") ? nil : path
    }

    /// Without an origin a page can do nothing that a stranger could not, so anybody may read what the pass shows.
    private static let sharing: HTTPFields = {
        var fields: HTTPFields = [
            .contentSecurityPolicy: "sandbox \(sandbox); frame-ancestors 'self'", .xContentTypeOptions: "nosniff",
            .referrerPolicy: "no-referrer", .accessControlAllowOrigin: "null", .accessControlAllowCredentials: "true",
            .accessControlAllowMethods: "GET, POST, PUT, PATCH, DELETE",
            .accessControlAllowHeaders: "content-type, x-gradio-user",
        ]
        if let name = HTTPField.Name("Cross-Origin-Resource-Policy") { fields[name] = "cross-origin" }
        return fields
    }()
}

/// A body that is refused while it comes once it is larger than it may be.
private struct LimitedBody: AsyncSequence, Sendable {
    struct Iterator: AsyncIteratorProtocol {
        var pieces: RequestBody.AsyncIterator
        var left: Int
        let limit: Int

        mutating func next() async throws -> ByteBuffer? {
            guard let piece = try await pieces.next() else { return nil }
            left -= piece.readableBytes
            guard left >= 0 else { throw Problem.appUpload(limit) }
            return piece
        }
    }

    let body: RequestBody
    let limit: Int

    func makeAsyncIterator() -> Iterator { Iterator(pieces: body.makeAsyncIterator(), left: limit, limit: limit) }
}

extension Problem {
    fileprivate static func appUpload(_ most: Int) -> Problem {
        Problem(.tooLarge, "app-upload", "An app takes at most \(most >> 20) MiB at once.")
    }
}
