import Foundation
import GalleryModel
import GalleryServing

/// What the editor of an introduction sends: fields for the base settings, and the metadata in which they stand.
struct IntroductionForm: Sendable {
    var settings: AssetSettings
    /// The metadata as it is written, with what the form does not know.
    var metadata: String
    var body: String
    var base: String
    var title = ""
    var errors: [String: String] = [:]
    var conflict: String?
    var preview: String?
    var draftFrom: Moment?

    init(_ readme: ReadmeText, base: String, kind: RepoKind) {
        settings = readme.settings(for: kind)
        metadata = readme.metadata
        body = readme.body
        self.base = base
    }

    /// Fields and metadata may both have been changed: each change counts, and where both say something else the field.
    init(_ fields: QueryParameters, kind: RepoKind) {
        func text(_ name: String) -> String { (fields[name] ?? "").replacing("\r\n", with: "\n") }
        body = text("body")
        base = fields["base"] ?? ""
        title = text("title").trimmingCharacters(in: .whitespacesAndNewlines)
        let typed = Self.settings(fields)
        var written = ReadmeText(metadata: text("metadata").trimmingCharacters(in: .newlines), body: "")
        guard written.fault == nil else {
            (settings, metadata) = (typed, written.metadata)
            return
        }
        let before = ReadmeText(metadata: fields["before"] == nil ? written.metadata : text("before"), body: "")
        settings = typed.merged(with: written.settings(for: kind), since: before.settings(for: kind))
        if settings.faults().isEmpty { written.set(settings, for: kind) }
        metadata = written.metadata
    }

    var readme: ReadmeText { ReadmeText(metadata: metadata, body: body) }

    private static func settings(_ fields: QueryParameters) -> AssetSettings {
        func list(_ name: String) -> [String] {
            let parts = fields.values(name).flatMap { $0.split { ",，、;".contains($0) || $0.isNewline } }
            var seen: Set<String> = []
            return parts.map { $0.trimmingCharacters(in: .whitespaces) }.filter {
                !$0.isEmpty && seen.insert($0).inserted
            }
        }
        func text(_ name: String) -> String { (fields[name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines) }
        var settings = AssetSettings()
        settings.licence = text("licence")
        settings.languages = list("languages")
        settings.framework = text("framework")
        settings.task = TaskNames.id(named: text("task"))
        settings.hardware = list("hardware")
        settings.minimumFlavor = text("minimumFlavor")
        settings.isTrainedDistributed = fields["training"] != nil
        settings.isServedDistributed = fields["inference"] != nil
        return settings
    }
}

extension AssetSettings {
    /// These with what `others` changed since `before`; what is changed here stays.
    func merged(with others: AssetSettings, since before: AssetSettings) -> AssetSettings {
        var merged = self
        func take<Value: Equatable>(_ field: WritableKeyPath<AssetSettings, Value>) {
            if self[keyPath: field] == before[keyPath: field] { merged[keyPath: field] = others[keyPath: field] }
        }
        take(\.licence)
        take(\.languages)
        take(\.framework)
        take(\.task)
        take(\.hardware)
        take(\.minimumFlavor)
        take(\.isTrainedDistributed)
        take(\.isServedDistributed)
        return merged
    }
}
