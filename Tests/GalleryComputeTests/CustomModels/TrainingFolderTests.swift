import Foundation
import GalleryDatabase
import GalleryHub
import GalleryTesting
import Testing

@testable import GalleryCompute

struct TrainingFolderTests {
    /// What workers and the gallery agree on.
    private struct Table: Decodable {
        struct Problem: Decodable { let rule, file, place: String }
        struct Case: Decodable {
            let name: String
            let files: [String: String]
            let problems: [Problem]
        }
        struct Value: Decodable {
            let type: Hyperparameter.Kind
            let given: CardValue
            let becomes: String?
        }

        let cases: [Case]
        let values: [Value]

        static func read() throws -> Table {
            let root = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../../Python/workers/tests/custom_cases.json")
            return try JSONDecoder().decode(Table.self, from: Data(contentsOf: root))
        }
    }

    @Test func `a training folder is judged as workers judge it`() throws {
        let cases = try Table.read().cases
        #expect(cases.count > 90)
        for each in cases {
            // Whether Python can read the script is found out where Python is.
            let wanted = each.problems.filter { $0.rule != "syntax" }.map { "\($0.rule) \($0.file) \($0.place)" }
                .sorted()
            var texts: [String: [UInt8]] = [:]
            for name in TrainingFolder.files.map(\.key) {
                texts[name] = each.files["gallery_train/\(name)"].map { Array($0.utf8) }
            }
            let folder = TrainingFolder(paths: Array(each.files.keys), texts: texts)
            let found = folder.faults.map { "\($0.rule.rawValue) \($0.file) \($0.place)" }.sorted()
            #expect(found == wanted, "\(each.name)")
        }
    }

    @Test func `values become what workers make of them`() throws {
        for each in try Table.read().values where each.type != .float || each.given != .bool(true) {
            guard case .text(let text) = each.given else { continue }
            #expect(each.type.value(text) == each.becomes, "\(each.type) \(text.prefix(40))")
        }
    }

    @Test func `methods come with their hyperparameters as they were written`() throws {
        let parameters = """
            {"training_methods": [{"name": "全参微调", "hyperparameters": [
            {"name": "lr", "type": "float", "required": true, "default": 0.001, "help": "学习率"},
            {"name": "steps", "type": "int", "required": false, "default": ""},
            {"name": "fast", "type": "bool", "required": false, "default": true}]}]}
            """
        let texts = ["train.py": "print()", "train_params.json": parameters, "dataset_readme.md": "# Data"]
        let folder = TrainingFolder(
            paths: texts.keys.map { "gallery_train/\($0)" },
            texts: texts.mapValues { Array($0.utf8) }
        )
        #expect(folder.isValid)
        #expect(folder.dataText == "# Data")
        let method = try #require(folder.methods.first)
        #expect(method.name == "全参微调")
        #expect(method.hyperparameters.map(\.standard) == ["0.001", nil, "true"])
        #expect(method.hyperparameters.map(\.isRequired) == [true, false, false])
    }

    @Test(arguments: TestDatabase.all)
    func `a model in the gallery is looked through at its version`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let house = try TestFiles(database)
            let ada = try await house.identity.person("ada")
            let model = try await house.repository("custom", of: ada)
            let models = CustomModels(repositories: house.repositories, files: house.files, content: house.content)
            #expect(try await models.folder(of: model.name, by: ada).isAbsent)
            try await house.commit(["deep/gallery_train/train.py": "print()"], of: model.id, by: ada)
            #expect(try await models.folder(of: model.name, by: ada).faults.map(\.rule) == [.nestedFolder])
            let long = "# " + String(repeating: "long ", count: 40_000)
            try await house.commit(
                [
                    "gallery_train/train.py": "print()", "gallery_train/dataset_readme.md": long,
                    "gallery_train/train_params.json": #"{"training_methods": [{"name": "a", "hyperparameters": []}]}"#,
                ],
                of: model.id,
                by: ada
            )
            let folder = try await models.folder(of: model.name, by: ada)
            #expect(folder.isValid)
            #expect(folder.dataText == long)
        }
    }
}
