import Foundation

/// Reads the schema of a `Codable` type by decoding it from nothing and noting what it asks for.
///
/// So a body is described by its declaration alone, and the description cannot drift from it.
final class JSONSchemaReader {
    /// Named schemas in the order of their names; those of nested types are named `Outer.Inner`.
    private(set) var components: [String: JSONSchema] = [:]
    /// Types on the way down, to notice those that hold themselves.
    private var open: Set<String> = []
    /// Which type has a name.
    private var owners: [String: ObjectIdentifier] = [:]

    /// Throws `DecodingError` for a type that refuses every made-up value, which its author sees in the first test.
    func schema<Value: Decodable>(of type: Value.Type) throws -> JSONSchema {
        try read(type).schema
    }

    /// The schema, and a value to go on with; no value where a type holds itself.
    fileprivate func read<Value: Decodable>(_ type: Value.Type) throws -> (schema: JSONSchema, value: Value?) {
        if let leaf = Self.leaf(type) { return leaf }
        if let container = type as? any JSONContainer.Type {
            let (schema, value) = try container.read(with: self)
            return (schema, value as? Value)
        }
        if let choices = Self.choices(of: type) { return choices }
        let name = name(of: type)
        guard components[name] == nil || !open.contains(name) else { return (.reference(name), nil) }
        guard open.insert(name).inserted else { return (.reference(name), nil) }
        defer { open.remove(name) }
        let notes = JSONSchemaNotes()
        let value = try Value(from: JSONSchemaDecoder(reader: self, notes: notes))
        if let single = notes.single { return (single, value) }
        let limits = (type as? any APILimited.Type)?.limits ?? [:]
        components[name] = .object(
            notes.properties.map { property in
                guard let limit = limits[property.name] else { return property }
                return .init(
                    name: property.name,
                    schema: property.schema.limited(limit),
                    isRequired: property.isRequired
                )
            }
        )
        return (.reference(name), value)
    }

    private static func leaf<Value>(_ type: Value.Type) -> (schema: JSONSchema, value: Value?)? {
        let leaf: (JSONSchema, Any)? =
            switch type {
            case is String.Type: (.string(), "")
            case is Bool.Type: (.boolean, false)
            case is Int.Type: (.integer(), 0)
            case is Int64.Type: (.integer(), Int64(0))
            case is Double.Type: (.number, 0.0)
            case is Date.Type: (.string(format: "date-time"), Date(timeIntervalSince1970: 0))
            case let type as any APIDescribed.Type: (type.schema, type.sample)
            default: nil
            }
        return leaf.map { ($0.0, $0.1 as? Value) }
    }

    private static func choices<Value>(of type: Value.Type) -> (schema: JSONSchema, value: Value?)? {
        guard let closed = type as? any CaseIterable.Type else { return nil }
        let all = Array(closed.all)
        let names = all.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
        guard !names.isEmpty else { return nil }
        return (.string(choices: names), all.first as? Value)
    }

    /// `Outer.Inner`, or `List_of_Item`; types that would share a name are numbered.
    private func name(of type: Any.Type) -> String {
        let words = String(reflecting: type).replacing(/\(unknown context at \$[0-9a-f]+\)\.?/, with: "")
            .split { !($0.isLetter || $0.isNumber || $0 == "." || $0 == "_") }
        // The module goes.
        let base = words.map { $0.split(separator: ".").dropFirst().joined(separator: ".") }
            .joined(separator: "_of_")
        for number in 1... {
            let name = number == 1 ? base : "\(base)_\(number)"
            if owners[name, default: ObjectIdentifier(type)] == ObjectIdentifier(type) {
                owners[name] = ObjectIdentifier(type)
                return name
            }
        }
        return base
    }
}

extension CaseIterable {
    fileprivate static var all: [Any] { allCases.map { $0 as Any } }
}

/// Types that hold others: read through what they hold.
private protocol JSONContainer {
    static func read(with reader: JSONSchemaReader) throws -> (JSONSchema, Any)
}

extension Array: JSONContainer where Element: Decodable {
    fileprivate static func read(with reader: JSONSchemaReader) throws -> (JSONSchema, Any) {
        let (schema, element) = try reader.read(Element.self)
        return (.list(of: schema), element.map { [$0] } ?? [])
    }
}

extension Optional: JSONContainer where Wrapped: Decodable {
    fileprivate static func read(with reader: JSONSchemaReader) throws -> (JSONSchema, Any) {
        let (schema, value) = try reader.read(Wrapped.self)
        return (.either([schema, .null]), value as Any)
    }
}

extension Dictionary: JSONContainer where Key == String, Value: Decodable {
    fileprivate static func read(with reader: JSONSchemaReader) throws -> (JSONSchema, Any) {
        (.map(of: try reader.schema(of: Value.self)), [String: Value]())
    }
}

private final class JSONSchemaNotes {
    var properties: [JSONSchema.Property] = []
    var single: JSONSchema?

    func note(_ name: String, _ schema: JSONSchema, isRequired: Bool) {
        guard !properties.contains(where: { $0.name == name }) else { return }
        properties.append(JSONSchema.Property(name: name, schema: schema, isRequired: isRequired))
    }
}

private struct JSONSchemaDecoder: Decoder {
    let reader: JSONSchemaReader
    let notes: JSONSchemaNotes
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(JSONSchemaMembers<Key>(reader: reader, notes: notes))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw DecodingError.unreadable("a list that is no array")
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        JSONSchemaSingle(reader: reader, notes: notes)
    }
}

extension DecodingError {
    fileprivate static func unreadable(_ what: String) -> DecodingError {
        .dataCorrupted(Context(codingPath: [], debugDescription: "No schema can be read of \(what)."))
    }
}

private struct JSONSchemaMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let reader: JSONSchemaReader
    let notes: JSONSchemaNotes
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) throws -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let (schema, value) = try reader.read(type)
        notes.note(key.stringValue, schema, isRequired: true)
        guard let value else { throw DecodingError.unreadable("\(type), which holds itself") }
        return value
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        let (schema, value) = try reader.read(type)
        notes.note(key.stringValue, .either([schema, .null]), isRequired: false)
        return value
    }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try optional(type, key) }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try optional(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try optional(type, key) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try optional(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try optional(type, key) }

    private func optional<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
        let (schema, value) = try reader.read(type)
        notes.note(key.stringValue, .either([schema, .null]), isRequired: false)
        return value
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        throw DecodingError.unreadable("a nested container")
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw DecodingError.unreadable("a nested container")
    }

    func superDecoder() throws -> any Decoder { throw DecodingError.unreadable("a superclass") }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw DecodingError.unreadable("a superclass") }
}

private struct JSONSchemaSingle: SingleValueDecodingContainer {
    let reader: JSONSchemaReader
    let notes: JSONSchemaNotes
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let (schema, value) = try reader.read(type)
        notes.single = schema
        guard let value else { throw DecodingError.unreadable("\(type), which holds itself") }
        return value
    }
}
