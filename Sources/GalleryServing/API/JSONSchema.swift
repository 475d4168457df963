/// The schema of a JSON value as OpenAPI 3.1 writes it.
package indirect enum JSONSchema: Sendable, Equatable {
    /// Its length is counted in characters.
    case string(format: String? = nil, choices: [String] = [], length: ClosedRange<Int>? = nil)
    case integer(in: ClosedRange<Int>? = nil)
    case number
    case boolean
    case null
    case list(of: JSONSchema, upTo: Int? = nil)
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
        case .string(let format, let choices, let length):
            try object.encode("string", forKey: "type")
            try object.encodeIfPresent(format, forKey: "format")
            if !choices.isEmpty { try object.encode(choices, forKey: "enum") }
            if let length {
                if length.lowerBound > 0 { try object.encode(length.lowerBound, forKey: "minLength") }
                try object.encode(length.upperBound, forKey: "maxLength")
            }
        case .integer(let range):
            try object.encode("integer", forKey: "type")
            try object.encode("int64", forKey: "format")
            try object.encodeIfPresent(range?.lowerBound, forKey: "minimum")
            try object.encodeIfPresent(range?.upperBound, forKey: "maximum")
        case .number: try object.encode("number", forKey: "type")
        case .boolean: try object.encode("boolean", forKey: "type")
        case .null: try object.encode("null", forKey: "type")
        case .list(let element, let count):
            try object.encode("array", forKey: "type")
            try object.encode(element, forKey: "items")
            try object.encodeIfPresent(count, forKey: "maxItems")
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

extension JSONSchema {
    /// The same with a limit, where it is one for such values.
    func limited(_ limit: APILimit) -> JSONSchema {
        switch (self, limit) {
        case (.string(let format, let choices, _), .length(let length)):
            .string(format: format, choices: choices, length: length)
        case (.string, .choices(let choices)): .string(choices: choices)
        case (.integer, .range(let range)): .integer(in: range)
        case (.list(let element, _), .items(let count)): .list(of: element, upTo: count)
        case (.list(let element, let count), .length), (.list(let element, let count), .choices):
            .list(of: element.limited(limit), upTo: count)
        case (.either(let schemas), _): .either(schemas.map { $0.limited(limit) })
        default: self
        }
    }
}

/// How long a text, how large a number or how many entries a member of a body may have, or what it may be.
package enum APILimit: Sendable {
    case length(ClosedRange<Int>)
    case range(ClosedRange<Int>)
    case items(Int)
    case choices([String])

    /// The names of a closed set.
    package static func choice<Choice: CaseIterable & RawRepresentable>(_ type: Choice.Type) -> APILimit
    where Choice.RawValue == String {
        .choices(Choice.allCases.map(\.rawValue))
    }
}

/// A type whose JSON takes several shapes, which reading it cannot tell.
package protocol APIDescribed: Decodable {
    static var schema: JSONSchema { get }
    /// Any value.
    static var sample: Self { get }
}

/// A body whose members have limits, which its description tells.
package protocol APILimited {
    static var limits: [String: APILimit] { get }
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
