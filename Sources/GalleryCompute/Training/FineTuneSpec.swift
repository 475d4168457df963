import Foundation

/// What a worker is told, as `spec.json`.
struct FineTuneSpec: Encodable {
    struct Asset: Encodable {
        var repo: String
        var kind: String
        var revision: String
        var files: [String]?
    }

    struct Product: Encodable { var repo: String }
    struct Keeps: Encodable { var merged: Bool }
    struct Limits: Encodable {
        var cores: Int
        var memoryBytes: Int64
        var seconds: Int64?
    }

    /// What of it tells which program is to be started.
    struct Kind: Decodable {
        var task: String
        var packages: [String]?
    }

    var kind = RunKind.fineTune.rawValue
    var base: Asset
    var data: [Asset]
    var task: String
    var method: String
    var parameters: [String: TrainingValue]
    var seed: Int64
    var product: Product
    var keeps: Keeps
    /// What a model's own script asks for besides what the workers have.
    var packages: [String]?
    var limits: Limits

    init(_ plan: FineTunePlan, product name: String) {
        let draft = plan.draft
        base = Asset(repo: plan.base.name, kind: "model", revision: plan.base.commit)
        let named = [plan.values.text("train_data_file"), plan.values.text("test_data_file")]
        data = plan.data.map { set in
            // Where the file to learn from is named, no others need be fetched.
            let files = named[0].isEmpty || !set.files.isEmpty ? set.files : named.filter { !$0.isEmpty }
            return Asset(
                repo: set.repo.name,
                kind: "dataset",
                revision: set.repo.commit,
                files: files.isEmpty ? nil : files
            )
        }
        task = draft.task.rawValue
        method = draft.method
        parameters = plan.values.values
        seed = draft.seed
        product = Product(repo: name)
        keeps = Keeps(merged: draft.keepsMerged)
        packages = draft.task == .custom ? plan.folder?.packages : nil
        let flavor = plan.offer?.flavor
        limits = Limits(
            cores: flavor?.cores ?? 1,
            memoryBytes: Int64(flavor?.memoryGiB ?? 1) << 30,
            seconds: draft.hours.map { Int64($0) * 3600 }
        )
    }

    var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}
