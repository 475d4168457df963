import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// An answer: what is read of it, and all of it.
package struct APIAnswer<Body: Sendable>: Sendable {
    package var body: Body
    package var json: JSONValue
}

/// What is done with a resource.
package enum APIMethod: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}

/// The gallery's own API; every refusal becomes a `HubError` with the server's own sentence.
package struct APIClient: Sendable {
    private struct Page: Decodable {
        var items: JSONValue
        var next: String?
    }

    private let hub: HubClient

    package init(_ hub: HubClient) { self.hub = hub }

    package func get<Body: Decodable & Sendable>(
        _ path: String,
        _ query: [(String, String?)] = []
    ) async throws -> APIAnswer<Body> {
        try await answer(HubRequest(url: url(path, query)))
    }

    /// The items of a list from page to page, at most `limit`.
    package func list<Item: Decodable & Sendable>(
        _ path: String,
        _ query: [(String, String?)] = [],
        limit: Int
    ) async throws -> APIAnswer<[Item]> {
        var (items, cursor): ([JSONValue], String?) = ([], nil)
        repeat {
            let paging = [("limit", String(min(limit - items.count, 100))), ("cursor", cursor)]
            let page: APIAnswer<Page> = try await get(path, query + paging)
            guard case .array(let some) = page.body.items else { break }
            items += some
            cursor = some.isEmpty ? nil : page.body.next
        } while cursor != nil && items.count < limit
        let json = JSONValue.array(Array(items.prefix(limit)))
        return APIAnswer(body: try Self.read([Item].self, JSONEncoder().encode(json)), json: json)
    }

    /// Sends what may be sent twice only where `mayRepeat` says so.
    package func send<Body: Decodable & Sendable>(
        _ method: APIMethod,
        _ path: String,
        _ body: JSONValue? = nil,
        mayRepeat: Bool = false
    ) async throws -> APIAnswer<Body> {
        try await answer(request(method, path, body, mayRepeat: mayRepeat))
    }

    /// The same where the answer says nothing.
    package func send(_ method: APIMethod, _ path: String, _ body: JSONValue? = nil) async throws {
        try await hub.drain(hub.transport.send(request(method, path, body, mayRepeat: method == .delete)))
    }

    /// A file, piece by piece.
    package func pieces(
        _ path: String,
        _ query: [(String, String?)] = [],
        _ write: (String) -> Void
    ) async throws {
        let response = try await hub.transport.send(HubRequest(url: url(path, query)))
        // A character may lie across two pieces.
        var rest = Data()
        for try await piece in response.body {
            rest.append(Data(buffer: piece))
            let end = (rest.lastIndex(of: UInt8(ascii: "\n")) ?? rest.startIndex - 1) + 1
            write(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
            rest = Data(rest[end...])
        }
        write(String(decoding: rest, as: UTF8.self))
    }

    /// The events that a server sends, each the text after `data: `, until it ends. `path` begins at the server's root.
    package func events(
        _ path: String,
        _ body: JSONValue,
        token: String?,
        _ take: (String) throws -> Void
    ) async throws {
        var request = try Self.request(.post, hub.address.url(path), body, mayRepeat: false)
        request.token = token
        request.isHasty = true
        request.headers.replaceOrAdd(name: "Accept", value: "text/event-stream")
        let response = try await hub.transport.send(request)
        var rest = Data()
        for try await piece in response.body {
            rest.append(Data(buffer: piece))
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
                rest = Data(rest[(end + 1)...])
                guard line.hasPrefix("data:") else { continue }
                try take(line.dropFirst(5).trimmingCharacters(in: .whitespaces))
            }
        }
    }

    // MARK: Calls

    private func url(_ path: String, _ query: [(String, String?)]) -> String {
        hub.address.url("/api/v1/\(path)", query: query.compactMap { name, value in value.map { (name, $0) } })
    }

    private func request(_ method: APIMethod, _ path: String, _ body: JSONValue?, mayRepeat: Bool) throws -> HubRequest
    {
        try Self.request(method, url(path, []), body, mayRepeat: mayRepeat)
    }

    private static func request(
        _ method: APIMethod,
        _ url: String,
        _ body: JSONValue?,
        mayRepeat: Bool
    ) throws -> HubRequest {
        var request = HubRequest(method: HTTPMethod(rawValue: method.rawValue), url: url, mayRepeat: mayRepeat)
        guard let body else { return request }
        let bytes = try ByteBuffer(data: JSONEncoder().encode(body))
        request.headers = ["Content-Type": "application/json"]
        request.body = { .bytes(bytes) }
        return request
    }

    private func answer<Body: Decodable & Sendable>(_ request: HubRequest) async throws -> APIAnswer<Body> {
        let response = try await hub.transport.send(request)
        let data = Data(buffer: try await response.body.collect(upTo: 64 << 20))
        return APIAnswer(body: try Self.read(Body.self, data), json: try Self.read(JSONValue.self, data))
    }

    private static func read<Value: Decodable>(_ type: Value.Type, _ data: Data) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw HubError.malformedAnswer("\(type) was expected (is the gallery of another version?)")
        }
    }
}
