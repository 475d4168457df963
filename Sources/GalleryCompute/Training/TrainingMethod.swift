package import Foundation
import GalleryModel

/// A way to train, with its parameters.
package struct TrainingMethod: Sendable, Equatable {
    package static let lora = "lora"

    package var name: String
    package var parameters: [TrainingParameter]
    /// The model's own, whose script finds only what is given.
    package var isCustom = false

    package func parameter(_ name: String) -> TrainingParameter? { parameters.first { $0.name == name } }

    /// The values that were given as typed values, with the standard of what was not; and what is wrong with which.
    package func check(
        _ given: [String: String],
        for task: TrainingTask
    ) -> (values: TrainingValues, faults: [String: ParameterFault]) {
        var values = TrainingValues()
        var faults: [String: ParameterFault] = [:]
        for name in given.keys where parameter(name) == nil { faults[name] = .unknown }
        for parameter in parameters {
            let text = given[parameter.name]
            if isCustom, text == nil, !parameter.isRequired { continue }
            // An answer column that was emptied on purpose means to learn the whole text: only what is absent, or a number
            // that was emptied, has the standard.
            let isAbsent = text == nil || text == "" && (parameter.kind.isNumber || parameter.kind == .truth)
            let standard = parameter.standard(for: task)
            // What has no standard may be absent.
            if isAbsent, parameter.kind.isNumber || parameter.kind == .truth, standard.isEmpty {
                if parameter.isRequired { faults[parameter.name] = .empty }
                continue
            }
            do {
                values[parameter.name] = try parameter.value(of: isAbsent ? standard : text ?? "")
            } catch {
                faults[parameter.name] = error
            }
        }
        return (values, faults)
    }

    /// Reads the file that the worker of LoRA reads, too, from the folder of its programs.
    package static func lora(in programs: URL) throws -> TrainingMethod {
        let file = programs.appending(path: "gallery_workers/finetune/parameters.json")
        let document = try JSONDecoder().decode(ParameterFile.self, from: Data(contentsOf: file))
        return TrainingMethod(name: document.method, parameters: document.parameters.map(\.parameter))
    }
}

/// `parameters.json` as it is written.
private struct ParameterFile: Decodable {
    struct Entry: Decodable {
        var name: String
        var type: TrainingParameter.Kind
        var group: TrainingParameter.Group
        var required: Bool
        var `default`: TrainingValue
        var defaults: [String: TrainingValue]?
        var min: Double?
        var max: Double?
        var choices: [Double]?
        var refused: [Double]?
        var setBy: String
        var help: LocalName
        var source: String

        var parameter: TrainingParameter {
            TrainingParameter(
                name: name,
                kind: type,
                group: group,
                isRequired: required,
                standard: `default`.written,
                standards: Dictionary(
                    uniqueKeysWithValues: (defaults ?? [:]).compactMap { task, value in
                        TrainingTask(rawValue: task).map { ($0, value.written) }
                    }
                ),
                least: min,
                most: max,
                choices: choices ?? [],
                refused: refused ?? [],
                isSetByPeople: setBy == "user",
                help: help,
                source: source
            )
        }
    }

    var method: String
    var parameters: [Entry]
}
