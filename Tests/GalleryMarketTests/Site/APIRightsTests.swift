import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import GalleryMarket

/// Every operation of `/api/v1` × everybody: the list of operations is the document's, so a new one fails until it has a row.
struct APIRightsTests {
    /// Who asks: a visitor, a stranger, the owner with a credential that only reads, a reviewer, the owner, an administrator.
    private static let people = ["", "bob", "ada reading", "rita", "ada", "root"]

    @Test
    func `every operation has a row, and everybody gets what it says`() async throws {
        try await Site.run { site in
            let ground = try await Ground(site)
            let operations = try await ground.operations()
            #expect(operations.count > 80)
            var rows: [String: String] = [:]
            for operation in operations {
                var letters = ""
                for who in Self.people { letters += try await ground.letter(operation, who) }
                rows[operation.name] = letters
            }
            let known = Dictionary(uniqueKeysWithValues: APIRightsTable.rows.map { ($0.key, $0.value) })
            for (name, letters) in rows.sorted(by: { $0.key < $1.key }) where known[name] != letters {
                Issue.record("\"\(name)\": \"\(letters)\",")
            }
            for name in known.keys.sorted() where rows[name] == nil { Issue.record("no operation: \(name)") }
        }
    }
}

/// An operation as the document describes it.
private struct Operation {
    let method: HTTPRequest.Method
    let path: String
    /// The smallest body that can be read.
    let body: String?

    var name: String { "\(method.rawValue) \(path)" }
}

private struct Ground {
    let site: Site
    private var tokens: [String: String] = [:]
    private let ada: Viewer
    private let counter = Counter()

    private actor Counter {
        private var count = 0

        func next() -> Int {
            count += 1
            return count
        }
    }

    init(_ site: Site) async throws {
        self.site = site
        let identity = site.market.hub.identity
        ada = try await identity.person("ada")
        let people = [
            ("ada", ada), ("bob", try await identity.person("bob")),
            ("rita", try await identity.person("rita", role: .reviewer)),
            ("root", try await identity.person("root", role: .admin)),
        ]
        // Whom administrators do something to.
        _ = try await identity.person("carol")
        for (name, viewer) in people {
            for (suffix, scope) in [("", Scope.admin), (" reading", .read)] {
                let request = TokenRequest(name: "test\(suffix)", scope: scope)
                tokens[name + suffix] = try await identity.tokens.create(request, by: viewer).text
            }
        }
    }

    func operations() async throws -> [Operation] {
        let data = try await site.client.execute(uri: "/api/v1/openapi.json", method: .get) {
            Data($0.body.readableBytesView)
        }
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let schemas = (document["components"] as? [String: Any])?["schemas"] as? [String: Any] ?? [:]
        var result: [Operation] = []
        for (path, methods) in paths.sorted(by: { $0.key < $1.key }) {
            for (method, described) in methods.sorted(by: { $0.key < $1.key }) {
                guard let method = HTTPRequest.Method(method.uppercased()), let described = described as? [String: Any]
                else { continue }
                let content = (described["requestBody"] as? [String: Any])?["content"] as? [String: Any]
                let schema = (content?["application/json"] as? [String: Any])?["schema"]
                let body = try schema.map { schema in
                    let value = Self.value(schema, schemas)
                    return String(decoding: try JSONSerialization.data(withJSONObject: value), as: UTF8.self)
                }
                let short = path.hasPrefix("/api/v1/") ? String(path.dropFirst(8)) : String(path.drop { $0 == "/" })
                result.append(Operation(method: method, path: short, body: body))
            }
        }
        return result
    }

    /// The smallest value that fits a schema.
    private static func value(_ schema: Any, _ schemas: [String: Any]) -> Any {
        guard let schema = schema as? [String: Any] else { return [String: Any]() }
        if let name = (schema["$ref"] as? String)?.split(separator: "/").last {
            return value(schemas[String(name)] ?? [:], schemas)
        }
        if let choices = schema["enum"] as? [Any], let first = choices.first { return first }
        for key in ["anyOf", "oneOf", "allOf"] {
            if let first = (schema[key] as? [Any])?.first { return value(first, schemas) }
        }
        switch schema["type"] as? String {
        case "string": return "nothing"
        case "integer", "number": return 1
        case "boolean": return false
        case "array": return [Any]()
        default:
            let properties = schema["properties"] as? [String: Any] ?? [:]
            let required = schema["required"] as? [String] ?? []
            return required.reduce(into: [String: Any]()) { $0[$1] = value(properties[$1] ?? [:], schemas) }
        }
    }

    /// `+` nothing speaks against who asks, `s` sign in first, `n` not yours, `-` there is nothing, `w` the credential is too
    /// narrow.
    func letter(_ operation: Operation, _ who: String) async throws -> String {
        let (path, body) = try await filled(operation)
        var headers: HTTPFields = [.accept: "application/json"]
        headers[.authorization] = tokens[who].map { "Bearer \($0)" }
        if body != nil { headers[.contentType] = "application/json" }
        return try await site.client.execute(
            uri: "/api/v1/\(path)",
            method: operation.method,
            headers: headers,
            body: body.map { ByteBuffer(string: $0) }
        ) { response in
            #expect(response.status.code < 500, "\(operation.name) \(who)")
            let problem =
                try? JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any]
            let code = (problem?["type"] as? String)?.split(separator: "/").last.map(String.init) ?? ""
            switch (response.status.code, code) {
            case (401, _): return "s"
            case (403, "scope-too-narrow"): return "w"
            case (403, "not-yours"): return "n"
            case (403, _): return "n"
            case (404, "repository-not-found"): return "-"
            default: return "+"
            }
        }
    }

    /// The operation's path and body, on an asset of its own that is published.
    private func filled(_ operation: Operation) async throws -> (path: String, body: String?) {
        let name = "asset-\(await counter.next())"
        let (path, body) = (
            operation.path + (Self.queries[operation.name] ?? ""), Self.bodies[operation.name] ?? operation.body
        )
        if path.contains("{kind}/{owner}/{name}") || path.contains("NAME") || body?.contains("NAME") == true {
            let new = NewRepository(kind: .model, owner: nil, name: name, visibility: .everyone)
            _ = try await site.market.hub.repositories.create(new, by: ada)
        }
        let values = [
            "{kind}": "models", "{owner}": "ada", "{name}": name, "{account}": "carol", "{user}": "bob",
            "{number}": "1",
            "{agreement}": "data", "NAME": name,
        ]
        var filled = path
        for (name, value) in values { filled = filled.replacing(name, with: value) }
        filled = filled.split(separator: "/").map { $0.hasPrefix("{") ? "nothing" : String($0) }.joined(separator: "/")
        return (filled, body?.replacing("NAME", with: name))
    }

    /// Where the smallest body is refused before anybody's rights are looked at.
    private static let bodies = [
        "POST account/assets/steps": #"{"action":"delist","assets":["nothing"]}"#,
        "POST assets": #"{"kind":"models","name":"made-NAME"}"#,
        "POST assets/{kind}/{owner}/{name}/application": #"{"name":"N","reason":"R","accept":["data","service"]}"#,
        "POST assets/{kind}/{owner}/{name}/applications": #"{"users":["bob"]}"#,
        "POST assets/{kind}/{owner}/{name}/publishing/steps": #"{"action":"delist"}"#,
        "POST assets/{kind}/{owner}/{name}/versions": #"{"number":"1.0.0"}"#,
        "POST console/billing/accounts/{account}/vouchers":
            #"{"amount":"1","expiresAt":"2026-02-01T00:00:00Z","reference":"v"}"#,
        "POST uploads": #"{"kind":"models","owner":"ada","name":"NAME","path":"a.bin","size":9,"fingerprint":"f"}"#,
        "POST words": #"{"list":"other","words":["wordless"]}"#,
        "PUT assets/{kind}/{owner}/{name}/applications/{user}": #"{"state":"accepted"}"#,
        "PUT assets/{kind}/{owner}/{name}/subscription": #"{"accept":["data","service"],"confirmsConstraints":true}"#,
    ]

    private static let queries = ["GET uploads": "?kind=models&owner=ada&name=NAME"]
}
