import HTTPTypes

/// The OpenAPI 3.1 document of `/api/v1`: https://spec.openapis.org/oas/v3.1.1.html
package struct APIDocument: Sendable, Encodable {
    package let operations: [APIOperation]
    package let schemas: [String: JSONSchema]

    package func encode(to encoder: any Encoder) throws {
        var root = encoder.container(keyedBy: JSONKey.self)
        try root.encode("3.1.1", forKey: "openapi")
        try root.encode(
            [
                "title": "AI Gallery", "version": "1", "summary": "The interface of a gallery of models and data.",
                "description":
                    "Everything that the pages of the gallery can do. Lists page by cursor; errors are RFC 9457 problems.",
            ],
            forKey: "info"
        )
        try root.encode([["url": "/api/v1"]], forKey: "servers")
        try root.encode(["description": "The same for people.", "url": "/docs/api"], forKey: "externalDocs")
        var paths = root.nestedContainer(keyedBy: JSONKey.self, forKey: "paths")
        for (path, operations) in Dictionary(grouping: operations, by: \.path).sorted(by: { $0.key < $1.key }) {
            var methods = paths.nestedContainer(keyedBy: JSONKey.self, forKey: JSONKey("/\(path)"))
            for operation in operations {
                try methods.encode(Described(operation), forKey: JSONKey(operation.method.rawValue.lowercased()))
            }
        }
        var components = root.nestedContainer(keyedBy: JSONKey.self, forKey: "components")
        var named = components.nestedContainer(keyedBy: JSONKey.self, forKey: "schemas")
        for (name, schema) in schemas.merging(["Problem": Self.problem], uniquingKeysWith: { own, _ in own })
            .sorted(by: { $0.key < $1.key })
        {
            try named.encode(schema, forKey: JSONKey(name))
        }
        var refusals = components.nestedContainer(keyedBy: JSONKey.self, forKey: "responses")
        let statuses = Dictionary(operations.flatMap(\.refusals).map { ($0.code, $0) }) { first, _ in first }
        for (code, status) in statuses.sorted(by: { $0.key < $1.key }) {
            var refusal = refusals.nestedContainer(keyedBy: JSONKey.self, forKey: JSONKey("refused-\(code)"))
            try refusal.encode(status.reasonPhrase, forKey: "description")
            try refusal.encode(
                ["application/problem+json": ["schema": JSONSchema.reference("Problem")]],
                forKey: "content"
            )
        }
        try components.encode(
            [
                "token": ["type": "http", "scheme": "bearer"],
                "session": ["type": "apiKey", "in": "cookie", "name": "gallery_session"],
            ],
            forKey: "securitySchemes"
        )
    }

    private static let problem = JSONSchema.object(
        ["type", "title", "detail", "error"].map { .init(name: $0, schema: .string(), isRequired: true) }
            + [
                .init(name: "status", schema: .integer(in: 400...599), isRequired: true),
                .init(name: "field", schema: .string(), isRequired: false),
                .init(name: "faults", schema: .map(of: .string()), isRequired: false),
            ]
    )

    private struct Described: Encodable {
        let operation: APIOperation

        init(_ operation: APIOperation) { self.operation = operation }

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: JSONKey.self)
            try object.encode(operation.name, forKey: "operationId")
            try object.encode(operation.summary, forKey: "summary")
            try object.encode(operation.right.meaning, forKey: "description")
            try object.encode([operation.group], forKey: "tags")
            let signedIn: [[String: [String]]] = [["token": []], ["session": []]]
            try object.encode(operation.right == .everyone ? signedIn + [[:]] : signedIn, forKey: "security")
            let parameters =
                operation.pathParameters.map { Parameter(parameter: $0, place: "path") }
                + operation.query.map { Parameter(parameter: $0, place: "query") }
            if !parameters.isEmpty { try object.encode(parameters, forKey: "parameters") }
            if let body = operation.body {
                var request = object.nestedContainer(keyedBy: JSONKey.self, forKey: "requestBody")
                try request.encode(operation.isBodyRequired, forKey: "required")
                let most = ByteCount.text(Int64(operation.largestBody))
                try request.encode("At most \(most); more is answered with 413.", forKey: "description")
                try request.encode(operation.largestBody, forKey: "x-largest-bytes")
                try request.encode([operation.bodyType: ["schema": body]], forKey: "content")
            }
            var answers = object.nestedContainer(keyedBy: JSONKey.self, forKey: "responses")
            var good = answers.nestedContainer(keyedBy: JSONKey.self, forKey: JSONKey(String(operation.status.code)))
            try good.encode(operation.status.reasonPhrase, forKey: "description")
            if let answer = operation.answer {
                let content = Dictionary(uniqueKeysWithValues: operation.answerTypes.map { ($0, ["schema": answer]) })
                try good.encode(content, forKey: "content")
            }
            for status in operation.refusals {
                let reference = ["$ref": "#/components/responses/refused-\(status.code)"]
                try answers.encode(reference, forKey: JSONKey(String(status.code)))
            }
        }
    }

    private struct Parameter: Encodable {
        var parameter: APIParameter
        var place: String

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: JSONKey.self)
            try object.encode(parameter.name, forKey: "name")
            try object.encode(place, forKey: "in")
            if place == "path" { try object.encode(true, forKey: "required") }
            try object.encode(parameter.schema, forKey: "schema")
            if !parameter.meaning.isEmpty { try object.encode(parameter.meaning, forKey: "description") }
        }
    }
}
