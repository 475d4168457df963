import Foundation
import GalleryHub

/// A way in which a custom model can be trained.
package struct CustomMethod: Sendable, Equatable, Codable {
    package var name: String
    package var hyperparameters: [Hyperparameter]
}

/// What can be set of a training method.
package struct Hyperparameter: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case float, int, str, bool
    }

    package var name: String
    package var type: Kind
    /// One that is not may be left out.
    package var isRequired: Bool
    /// As it is handed to the script; nil for none.
    package var standard: String?
    package var help: String
}

extension Hyperparameter.Kind {
    private static let longest = 1000

    /// What somebody's value becomes in `ENV_AG_USER_PARAMS`; nil where it is not of the type.
    package func value(_ text: String) -> String? {
        switch self {
        case .str: return text.count <= Self.longest && !text.contains("\0") ? text : nil
        case .bool: return ["true", "false"].contains(text) ? text : nil
        case .int:
            let text = text.trimmingCharacters(in: .whitespaces)
            guard text.wholeMatch(of: /[+\-]?[0-9]{1,19}/) != nil, Int64(text) != nil else { return nil }
            return text
        case .float:
            let text = text.trimmingCharacters(in: .whitespaces)
            guard text.utf8.count <= Self.longest,
                text.wholeMatch(of: /[+\-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+\-]?[0-9]+)?/) != nil,
                let number = Double(text.hasSuffix(".") ? text + "0" : text), number.isFinite
            else { return nil }
            return text
        }
    }

    /// The same of what stands in `train_params.json`.
    func value(_ value: CardValue) -> String? {
        switch (self, value) {
        case (_, .text(let text)): self.value(text)
        case (.bool, .bool(let flag)): flag ? "true" : "false"
        case (.int, .integer(let number)), (.float, .integer(let number)): String(number)
        case (.int, .number(let number)): Int64(exactly: number).map { String($0) }
        case (.float, .number(let number)): number.isFinite ? "\(number)" : nil
        default: nil
        }
    }
}

/// Reads `train_params.json`, and tells all that is wrong at once.
struct CustomParameters {
    private static let mostMethods = 20
    private static let mostHyperparameters = 100
    private static let longestName = 64
    private static let longestHelp = 20

    private(set) var faults: [TrainingFault] = []
    private(set) var methods: [CustomMethod] = []
    private let path: String

    init(_ path: String) { self.path = path }

    mutating func read(_ text: String) {
        guard let value = try? JSONDecoder().decode(CardValue.self, from: Data(text.utf8)) else {
            return complain(.notJSON, "")
        }
        guard case .object(let members) = value else { return complain(.wrongType, "") }
        guard let list = list(members, "training_methods", "training_methods", most: Self.mostMethods) else { return }
        if list.isEmpty { complain(.emptyList, "training_methods") }
        var seen: Set<String> = []
        for (index, each) in list.enumerated() { method(each, "training_methods[\(index)]", &seen) }
    }

    private mutating func method(_ value: CardValue, _ place: String, _ seen: inout Set<String>) {
        guard case .object(let members) = value else { return complain(.wrongType, place) }
        let name = text(members, "name", place)
        if let name {
            let isPlain = !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
            if name.allSatisfy(\.isWhitespace) || name.count > Self.longestName || !isPlain {
                complain(.badName, "\(place).name", name)
            } else if !seen.insert(name).inserted {
                complain(.duplicateName, "\(place).name", name)
            }
        }
        let list = list(members, "hyperparameters", "\(place).hyperparameters", most: Self.mostHyperparameters)
        var names: Set<String> = []
        var found: [Hyperparameter] = []
        for (index, each) in (list ?? []).enumerated() {
            if let each = hyperparameter(each, "\(place).hyperparameters[\(index)]", &names) { found.append(each) }
        }
        if let name { methods.append(CustomMethod(name: name, hyperparameters: found)) }
    }

    private mutating func hyperparameter(
        _ value: CardValue,
        _ place: String,
        _ seen: inout Set<String>
    ) -> Hyperparameter? {
        guard case .object(let members) = value else {
            complain(.wrongType, place)
            return nil
        }
        let name = text(members, "name", place)
        if let name {
            if name.wholeMatch(of: /[A-Za-z0-9_]{1,64}/) == nil {
                complain(.badName, "\(place).name", name)
            } else if !seen.insert(name).inserted {
                complain(.duplicateName, "\(place).name", name)
            }
        }
        let word = text(members, "type", place)
        let type = word.flatMap(Hyperparameter.Kind.init(rawValue:))
        if let word, type == nil { complain(.badType, "\(place).type", word) }
        let isRequired = required(members, place)
        let standard = standard(members, type, place)
        let help = help(members, place)
        guard let name, let type, let isRequired else { return nil }
        return Hyperparameter(name: name, type: type, isRequired: isRequired, standard: standard, help: help)
    }

    private mutating func required(_ members: [String: CardValue], _ place: String) -> Bool? {
        switch members["required"] {
        case nil: complain(.missing, "\(place).required")
        case .bool(let flag): return flag
        default: complain(.wrongType, "\(place).required")
        }
        return nil
    }

    /// An empty text stands for none.
    private mutating func standard(
        _ members: [String: CardValue],
        _ type: Hyperparameter.Kind?,
        _ place: String
    ) -> String? {
        guard let type, let value = members["default"], value != .text("") else { return nil }
        guard let text = type.value(value) else {
            complain(.badDefault, "\(place).default", type.rawValue)
            return nil
        }
        return text
    }

    private mutating func help(_ members: [String: CardValue], _ place: String) -> String {
        guard let value = members["help"] else { return "" }
        guard case .text(let text) = value else {
            complain(.wrongType, "\(place).help")
            return ""
        }
        if text.count > Self.longestHelp { complain(.helpTooLong, "\(place).help", String(text.count)) }
        return text
    }

    // MARK: Pieces

    private mutating func text(_ members: [String: CardValue], _ name: String, _ place: String) -> String? {
        switch members[name] {
        case nil: complain(.missing, "\(place).\(name)")
        case .text(let text): return text
        default: complain(.wrongType, "\(place).\(name)")
        }
        return nil
    }

    private mutating func list(
        _ members: [String: CardValue],
        _ name: String,
        _ place: String,
        most: Int
    ) -> [CardValue]? {
        switch members[name] {
        case nil: complain(.missing, place)
        case .list(let items) where items.count <= most: return items
        case .list: complain(.tooMany, place, String(most))
        default: complain(.wrongType, place)
        }
        return nil
    }

    private mutating func complain(_ rule: TrainingFault.Rule, _ place: String, _ value: String = "") {
        faults.append(TrainingFault(rule, path, place, value: String(value.prefix(80))))
    }
}
