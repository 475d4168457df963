import GalleryModel

/// What is wrong, and what is missing, in the metadata of a README.
struct CardCheck: Sendable {
    private(set) var errors: [String] = []
    private(set) var warnings: [String] = []

    init(readme: String) {
        guard let yaml = FrontMatter.text(in: readme) else {
            warnings = ["The card has no metadata: begin README.md with a block of YAML between two lines of '---'."]
            return
        }
        do {
            let values = try FrontMatter(yaml: yaml).values
            if values.isEmpty { warnings.append("The metadata of the card is empty.") }
            checkLicense(values)
            for name in ["license_name", "license_link", "pipeline_tag", "library_name"] { checkText(name, values) }
            for name in ["tags", "datasets", "task_categories", "size_categories"] { checkTexts(name, values) }
        } catch {
            errors.append(error.message)
        }
    }

    private mutating func checkLicense(_ values: [String: CardValue]) {
        guard let license = values["license"] else { return }
        let allowed = license.texts.filter { Self.licenses.contains($0.lowercased()) }
        if allowed.isEmpty || allowed.count != license.texts.count {
            errors.append("\"license\" must be one of [\(Self.licenses.sorted().joined(separator: ", "))]")
        }
        if license.texts == ["other"], values["license_name"] == nil {
            warnings.append("\"license\" is \"other\": say which with \"license_name\" and \"license_link\".")
        }
    }

    private mutating func checkText(_ name: String, _ values: [String: CardValue]) {
        switch values[name] {
        case nil, .null, .text: break
        default: errors.append("\"\(name)\" must be a string")
        }
    }

    private mutating func checkTexts(_ name: String, _ values: [String: CardValue]) {
        switch values[name] {
        case nil, .null, .text: break
        case .list(let items):
            let isText = items.allSatisfy { if case .text = $0 { true } else { false } }
            if !isText { errors.append("\"\(name)\" must be a list of strings") }
        default: errors.append("\"\(name)\" must be a list of strings")
        }
    }

    /// The identifiers that the hub takes for licences.
    private static let licenses: Set<String> = [
        "apache-2.0", "mit", "openrail", "bigscience-openrail-m", "creativeml-openrail-m", "bigscience-bloom-rail-1.0",
        "bigcode-openrail-m", "afl-3.0", "artistic-2.0", "bsl-1.0", "bsd", "bsd-2-clause", "bsd-3-clause",
        "bsd-3-clause-clear", "c-uda", "cc", "cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0",
        "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nd-4.0",
        "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0",
        "cdla-sharing-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0", "wtfpl", "ecl-2.0", "epl-1.0", "epl-2.0",
        "etalab-2.0", "eupl-1.1", "eupl-1.2", "agpl-3.0", "gfdl", "gpl", "gpl-2.0", "gpl-3.0", "lgpl", "lgpl-2.1",
        "lgpl-3.0", "isc", "h-research", "intel-research", "lppl-1.3c", "ms-pl", "apple-ascl", "apple-amlr", "mpl-2.0",
        "odc-by", "odbl", "openmdw-1.0", "openrail++", "osl-3.0", "postgresql", "ofl-1.1", "ncsa", "unlicense", "zlib",
        "pddl", "lgpl-lr", "deepfloyd-if-license", "fair-noncommercial-research-license", "llama2", "llama3",
        "llama3.1",
        "llama3.2", "llama3.3", "llama4", "grok2-community", "gemma", "unknown", "other",
    ]
}
