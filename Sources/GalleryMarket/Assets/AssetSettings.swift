package import GalleryHub
package import GalleryModel

/// The base settings of an introduction, which stand in the metadata of README.md.
package struct AssetSettings: Sendable, Equatable {
    package var licence = ""
    package var languages: [String] = []
    package var framework = ""
    package var task = ""
    package var hardware: [String] = []
    package var minimumFlavor = ""
    package var isTrainedDistributed = false
    package var isServedDistributed = false

    package init() {}

    /// As the metadata has them.
    package init(card: [String: CardValue], kind: RepoKind) {
        func texts(_ key: String) -> [String] { card[key]?.texts ?? [] }
        licence = texts("license").first ?? ""
        languages = texts("language")
        framework = texts("library_name").first ?? ""
        task = texts(Self.taskKey(of: kind)).first ?? ""
        hardware = texts("hardware")
        minimumFlavor = texts("minimum_flavor").first ?? ""
        let distributed = texts("distributed")
        isTrainedDistributed = distributed.contains("training")
        isServedDistributed = distributed.contains("inference")
    }

    /// The lines of metadata that say the same, and whose other lines they replace.
    func lines(for kind: RepoKind) -> [(key: String, values: [String], isList: Bool)] {
        var distributed: [String] = []
        if isTrainedDistributed { distributed.append("training") }
        if isServedDistributed { distributed.append("inference") }
        var lines: [(String, [String], Bool)] = [
            ("license", [licence], false), ("language", languages, true),
            (Self.taskKey(of: kind), [task], kind != .model),
        ]
        if kind == .model || kind == .algorithm {
            lines += [
                ("library_name", [framework], false), ("hardware", hardware, true),
                ("minimum_flavor", [minimumFlavor], false), ("distributed", distributed, true),
            ]
        }
        return lines.map { key, values, isList in (key, values.filter { !$0.isEmpty }, isList) }
    }

    static func taskKey(of kind: RepoKind) -> String { kind == .model ? "pipeline_tag" : "task_categories" }

    /// What is wrong, by field.
    package func faults() -> [String: String] {
        var faults: [String: String] = [:]
        let single = ["licence": licence, "framework": framework, "task": task, "minimumFlavor": minimumFlavor]
        for (field, value) in single where !value.isEmpty && !Self.isGood(value) { faults[field] = "setting-invalid" }
        for (field, values) in ["languages": languages, "hardware": hardware]
        where values.count > 100 || !values.allSatisfy(Self.isGood) {
            faults[field] = "setting-invalid"
        }
        return faults
    }

    private static func isGood(_ text: String) -> Bool {
        (1...64).contains(text.count)
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.value > 0x20 && scalar.value != 0x7f && !"\"'\\{}[],#&*!|>%@`".unicodeScalars.contains(scalar)
                    || scalar == " "
            } && text.first != " " && text.last != " "
    }
}
