import Foundation
import GalleryModel
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import GalleryServing

struct `Our own API` {
    private enum Colour: String, Codable, CaseIterable { case red, green }

    private struct Leaf: Codable, Equatable {
        var name: String
        var colour: Colour
        var at: Date?
    }

    private struct Tree: Codable {
        var leaves: [Leaf]
        var children: [Tree]
        var counts: [String: Int]
        var isOld: Bool
        var height: Double?
    }

    @Test func `a body is described by its declaration`() throws {
        let reader = JSONSchemaReader()
        guard case .reference(let name) = try reader.schema(of: Tree.self) else {
            Issue.record("a struct is a named schema")
            return
        }
        guard case .object(let properties)? = reader.components[name] else {
            Issue.record("a struct is an object")
            return
        }
        let schemas = Dictionary(uniqueKeysWithValues: properties.map { ($0.name, $0.schema) })
        #expect(schemas["children"] == .list(of: .reference(name)))
        #expect(schemas["counts"] == .map(of: .integer()))
        #expect(schemas["height"] == .either([.number, .null]))
        #expect(properties.filter { !$0.isRequired }.map(\.name) == ["height"])
        guard case .list(.reference(let leaf), _)? = schemas["leaves"],
            case .object(let parts)? = reader.components[leaf]
        else {
            Issue.record("a list of structs refers to them")
            return
        }
        #expect(parts.map(\.schema).contains(.string(choices: ["red", "green"])))
        #expect(parts.map(\.schema).contains(.either([.string(format: "date-time"), .null])))
    }

    @Test func `what is wrong is told in our own words`() async throws {
        struct Wish: Codable {
            var colours: [Colour]?
            var leaf: Leaf?
            var count: Int?
            var isOld: Bool?
        }

        let router = Router(context: GalleryContext.self)
        router.add(middleware: ProblemMiddleware())
        let api = APIRoutes(on: router)
        api.send(.post, "wishes", "Wish", query: [.choice("colour", Colour.self, "")], body: Wish.self) { _ in }
        api.get("leaves", "List", query: [.list("colour", "", of: ["red", "green"]), .text("q", "")]) { _ in ["x": 1] }
        api.get("bare", "Nothing to say") { _ in ["x": 1] }
        let document = try JSONEncoder().encode(api.document)
        #expect(String(decoding: document, as: UTF8.self).contains(#""required":false"#))

        try await Application(router: router).test(.router) { client in
            let json: HTTPFields = [.contentType: "application/json"]
            for (body, sentence) in [
                (#"{"colours": ["red", "blue"]}"#, "'colours.1' must be one of red, green."),
                (#"{"leaf": {"name": "x", "colour": "blue"}}"#, "'leaf.colour' must be one of red, green."),
                (#"{"leaf": {"colour": "red"}}"#, "'leaf.name' is missing."),
                (#"{"leaf": {"name": 7, "colour": "red"}}"#, "'leaf.name' must be a text."),
                (#"{"leaf": {"name": "x", "colour": "red", "at": "now"}}"#, "'leaf.at' must be a date as"),
                (#"{"count": 1.5}"#, "'count' must be a whole number."),
                (#"{"count": "1"}"#, "'count' must be a whole"),
                (#"{"count": 99999999999999999999}"#, "'count' must be a whole number."),
                (#"{"isOld": "yes"}"#, "'isOld' must be true or false."), ("[]", "The body must be an object."),
                ("[", "The body is not valid JSON."),
            ] {
                let answer = try await client.execute(
                    uri: "/api/v1/wishes",
                    method: .post,
                    headers: json,
                    body: ByteBuffer(string: body)
                )
                #expect(answer.status == .badRequest, "\(body)")
                #expect(String(buffer: answer.body).contains(sentence), "\(body): \(String(buffer: answer.body))")
            }
            for headers in [[:], json] {
                let answer = try await client.execute(uri: "/api/v1/wishes", method: .post, headers: headers)
                #expect(answer.status == .noContent)
            }
            for (address, sentence) in [
                ("leaves?color=red", "There is no parameter 'color' here. There are: 'colour', 'q'."),
                ("leaves?colour=red&colour=blue", "'colour' is one of red, green, not 'blue'."),
                ("bare?q=1", "This operation takes none."),
            ] {
                let answer = try await client.execute(uri: "/api/v1/\(address)", method: .get)
                #expect(answer.status == .badRequest, "\(address)")
                #expect(String(buffer: answer.body).contains(sentence), "\(String(buffer: answer.body))")
            }
            for address in ["leaves", "leaves?colour=red&colour=&q=x", "bare"] {
                #expect(try await client.execute(uri: "/api/v1/\(address)", method: .get).status == .ok)
            }
        }
    }

    @Test func `a route and its description are one declaration`() async throws {
        let router = Router(context: GalleryContext.self)
        router.add(middleware: ProblemMiddleware())
        let api = APIRoutes(on: router)
        api.group("Leaves") {
            $0.send(.put, "leaves/{leaf}", "Paint a leaf", body: Leaf.self, answers: Leaf.self) { call in
                var leaf = call.body
                leaf.name = try call.path("leaf")
                return leaf
            }
            $0.get("leaves", "List leaves", query: APIParameter.paging, answers: APIPage<Leaf>.self) { call in
                APIPage(items: [], next: try call.paging().cursor)
            }
        }
        let document = try JSONSerialization.jsonObject(with: JSONEncoder().encode(api.document)) as? [String: Any]
        let paths = try #require(document?["paths"] as? [String: [String: Any]])
        #expect(Set(paths.keys) == ["/leaves", "/leaves/{leaf}"])
        let put = try #require(paths["/leaves/{leaf}"]?["put"] as? [String: Any])
        #expect(put["operationId"] as? String == "put_leaves_leaf")
        #expect(put["tags"] as? [String] == ["Leaves"])

        let app = Application(router: router)
        try await app.test(.router) { client in
            let leaf = #"{"name": "x", "colour": "green", "at": "2026-01-02T03:04:05Z"}"#
            let json: HTTPFields = [.contentType: "application/json"]
            let text: HTTPFields = [.contentType: "text/plain"]
            let answer = try await client.execute(
                uri: "/api/v1/leaves/oak%20leaf",
                method: .put,
                headers: json,
                body: ByteBuffer(string: leaf)
            )
            #expect(answer.status == .ok)
            #expect(
                try JSONDecoder.wire.decode(Leaf.self, from: Data(answer.body.readableBytesView)).name == "oak leaf"
            )
            for (headers, body) in [
                (json, #"{"name": "x"}"#), (json, #"{"name": "x", "colour": "blue"}"#), (json, "["),
                (text, leaf), (json, #"{"name": "x", "colour": "red", "at": "yesterday"}"#),
            ] as [(HTTPFields, String)] {
                let answer = try await client.execute(
                    uri: "/api/v1/leaves/oak",
                    method: .put,
                    headers: headers,
                    body: ByteBuffer(string: body)
                )
                #expect(answer.status == .badRequest, "\(body)")
            }
            let page = try await client.execute(uri: "/api/v1/leaves?cursor=abc", method: .get)
            #expect(String(buffer: page.body).contains(#""next":"abc""#))
        }
    }
}
