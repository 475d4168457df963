import Foundation
import Yams

/// The metadata at the head of a README.md: YAML between two lines of `---`.
package struct FrontMatter: Sendable {
    /// Why it cannot be read; `message` says so to its author.
    package struct Fault: Error, Sendable, Equatable {
        package var message: String
    }

    static let maximumBytes = 64 << 10
    private static let maximumDepth = 16
    private static let maximumNodes = 20_000

    /// What it says; objects at the top.
    package let values: [String: CardValue]

    /// The YAML text of a README; nil when it has none.
    package static func text(in readme: String) -> String? {
        var readme = readme[...]
        if readme.first == "\u{feff}" { readme.removeFirst() }
        let lines = readme.split(maxSplits: 4000, omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let first = lines.first, first.trimmingCharacters(in: .whitespaces) == "---",
            let end = lines.dropFirst().firstIndex(where: { $0.trimmingCharacters(in: .whitespaces) == "---" })
        else { return nil }
        return lines[1..<end].joined(separator: "\n")
    }

    /// Reads YAML without aliases, tags that name types, or endless nesting.
    package init(yaml: String) throws(Fault) {
        guard yaml.utf8.count <= Self.maximumBytes else { throw Fault(message: "The metadata is larger than 64 KiB.") }
        guard Self.nestingIsModest(yaml) else { throw Fault(message: "The metadata is nested too deeply.") }
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw Fault(message: "The metadata is not valid YAML: \(Self.reason(error))")
        }
        guard let node else {
            values = [:]
            return
        }
        var budget = Self.maximumNodes
        guard let value = CardValue(node, depth: Self.maximumDepth, budget: &budget) else {
            throw Fault(message: "The metadata uses aliases, or is nested too deeply or too large.")
        }
        switch value {
        case .object(let members): values = members
        case .null: values = [:]
        default: throw Fault(message: "The metadata must be a list of 'name: value' lines.")
        }
    }

    /// Flow collections and indentation are looked at before the parser, whose own recursion has no limit.
    private static func nestingIsModest(_ yaml: String) -> Bool {
        var depth = 0
        for byte in yaml.utf8 {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: "\n"): depth = max(0, depth)
            default: break
            }
            if depth > 60 { return false }
        }
        for line in yaml.split(whereSeparator: \.isNewline) {
            let indent = line.prefix { $0 == " " || $0 == "-" || $0 == "?" }
            if indent.count > 80 { return false }
        }
        // An alias repeats what stands elsewhere: a few lines could then stand for millions.
        return !yaml.split(whereSeparator: \.isNewline).contains { line in
            let value = line.drop { $0 == " " || $0 == "-" }
            return value.hasPrefix("*") || line.contains(": *") || line.contains("[*") || line.contains(", *")
        }
    }

    private static func reason(_ error: any Error) -> String {
        String("\(error)".split(whereSeparator: \.isNewline).first ?? "").prefix(200).description
    }
}

/// A value of the metadata, as JSON knows it.
package indirect enum CardValue: Sendable, Equatable, Codable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([CardValue])
    case object([String: CardValue])

    /// Nil when the node goes beyond the limits or is an alias.
    init?(_ node: Node, depth: Int, budget: inout Int) {
        budget -= 1
        guard depth > 0, budget > 0 else { return nil }
        switch node {
        case .scalar(let scalar): self = Self.scalar(scalar)
        case .sequence(let sequence):
            var items: [CardValue] = []
            for item in sequence {
                guard let value = CardValue(item, depth: depth - 1, budget: &budget) else { return nil }
                items.append(value)
            }
            self = .list(items)
        case .mapping(let mapping):
            var members: [String: CardValue] = [:]
            for (key, item) in mapping {
                guard case .scalar(let name) = key,
                    let value = CardValue(item, depth: depth - 1, budget: &budget)
                else { return nil }
                members[name.string] = value
            }
            self = .object(members)
        case .alias: return nil
        }
    }

    private static func scalar(_ scalar: Node.Scalar) -> CardValue {
        let text = scalar.string
        guard scalar.style == .plain || scalar.style == .any else { return .text(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        // "no" stays text: in cards it is the language Norwegian. "1e5" and dates stay as they are written.
        if text.utf8.count < 19, let number = Int(text), String(number) == text { return .integer(number) }
        if text.utf8.count < 30, text.contains("."), let number = Double(text), number.isFinite,
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "+-.eE".utf8.contains($0) })
        {
            return .number(number)
        }
        return .text(text)
    }

    /// The text, or those of a list.
    package var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .integer(let number): ["\(number)"]
        case .list(let items):
            items.flatMap { item -> [String] in if case .text(let text) = item { [text] } else { [] } }
        case .null, .bool, .number, .object: []
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([CardValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: CardValue].self))
        }
    }
}
