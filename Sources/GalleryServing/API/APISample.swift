import HTTPTypes

/// A call of an operation as it can be copied: with curl, and with made-up values.
package struct APISample: Sendable {
    let operation: APIOperation
    let schemas: [String: JSONSchema]

    package init(_ operation: APIOperation, _ schemas: [String: JSONSchema]) {
        self.operation = operation
        self.schemas = schemas
    }

    /// Parameters of the path stand in capitals; the token comes from the shell.
    package func curl(origin: String) -> String {
        let path = operation.path.split(separator: "/").map { part in
            part.hasPrefix("{") ? Self.value(ofPath: String(part.dropFirst().dropLast())) : String(part)
        }
        var words = ["curl"]
        if operation.method != .get { words.append("-X \(operation.method.rawValue)") }
        words.append("\"\(origin)/api/v1/\(path.joined(separator: "/"))\"")
        var lines = [words.joined(separator: " ")]
        if operation.right != .everyone { lines.append("-H \"Authorization: Bearer $TOKEN\"") }
        if let body = operation.body {
            if operation.bodyType == "application/json" {
                lines.append("-H 'Content-Type: application/json'")
                lines.append("-d '\(Self.text(value(of: body)).replacing("'", with: "'\\''"))'")
            } else {
                lines.append("-H 'Content-Type: image/png' --data-binary @picture.png")
            }
        }
        return lines.joined(separator: " \\\n  ")
    }

    private static func value(ofPath name: String) -> String {
        name == "kind" ? "models" : name.uppercased()
    }

    /// A JSON value in the order in which its schema tells it.
    private indirect enum Value {
        case plain(String)
        case list([Value])
        case object([(String, Value)])
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .plain(let text): text
        case .list(let values): "[\(values.map(text).joined(separator: ", "))]"
        case .object(let members): "{\(members.map { "\"\($0.0)\": \(text($0.1))" }.joined(separator: ", "))}"
        }
    }

    /// What is required, or, where nothing is, the first members.
    private func value(of schema: JSONSchema, depth: Int = 0) -> Value {
        switch schema {
        case .string(let format, let choices, _):
            .plain("\"\(choices.first ?? (format == "date-time" ? "2026-01-31T12:00:00Z" : "…"))\"")
        case .integer(let range): .plain(String(max(1, range?.lowerBound ?? 1)))
        case .number: .plain("1.5")
        case .boolean: .plain("true")
        case .null, .any: .plain("null")
        case .list(let element, _): .list(depth > 3 ? [] : [value(of: element, depth: depth + 1)])
        case .map: .object([])
        case .object(let properties):
            .object(
                Self.shown(properties).map { ($0.name, value(of: $0.schema, depth: depth + 1)) }
            )
        case .reference(let name):
            depth > 3 ? .object([]) : schemas[name].map { value(of: $0, depth: depth) } ?? .object([])
        case .either(let schemas): schemas.first.map { value(of: $0, depth: depth) } ?? .plain("null")
        }
    }

    private static func shown(_ properties: [JSONSchema.Property]) -> [JSONSchema.Property] {
        let required = properties.filter(\.isRequired)
        return required.isEmpty ? Array(properties.prefix(2)) : required
    }
}
