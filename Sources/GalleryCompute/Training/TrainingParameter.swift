import Foundation
import GalleryModel

/// A parameter of a training method, as people set it.
package struct TrainingParameter: Sendable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case integer, number, string
        /// True or false.
        case truth
        /// The path of a file of the data.
        case file
        /// The name of a column of the data.
        case column

        var isNumber: Bool { self == .integer || self == .number }
    }

    /// Where it stands on the page.
    package enum Group: String, Sendable, Codable, CaseIterable {
        case data, template, lora, training
        /// The method's own.
        case custom
    }

    package var name: String
    package var kind: Kind
    package var group: Group
    /// Whether it may not be left away.
    package var isRequired: Bool
    /// As text; empty for none.
    package var standard: String
    /// Where a task has another one.
    package var standards: [TrainingTask: String] = [:]
    package var least: Double?
    /// Of texts, the most characters.
    package var most: Double?
    package var choices: [Double] = []
    package var refused: [Double] = []
    /// Whether people set it; the rest follows from what they chose.
    package var isSetByPeople = true
    package var help: LocalName
    /// Where its meaning is told.
    package var source = ""

    package func standard(for task: TrainingTask) -> String { standards[task] ?? standard }

    /// The value that a text means.
    package func value(of text: String) throws(ParameterFault) -> TrainingValue {
        switch kind {
        case .integer, .number: return try number(text.trimmingCharacters(in: .whitespaces))
        case .truth:
            switch text.lowercased() {
            case "true", "1": return .truth(true)
            case "false", "0": return .truth(false)
            default: throw .notTruth
            }
        case .string, .file, .column:
            let most = most ?? 4096
            guard !text.contains("\0"), Double(text.unicodeScalars.count) <= most else { throw .tooLong(Int(most)) }
            guard !isRequired || !text.isEmpty else { throw .empty }
            return .text(text)
        }
    }

    private func number(_ text: String) throws(ParameterFault) -> TrainingValue {
        guard text.count <= 40, let number = Double(text), !text.lowercased().hasPrefix("0x"), number.isFinite else {
            throw .notANumber
        }
        if kind == .integer { guard number == number.rounded(), abs(number) < 1e15 else { throw .notWhole } }
        if !choices.isEmpty { guard choices.contains(number) else { throw .notAmong(choices.map(Self.spelled)) } }
        guard number >= least ?? number, number <= most ?? number, !refused.contains(number) else {
            throw .outside(
                least: least.map(Self.spelled) ?? "−∞",
                most: most.map(Self.spelled) ?? "∞",
                refused: refused.map(Self.spelled)
            )
        }
        return kind == .integer ? .whole(Int64(number)) : .number(number)
    }

    /// A number as people write it: `8`, `0.05`, `1e-09`.
    static func spelled(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : number.description
    }
}

/// A value of a parameter.
package enum TrainingValue: Sendable, Equatable, Codable {
    case whole(Int64)
    case number(Double)
    case text(String)
    case truth(Bool)

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let truth = try? container.decode(Bool.self) {
            self = .truth(truth)
        } else if let whole = try? container.decode(Int64.self) {
            self = .whole(whole)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .whole(let whole): try container.encode(whole)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .truth(let truth): try container.encode(truth)
        }
    }

    /// JSON has one sort of numbers only: those are equal that say the same.
    package static func == (one: TrainingValue, other: TrainingValue) -> Bool {
        switch (one, other) {
        case (.truth(let one), .truth(let other)): one == other
        case (.text(let one), .text(let other)): one == other
        default: one.amount != nil && one.amount == other.amount
        }
    }

    private var amount: Double? {
        switch self {
        case .whole(let whole): Double(whole)
        case .number(let number): number
        case .text, .truth: nil
        }
    }

    /// As people write it.
    package var written: String {
        switch self {
        case .whole(let whole): String(whole)
        case .number(let number): TrainingParameter.spelled(number)
        case .text(let text): text
        case .truth(let truth): truth ? "true" : "false"
        }
    }
}

/// Values by the names of their parameters.
package struct TrainingValues: Sendable, Equatable {
    package private(set) var values: [String: TrainingValue]

    package init(_ values: [String: TrainingValue] = [:]) { self.values = values }

    package subscript(_ name: String) -> TrainingValue? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// As people write it; empty where there is none.
    package func text(_ name: String) -> String { values[name]?.written ?? "" }
}

/// What is wrong with the value of a parameter.
package enum ParameterFault: Error, Equatable {
    case unknown
    case notANumber
    case notWhole
    case notTruth
    case notAmong([String])
    case outside(least: String, most: String, refused: [String])
    case tooLong(Int)
    case empty
    /// Found in what it names, in words.
    case bad(code: String, words: String, values: [String: String])

    /// What catalogues call it.
    package var code: String {
        switch self {
        case .unknown: "unknown"
        case .notANumber: "not-a-number"
        case .notWhole: "not-whole"
        case .notTruth: "not-truth"
        case .notAmong: "not-among"
        case .outside(_, _, let refused): refused.isEmpty ? "outside" : "outside-but"
        case .tooLong: "too-long"
        case .empty: "empty"
        case .bad(let code, _, _): code
        }
    }

    /// What fills the places of its text.
    package var places: [String: String] {
        switch self {
        case .unknown, .notANumber, .notWhole, .notTruth, .empty: [:]
        case .notAmong(let choices): ["choices": choices.joined(separator: ", ")]
        case .outside(let least, let most, let refused):
            ["least": least, "most": most, "refused": refused.joined(separator: ", ")]
        case .tooLong(let most): ["most": String(most)]
        case .bad(_, _, let values): values
        }
    }

    /// In English, after the name of the parameter.
    package var words: String {
        switch self {
        case .unknown: "is no parameter of this method."
        case .notANumber: "must be a number."
        case .notWhole: "must be a whole number."
        case .notTruth: "must be true or false."
        case .notAmong(let choices): "must be one of \(choices.joined(separator: ", "))."
        case .outside(let least, let most, let refused):
            "must lie between \(least) and \(most)" + refused.map { ", and not be \($0)" }.joined() + "."
        case .tooLong(let most): "must be at most \(most) characters."
        case .empty: "must not be empty."
        case .bad(_, let words, _): words
        }
    }
}
