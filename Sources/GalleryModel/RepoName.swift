/// What a repository holds. The hub API knows the first three under the names model, dataset and space.
package enum RepoKind: String, Sendable, Codable, CaseIterable {
    case model, dataset, app, algorithm, notebook, image, workflow, `case`, skill

    /// The plural in `/api/{plural}/…`.
    package var plural: String {
        switch self {
        case .model: "models"
        case .dataset: "datasets"
        case .app: "spaces"
        case .algorithm: "algorithms"
        case .notebook: "notebooks"
        case .image: "images"
        case .workflow: "workflows"
        case .case: "cases"
        case .skill: "skills"
        }
    }

    /// The singular that hub clients send and read as `type`.
    package var hubType: String { self == .app ? "space" : rawValue }

    /// What stands before `owner/name` in web, resolve and git addresses; empty for models.
    package var pathPrefix: String { self == .model ? "" : plural + "/" }

    package init?(hubType: String) {
        guard let kind = Self.allCases.first(where: { $0.hubType == hubType }) else { return nil }
        self = kind
    }

    package init?(plural: String) {
        guard let kind = Self.allCases.first(where: { $0.plural == plural }) else { return nil }
        self = kind
    }
}

/// The full name of a repository, `owner/name`; compared without case.
package struct RepoName: Hashable, Sendable, CustomStringConvertible {
    package var owner: String
    package var name: String

    package init(owner: String, name: String) {
        self.owner = owner
        self.name = name
    }

    /// Nil unless there is exactly one slash with text on both sides.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.init(owner: String(parts[0]), name: String(parts[1]))
    }

    package var description: String { "\(owner)/\(name)" }

    /// Whether `text` may name a repository: the hub's rule (`[A-Za-z0-9._-]`, at most 96 characters, no `--` or `..`,
    /// neither starting nor ending with `-` or `.`, not ending with `.git`).
    package static func isValid(_ text: String) -> Bool {
        guard (1...96).contains(text.utf8.count), !text.contains("--"), !text.contains(".."), !text.hasSuffix(".git"),
            let first = text.utf8.first, let last = text.utf8.last
        else { return false }
        let edges: [UInt8] = [UInt8(ascii: "-"), UInt8(ascii: ".")]
        return !edges.contains(first) && !edges.contains(last)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
