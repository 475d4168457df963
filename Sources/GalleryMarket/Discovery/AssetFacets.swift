import GalleryHub
import GalleryModel
import SearchIndex

/// What an asset can be found by besides its text, made of the tags that its files give it.
struct AssetFacets: Sendable, Equatable {
    private static let formats: Set<String> = ["safetensors", "gguf", "onnx", "tf", "jax", "pytorch"]
    /// Prefixes of tags that say something about an asset's making, not about what it is.
    private static let prefixes = [
        "dataset:", "base_model:", "region:", "task_ids:", "annotations_creators:", "language_creators:",
        "multilinguality:", "source_datasets:", "size_categories:", "arxiv:", "doi:",
    ]
    private static let maximum = 200

    private(set) var values: [FacetValue] = []

    init(
        kind: RepoKind,
        owner: String,
        task: String,
        library: String,
        gating: Gating,
        tags: [String],
        marks: [Mark]
    ) {
        add(.kind, kind.rawValue)
        add(.owner, owner.lowercased())
        add(.access, gating == .off ? "open" : "gated")
        for mark in marks { add(.mark, mark.rawValue) }
        if !task.isEmpty { add(.task, task) }
        if !library.isEmpty { add(.library, library) }
        let languages = Set(tags.compactMap { Self.rest(of: $0, after: "language:") })
        for tag in tags {
            if let text = Self.rest(of: tag, after: "license:") {
                add(.license, text)
            } else if let text = Self.rest(of: tag, after: "language:") {
                add(.language, text)
            } else if let text = Self.rest(of: tag, after: "task_categories:") {
                add(.task, text)
            } else if Self.formats.contains(tag), kind == .model {
                add(.library, tag)
            } else if !languages.contains(tag), tag != task, tag != library,
                !Self.prefixes.contains(where: { tag.hasPrefix($0) })
            {
                add(.tag, tag)
            }
        }
    }

    /// As written by `text`.
    init(text: String) {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            guard let sign = line.firstIndex(of: UInt8(ascii: "=")),
                let facet = Facet(rawValue: String(Substring(line[..<sign])))
            else { continue }
            values.append(FacetValue(facet, String(Substring(line[line.index(after: sign)...]))))
        }
    }

    /// For keeping: a line for each value.
    var text: String { values.map { "\($0.facet.rawValue)=\($0.text)" }.joined(separator: "\n") }

    subscript(_ facet: Facet) -> [String] { values.filter { $0.facet == facet }.map(\.text) }

    private mutating func add(_ facet: Facet, _ text: String) {
        let value = FacetValue(facet, text)
        guard values.count < Self.maximum, !text.isEmpty, !text.contains("\n"), !values.contains(value) else { return }
        values.append(value)
    }

    private static func rest(of tag: String, after prefix: String) -> String? {
        tag.hasPrefix(prefix) ? String(tag.dropFirst(prefix.count)) : nil
    }
}

extension Facet {
    /// As in addresses and in the interface for programs.
    var parameter: String { self == .license ? "licence" : rawValue }
}
