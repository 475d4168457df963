import GalleryServing
import HTTPTypes

/// `/docs/api`: what the interface is, and all its operations in brief.
struct ReferencePage: Page {
    static let template = "reference/index"

    struct Group: Sendable {
        let title: String
        let path: String
        let operations: [Line]
    }

    struct Line: Sendable {
        let method: String
        let path: String
        let href: String
        let summary: String
    }

    let base: String
    let groups: [Group]
    let count: String
    let first: String
    let statuses: [Fact]

    init(_ reference: APIReference, origin: String, _ context: GalleryContext) {
        base = origin + "/api/v1"
        let words = context.words
        groups = reference.groups.map { group in
            Group(
                title: group.title(words),
                path: group.path,
                operations: group.operations.map { operation in
                    Line(
                        method: operation.method.rawValue,
                        path: "/" + operation.path,
                        href: "\(group.path)#\(operation.name)",
                        summary: operation.summary
                    )
                }
            )
        }
        count = context.formats.number(reference.operations.count)
        first = "curl \"\(origin)/api/v1/account\" \\\n  -H \"Authorization: Bearer $TOKEN\""
        let codes = Set(reference.operations.flatMap(\.refusals).map(\.code)).sorted()
        statuses = codes.map { Fact(String($0), words.say("reference.status.\($0)")) }
    }
}

/// `/docs/api/…`: the operations of one feature.
struct ReferenceGroupPage: Page {
    static let template = "reference/group"

    struct Operation: Sendable {
        let id: String
        let method: String
        let path: String
        let summary: String
        let right: String
        let parameters: [ReferenceField]
        let hasParameters: Bool
        let bodyType: String?
        let fields: [ReferenceField]
        let hasFields: Bool
        let status: String
        let answer: ReferenceType?
        let refusals: [String]
        let sample: String
    }

    struct Shape: Sendable {
        let id: String
        let name: String
        let fields: [ReferenceField]
    }

    let menu: [SideEntry]
    let heading: String
    let operations: [Operation]
    let shapes: [Shape]
    let hasShapes: Bool

    init(_ group: APIReference.Group, of reference: APIReference, origin: String, _ context: GalleryContext) {
        let words = context.words
        heading = group.title(words)
        menu =
            [SideEntry(words.say("reference.title"), "/docs/api", icon: "list", isCurrent: false, context)]
            + reference.groups.map { other in
                SideEntry(
                    other.title(words),
                    other.path,
                    icon: "chevron-right",
                    isCurrent: other.path == group.path,
                    count: other.operations.count,
                    context
                )
            }
        operations = group.operations.map { operation in
            let parameters =
                operation.pathParameters.map { ReferenceField($0, place: "path", words) }
                + operation.query.map { ReferenceField($0, place: "query", words) }
            let fields = operation.body.map { reference.fields(of: $0, words) } ?? []
            let refusals: [String] = operation.refusals.map { String($0.code) }
            return Operation(
                id: operation.name,
                method: operation.method.rawValue,
                path: "/" + operation.path,
                summary: operation.summary,
                right: operation.right.word(words),
                parameters: parameters,
                hasParameters: !parameters.isEmpty,
                bodyType: operation.body == nil ? nil : operation.bodyType,
                fields: fields,
                hasFields: !fields.isEmpty,
                status: "\(operation.status.code) \(operation.status.reasonPhrase)",
                answer: operation.answer.map { ReferenceType($0, words) },
                refusals: refusals,
                sample: APISample(operation, reference.schemas).curl(origin: origin)
            )
        }
        shapes = reference.shapes(of: group).map { name in
            Shape(
                id: ReferenceType.anchor(name),
                name: name,
                fields: reference.fields(of: .reference(name), words)
            )
        }
        hasShapes = !shapes.isEmpty
    }
}

/// What a value may be, in words: a type, its choices and limits, and a link where it is described at length.
struct ReferenceType: Sendable {
    let text: String
    let shape: String?
    let href: String?
    let choices: [String]
    let limit: String?

    init(_ schema: JSONSchema, _ words: Phrases) {
        let read = Self.read(schema, words)
        text = read.text
        shape = read.shape
        href = read.shape.map { "#" + Self.anchor($0) }
        choices = read.choices
        limit = read.limit
    }

    static func anchor(_ name: String) -> String { "shape-" + name.replacing(".", with: "-") }

    private struct Reading {
        var text: String
        var shape: String?
        var choices: [String] = []
        var limit: String?
    }

    private static func read(_ schema: JSONSchema, _ words: Phrases) -> Reading {
        switch schema {
        case .string(let format, let choices, let length):
            let text =
                switch format {
                case "date-time": words.say("reference.type.time")
                case "binary": words.say("reference.type.bytes")
                default: words.say("reference.type.text")
                }
            let limit = length.map {
                words.say("reference.limit.length", ["from": String($0.lowerBound), "to": String($0.upperBound)])
            }
            return Reading(text: text, choices: choices, limit: limit)
        case .integer(let range):
            let limit = range.map {
                "\($0.lowerBound) – \($0.upperBound == Int(Int32.max) ? "2³¹ − 1" : String($0.upperBound))"
            }
            return Reading(text: words.say("reference.type.integer"), limit: limit)
        case .number: return Reading(text: words.say("reference.type.number"))
        case .boolean: return Reading(text: words.say("reference.type.boolean"))
        case .null: return Reading(text: "null")
        case .any: return Reading(text: words.say("reference.type.any"))
        case .map(let value):
            let inner = read(value, words)
            return Reading(text: words.say("reference.type.map", ["of": inner.text]), shape: inner.shape)
        case .list(let element, let count):
            var inner = read(element, words)
            inner.text = words.say("reference.type.list", ["of": inner.text])
            if let count { inner.limit = words.say("reference.limit.items", ["count": String(count)]) }
            return inner
        case .reference(let name): return Reading(text: words.say("reference.type.object"), shape: name)
        case .object: return Reading(text: words.say("reference.type.object"))
        case .either(let schemas):
            // Only what may be missing or null is an either.
            guard let main = schemas.first(where: { $0 != .null }) else { return Reading(text: "null") }
            return read(main, words)
        }
    }
}

/// A parameter, or a member of a body.
struct ReferenceField: Sendable {
    let name: String
    let place: String?
    let type: ReferenceType
    let isRequired: Bool
    let meaning: String?

    init(_ property: JSONSchema.Property, _ words: Phrases) {
        name = property.name
        place = nil
        type = ReferenceType(property.schema, words)
        isRequired = property.isRequired
        meaning = nil
    }

    init(_ parameter: APIParameter, place: String, _ words: Phrases) {
        name = parameter.name
        self.place = place == "path" ? words.say("reference.inPath") : words.say("reference.inQuery")
        type = ReferenceType(parameter.schema, words)
        isRequired = place == "path"
        meaning = parameter.meaning.isEmpty ? nil : parameter.meaning
    }
}

extension APIRight {
    /// Who it is, in the reader's language.
    fileprivate func word(_ words: Phrases) -> String { words.say("reference.right.\(rawValue)") }
}
