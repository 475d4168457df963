import Foundation
import GalleryDatabase
package import GalleryModel
import Glibc
package import HTTPTypes
package import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

extension Problem.Kind {
    /// The only place that knows statuses.
    package var status: HTTPResponse.Status {
        switch self {
        case .invalid: .badRequest
        case .unprocessable: .unprocessableContent
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .missing: .notFound
        case .conflict: .conflict
        case .stale: .preconditionFailed
        case .gone: .gone
        case .tooLarge: .contentTooLarge
        case .unsatisfiable: .rangeNotSatisfiable
        case .throttled: .tooManyRequests
        case .storageFull: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        case .unsupported: .notImplemented
        case .unavailable: .serviceUnavailable
        }
    }
}

extension HTTPField.Name {
    // swift-format-ignore: NeverForceUnwrap
    package static let requestID = HTTPField.Name("X-Request-Id")!
    // swift-format-ignore: NeverForceUnwrap
    package static let errorCode = HTTPField.Name("X-Error-Code")!
    // swift-format-ignore: NeverForceUnwrap
    package static let errorMessage = HTTPField.Name("X-Error-Message")!
}

/// Turns every error into one answer: RFC 9457, plus the member and headers that huggingface_hub reads.
package struct ProblemMiddleware: RouterMiddleware {
    package typealias Context = GalleryContext

    package init() {}

    package func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            // The rest of the stream has no meaning: the server answers 400 and closes.
            throw error
        } catch  where Disconnection.isCause(of: error) {
            throw error
        } catch let error as HTTPError {
            let status = error.status == .methodNotAllowed ? .notFound : error.status
            return await Self.answer(Problem(error), status: status, request, context)
        } catch {
            if let problem = Self.problem(for: error) {
                return await Self.answer(problem, status: problem.kind.status, request, context)
            }
            context.logger.error("unexpected error", metadata: ["error": "\(error)", "path": "\(request.uri.path)"])
            let problem = Problem(
                .unavailable,
                "internal-error",
                "Something went wrong here; it was logged as \(context.requestID)."
            )
            return await Self.answer(problem, status: .internalServerError, request, context)
        }
    }

    /// A page for a browser, JSON for everybody else.
    private static func answer(
        _ problem: Problem,
        status: HTTPResponse.Status,
        _ request: Request,
        _ context: GalleryContext
    ) async -> Response {
        let known = context.trace.current
        guard let pages = context.pages, Pages.isWanted(by: request) else {
            // The scripts of our own pages show the sentence to people.
            let isOurs = known.formToken != nil && request.uri.path.hasPrefix("/api/v1/")
            return response(problem, status: status, saying: isOurs ? context.say(problem) : nil)
        }
        // Who asks was found out further in.
        var context = context
        context.viewer = known.viewer
        context.formToken = known.formToken
        do {
            return try await pages.answer(problem, status: status, request, context)
        } catch {
            context.logger.error("no page for a problem", metadata: ["error": "\(error)"])
            return response(problem, status: status)
        }
    }

    /// What a person may be told of an error; nil for one that only the log should know.
    package static func problem(for error: any Error) -> Problem? {
        switch error {
        case let error as any DomainError: error.problem
        case let error as DecodingError: Problem(error)
        case DatabaseError.busy:
            Problem(.unavailable, "database-busy", "The gallery is busy; try again in a moment.", retryAfter: 1)
        case DatabaseError.unstorable(let reason):
            .invalid("unstorable-text", "The request holds \(reason), which cannot be kept.")
        case let error as IOError where error.errnoCode == ENOSPC || error.errnoCode == EDQUOT: .storageFull
        default: nil
        }
    }

    /// `sentence` is the problem's in the language of whom it is shown to.
    package static func response(
        _ problem: Problem,
        status: HTTPResponse.Status? = nil,
        saying sentence: String? = nil
    ) -> Response {
        let status = status ?? problem.kind.status
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        headers[.errorMessage] = problem.detail.headerSafe
        if let code = problem.hubCode { headers[.errorCode] = code.rawValue }
        if let seconds = problem.retryAfter { headers[.retryAfter] = String(seconds) }
        for (name, value) in problem.headers {
            if let name = HTTPField.Name(name) { headers[name] = value.headerSafe }
        }
        var told = problem
        if let sentence { told.detail = sentence }
        return Response(status: status, headers: headers, body: .init(byteBuffer: bytes(of: told, status: status)))
    }

    static func bytes(of problem: Problem, status: HTTPResponse.Status? = nil) -> ByteBuffer {
        var members = problem.members
        members["type"] = "/problems/\(problem.code)"
        members["title"] = problem.code.replacingOccurrences(of: "-", with: " ")
        members["detail"] = problem.detail
        members["error"] = members["error"] ?? problem.detail
        let body = ProblemBody(members: members, faults: problem.faults, status: (status ?? problem.kind.status).code)
        return ByteBuffer(bytes: (try? JSONEncoder.wire.encode(body)) ?? Data())
    }
}

private struct ProblemBody: Encodable {
    var members: [String: String]
    var faults: [String: String]
    var status: Int

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            try container.encode(value, forKey: Key(stringValue: name))
        }
        if !faults.isEmpty { try container.encode(faults, forKey: Key(stringValue: "faults")) }
        try container.encode(status, forKey: Key(stringValue: "status"))
    }
}

extension String {
    /// Printable ASCII on one line: what a header value may carry everywhere.
    fileprivate var headerSafe: String {
        String(unicodeScalars.map { (" "..."~").contains($0) ? Character($0) : "?" })
    }
}

extension Problem {
    /// The disk is full, or nearly so.
    package static let storageFull = Problem(
        .storageFull,
        "storage-full",
        "The storage of this gallery is full. Ask its operator for space, then try again."
    )

    /// Hummingbird's own refusals: no route, a body that is too large or no JSON.
    init(_ error: HTTPError) {
        let kind: Kind =
            switch error.status {
            case .notFound, .methodNotAllowed: .missing
            case .contentTooLarge: .tooLarge
            case .unprocessableContent: .unprocessable
            case .unauthorized: .unauthenticated
            case .forbidden: .forbidden
            case .conflict: .conflict
            default: .invalid
            }
        let detail =
            switch kind {
            case .missing: "There is nothing at this address."
            case .tooLarge: "The body of the request is larger than this address takes."
            default: error.body ?? "The request could not be read."
            }
        self.init(kind, "http-\(error.status.code)", detail)
    }
}
