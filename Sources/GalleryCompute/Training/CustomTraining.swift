import Foundation
import GalleryHub
import GalleryModel

/// What a model brings to be trained by its own script: the folder `gallery_train`.
struct CustomTraining: Sendable, Equatable {
    static let folder = "gallery_train"
    private static let largest = 1 << 20

    var methods: [TrainingMethod] = []
    /// What it says of the data that it takes.
    var dataReadme = ""

    /// Nil for a model that brings no training, or none that can be used.
    static func find(
        in repo: RepoID,
        at commit: String,
        _ files: Files,
        by viewer: Viewer
    ) async throws -> CustomTraining? {
        let paths = ["train.py", "train_params.json", "dataset_readme.md"].map { "\(folder)/\($0)" }
        let found = try await files.entries(at: paths, revision: commit, of: repo, by: viewer).entries
        guard found.count == paths.count, found.allSatisfy({ !$0.isFolder && $0.size > 0 }) else { return nil }
        func text(_ path: String) async throws -> String? {
            try await files.text(at: path, revision: commit, of: repo, by: viewer, limit: largest)
        }
        guard let parameters = try await text(paths[1]), let readme = try await text(paths[2]),
            let methods = try? methods(in: parameters)
        else { return nil }
        return CustomTraining(methods: methods, dataReadme: readme)
    }

    /// The methods of `train_params.json`.
    static func methods(in text: String) throws -> [TrainingMethod] {
        let text = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        let file = try JSONDecoder().decode(ParameterFile.self, from: Data(text.utf8))
        let names = Set(file.training_methods.map(\.name))
        guard !names.isEmpty, names.count == file.training_methods.count, !names.contains(TrainingMethod.lora) else {
            throw TrainingError.notCustom
        }
        return file.training_methods.map { method in
            TrainingMethod(
                name: method.name,
                parameters: method.hyperparameters.map { $0.parameter },
                isCustom: true
            )
        }
    }
}

/// `train_params.json` as people write it.
private struct ParameterFile: Decodable {
    struct Method: Decodable {
        var name: String
        var hyperparameters: [Hyperparameter]
    }

    struct Hyperparameter: Decodable {
        enum Kind: String, Decodable { case float, int, str, bool }

        var name: String
        var type: Kind
        var required: Bool
        var `default`: TrainingValue?
        var help: String?

        var parameter: TrainingParameter {
            let kind: TrainingParameter.Kind =
                switch type {
                case .float: .number
                case .int: .integer
                case .str: .string
                case .bool: .truth
                }
            return TrainingParameter(
                name: name,
                kind: kind,
                group: .custom,
                isRequired: required,
                standard: `default`?.written ?? "",
                most: type == .str ? 1000 : nil,
                help: LocalName(en: help ?? "", zh: help ?? "")
            )
        }
    }

    // As the file names it.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var training_methods: [Method]
}
