/// The schema of a JSON value as OpenAPI 3.1 writes it.
package indirect enum JSONSchema: Sendable, Equatable {
    case string(format: String? = nil, choices: [String] = [])
    case integer
    case number
    case boolean
    case null
    case list(of: JSONSchema)
    /// An object whose names are not known beforehand.
    case map(of: JSONSchema)
    case object([Property])
    /// One of the document's named schemas.
    case reference(String)
    case either([JSONSchema])
    /// Any JSON value.
    case any

    package struct Property: Sendable, Equatable {
        package var name: String
        package var schema: JSONSchema
        package var isRequired: Bool
    }
}

extension JSONSchema: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: JSONKey.self)
        switch self {
        case .string(let format, let choices):
            try object.encode("string", forKey: "type")
            try object.encodeIfPresent(format, forKey: "format")
            if !choices.isEmpty { try object.encode(choices, forKey: "enum") }
        case .integer:
            try object.encode("integer", forKey: "type")
            try object.encode("int64", forKey: "format")
        case .number: try object.encode("number", forKey: "type")
        case .boolean: try object.encode("boolean", forKey: "type")
        case .null: try object.encode("null", forKey: "type")
        case .list(let element):
            try object.encode("array", forKey: "type")
            try object.encode(element, forKey: "items")
        case .map(let value):
            try object.encode("object", forKey: "type")
            try object.encode(value, forKey: "additionalProperties")
        case .object(let properties):
            try object.encode("object", forKey: "type")
            var members = object.nestedContainer(keyedBy: JSONKey.self, forKey: "properties")
            for property in properties {
                try members.encode(property.schema, forKey: JSONKey(property.name))
            }
            let required = properties.filter(\.isRequired).map(\.name)
            if !required.isEmpty { try object.encode(required, forKey: "required") }
        case .reference(let name): try object.encode("#/components/schemas/\(name)", forKey: "$ref")
        case .either(let schemas): try object.encode(schemas, forKey: "anyOf")
        case .any: break
        }
    }
}

/// A member's name that is known only when it is written.
struct JSONKey: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init(stringLiteral name: String) { stringValue = name }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
