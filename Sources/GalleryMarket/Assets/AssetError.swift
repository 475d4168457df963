package import GalleryModel

/// What can be wrong with a page of an asset.
package enum AssetError: DomainError, Equatable {
    case unknown(RepoName)
    case noBranch(String)
    case notText(String)
    case textTooLarge(limit: Int)
    case badPath(String)
    case badComparison
    case draftTooLarge
    case introductionChanged(base: String, patch: String)
    case badSettings([String])
    case noDraft

    package var problem: Problem {
        switch self {
        case .unknown:
            Problem(
                .missing,
                "asset-not-found",
                "There is no such asset, or your account may not see it."
            )
        case .noBranch(let name):
            Problem(.missing, "branch-not-found", "'\(name.prefix(200))' is no branch: files are edited on branches.")
        case .notText(let path):
            Problem(.unprocessable, "file-not-text", "'\(path.prefix(300))' is no text that can be edited here.")
        case .textTooLarge(let limit):
            Problem(
                .tooLarge,
                "text-too-large",
                "A text edited here may have at most \(limit >> 10) KiB. Upload it instead."
            )
        case .badPath(let detail): Problem(.unprocessable, "file-name-invalid", detail)
        case .badComparison: Problem(.invalid, "comparison-invalid", "Name two revisions, as in 'main..dev'.")
        case .introductionChanged(let base, let patch):
            Problem(
                .conflict,
                "introduction-changed",
                "Somebody changed the introduction meanwhile. Look at the patch, then send it again with this base.",
                members: ["base": base, "patch": patch]
            )
        case .badSettings(let fields):
            Problem(
                .unprocessable,
                "settings-invalid",
                "These settings hold what metadata cannot: \(fields.joined(separator: ", "))."
            )
        case .noDraft: Problem(.missing, "draft-not-found", "You keep no draft of this introduction.")
        case .draftTooLarge: Problem(.tooLarge, "draft-too-large", "The draft is too large to be kept.")
        }
    }
}
