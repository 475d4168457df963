import Foundation
import GalleryModel

/// A README's metadata as tags, filters and JSON.
struct RepoCardText: Sendable {
    private static let maximumTags = 500

    let kind: RepoKind
    private let values: [String: CardValue]
    /// Endings of the files at the top.
    private let endings: Set<String>

    /// A README that cannot be read counts as one without metadata.
    init(readme: String?, kind: RepoKind, names endings: Set<String>) {
        self.kind = kind
        self.endings = endings
        let matter = readme.flatMap(FrontMatter.text(in:)).flatMap { try? FrontMatter(yaml: $0) }
        values = matter?.values ?? [:]
    }

    /// A flat JSON object; empty text when there is no metadata.
    var json: String {
        guard !values.isEmpty else { return "" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(values)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    var pipelineTag: String? { values["pipeline_tag"]?.texts.first.flatMap(Self.cleaned) }

    func library(with config: ModelConfig) -> String? {
        guard kind == .model else { return nil }
        if let name = values["library_name"]?.texts.first.flatMap(Self.cleaned) { return name }
        if config.modelType != nil { return "transformers" }
        return endings.contains(".gguf") ? "gguf" : nil
    }

    /// What lists show, and spellings that filters accept besides.
    func tags(with config: ModelConfig) -> (shown: [String], hidden: [String]) {
        var shown: [String] = []
        var hidden: [String] = []
        func add(_ texts: [String], as prefix: String = "") {
            for text in texts where shown.count < Self.maximumTags {
                guard let text = Self.cleaned(text), !shown.contains(prefix + text) else { continue }
                shown.append(prefix + text)
            }
        }
        func texts(_ name: String) -> [String] { values[name]?.texts ?? [] }
        if kind == .model {
            add([library(with: config)].compactMap(\.self))
            add(formats)
            add([config.modelType, pipelineTag].compactMap(\.self))
            add(texts("tags"))
            add(texts("language"))
            hidden += texts("language").compactMap(Self.cleaned).map { "language:\($0)" }
            add(texts("datasets"), as: "dataset:")
            add(texts("base_model"), as: "base_model:")
            add(texts("hardware"), as: "hardware:")
            add(texts("minimum_flavor"), as: "minimum_flavor:")
        } else {
            add(texts("task_categories"), as: "task_categories:")
            add(texts("task_ids"), as: "task_ids:")
            add(texts("annotations_creators"), as: "annotations_creators:")
            add(texts("language_creators"), as: "language_creators:")
            add(texts("multilinguality"), as: "multilinguality:")
            add(texts("source_datasets"), as: "source_datasets:")
            add(texts("language"), as: "language:")
            add(texts("size_categories"), as: "size_categories:")
            add(texts("sdk"))
            add(texts("tags"))
        }
        add(texts("license"), as: "license:")
        add(["us"], as: "region:")
        return (shown, hidden)
    }

    private var formats: [String] {
        [(".safetensors", "safetensors"), (".gguf", "gguf"), (".onnx", "onnx"), (".h5", "tf"), (".msgpack", "jax")]
            .filter { endings.contains($0.0) }.map(\.1)
            + (endings.isDisjoint(with: [".bin", ".pt", ".pth"]) ? [] : ["pytorch"])
    }

    private static func cleaned(_ text: String) -> String? {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return (1...200).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 } ? text : nil
    }
}

/// What a model's own files say of it.
struct ModelConfig: Sendable {
    private var values: [String: CardValue] = [:]
    let safetensorsJSON: String

    /// `weights` are the totals that the file of weights itself tells, where there is no index.
    init(config: String?, tokenizer: String?, index: String?, weights: String) {
        let config = Self.object(config)
        let tokenizer = Self.object(tokenizer)
        for key in ["architectures", "model_type", "quantization_config", "auto_map"] { values[key] = config[key] }
        let tokens = [
            "bos_token", "eos_token", "unk_token", "pad_token", "mask_token", "sep_token", "cls_token", "chat_template",
        ]
        let kept = tokenizer.filter { tokens.contains($0.key) }
        if !kept.isEmpty { values["tokenizer_config"] = .object(kept) }
        if case .object(let metadata)? = Self.object(index)["metadata"],
            case .integer(let total)? = metadata["total_parameters"]
        {
            safetensorsJSON = "{\"parameters\":{},\"total\":\(total)}"
        } else {
            safetensorsJSON = weights
        }
    }

    var modelType: String? {
        if case .text(let type)? = values["model_type"], type.utf8.count <= 100 { type } else { nil }
    }

    /// A JSON object; empty text when nothing is known.
    var json: String {
        guard !values.isEmpty else { return "" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(values)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func object(_ text: String?) -> [String: CardValue] {
        guard let text, text.utf8.count <= 1 << 20, nestingIsModest(text),
            let value = try? JSONDecoder().decode(CardValue.self, from: Data(text.utf8)),
            case .object(let members) = value
        else { return [:] }
        return members
    }

    private static func nestingIsModest(_ text: String) -> Bool {
        var depth = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth -= 1 }
            if depth > 40 { return false }
        }
        return true
    }
}
