import Foundation
import GalleryModel

extension Problem {
    /// What is wrong with a body, in words of the interface: which member it is and what it may be.
    init(_ error: DecodingError, decoding type: (any Decodable.Type)? = nil, from data: Data = Data()) {
        var (path, own) = error.place
        if path.isEmpty, own.isSyntax, let type, let misfit = Self.misfit(data, type) {
            // Of numbers that do not fit, the decoder tells no place.
            (path, own.isSyntax) = (misfit, false)
        }
        let detail =
            switch error {
            case .keyNotFound: "'\(path.dotted)' is missing."
            case _ where path.isEmpty && own.isSyntax: "The body is not valid JSON."
            default: type.flatMap { Self.sentence(path, $0) } ?? own.sentence(path.dotted)
            }
        self.init(.invalid, "body-invalid", detail)
        if !path.isEmpty { members["field"] = path.dotted }
    }

    /// Where a whole number should be and is none that we can keep; nil where there is no such place, or no JSON at all.
    private static func misfit(_ data: Data, _ type: any Decodable.Type) -> [any CodingKey]? {
        let reader = JSONSchemaReader()
        guard let schema = try? reader.schema(of: type), let body = try? JSONSerialization.jsonObject(with: data) else {
            return nil
        }
        return schema.misfit(in: body, reader.components)
    }

    /// What the member at the path may be; nil where its schema cannot tell.
    private static func sentence(_ path: [any CodingKey], _ type: any Decodable.Type) -> String? {
        let reader = JSONSchemaReader()
        guard var schema = try? reader.schema(of: type) else { return nil }
        for key in path {
            guard let next = schema.member(key, reader.components) else { return nil }
            schema = next
        }
        guard let what = schema.meaning(reader.components) else { return nil }
        return path.isEmpty ? "The body must be \(what)." : "'\(path.dotted)' must be \(what)."
    }
}

extension JSONSchema {
    /// The schema of a member of an object or of an element of a list.
    fileprivate func member(_ key: any CodingKey, _ components: [String: JSONSchema]) -> JSONSchema? {
        switch self {
        case .reference(let name): components[name]?.member(key, components)
        case .either(let schemas): schemas.lazy.compactMap { $0.member(key, components) }.first
        case .list(let element, _): key.intValue == nil ? nil : element
        case .map(let value): value
        case .object(let members): members.first { $0.name == key.stringValue }?.schema
        default: nil
        }
    }

    /// The way to a number that is not whole where it must be.
    fileprivate func misfit(in value: Any, _ components: [String: JSONSchema]) -> [any CodingKey]? {
        switch value {
        case let members as [String: Any]:
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                let key = JSONKey(name)
                if let rest = member(key, components)?.misfit(in: value, components) { return [key] + rest }
            }
            return nil
        case let elements as [Any]:
            for (index, value) in elements.enumerated() {
                let key = JSONIndex(index)
                if let rest = member(key, components)?.misfit(in: value, components) { return [key] + rest }
            }
            return nil
        case let number as NSNumber: return isInteger && Int(exactly: number.doubleValue) == nil ? [] : nil
        default: return nil
        }
    }

    private var isInteger: Bool {
        switch self {
        case .integer: true
        case .either(let schemas): schemas.contains(where: \.isInteger)
        default: false
        }
    }

    /// `one of days, calls`; nil for what is not known.
    fileprivate func meaning(_ components: [String: JSONSchema]) -> String? {
        switch self {
        case .string(_, let choices, _) where !choices.isEmpty: "one of \(choices.joined(separator: ", "))"
        case .string(format: "date-time", _, _): "a date as 2026-01-02T03:04:05Z"
        case .string: "a text"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .null: "null"
        case .list: "a list"
        case .map, .object: "an object"
        case .reference(let name): components[name]?.meaning(components)
        case .either(let schemas): schemas.first?.meaning(components)
        case .any: nil
        }
    }
}

/// A place in a list.
private struct JSONIndex: CodingKey {
    let intValue: Int?
    var stringValue: String { intValue.map(String.init) ?? "" }

    init(_ index: Int) { intValue = index }
    init?(stringValue: String) { nil }
    init?(intValue: Int) { self.init(intValue) }
}

extension DecodingError {
    /// What of the fault is fit to be told.
    fileprivate struct Own {
        var isSyntax = false
        var isMismatch = false

        func sentence(_ name: String) -> String {
            switch (name.isEmpty, isMismatch) {
            case (true, _): "The body could not be read."
            case (false, true): "'\(name)' has the wrong type."
            case (false, false): "'\(name)' is not valid."
            }
        }
    }

    fileprivate var place: (path: [any CodingKey], own: Own) {
        switch self {
        case .keyNotFound(let key, let context): (context.codingPath + [key], Own())
        case .typeMismatch(_, let context), .valueNotFound(_, let context): (context.codingPath, Own(isMismatch: true))
        case .dataCorrupted(let context): (context.codingPath, Own(isSyntax: true))
        @unknown default: ([], Own())
        }
    }
}

extension [any CodingKey] {
    fileprivate var dotted: String {
        map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
}
