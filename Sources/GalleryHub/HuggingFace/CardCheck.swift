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
        let allowed = license.texts.filter { Licences.known.contains($0.lowercased()) }
        if allowed.isEmpty || allowed.count != license.texts.count {
            errors.append("\"license\" must be one of [\(Licences.known.sorted().joined(separator: ", "))]")
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
}
