package import GalleryModel

/// What can be wrong with repositories and their names.
package enum RepositoryError: DomainError, Equatable {
    /// The viewer's own, or one they may see.
    case exists(RepoKind, RepoName)
    case badName(String)
    case unknownOwner(String)
    case notYourNamespace(String)
    case targetExists(RepoKind, RepoName)
    case tooMany(limit: Int)
    case badSDK(String)
    case badSetting(String)
    case badCursor

    package var problem: Problem {
        switch self {
        case .exists(let kind, _):
            Problem(.conflict, "repository-exists", "You already created this \(kind.hubType) repo")
        case .badName(let name):
            Problem(
                .invalid,
                "repository-name-invalid",
                "'\(name.prefix(100))' cannot name a repository: use 1 to 96 of A-Z a-z 0-9 . _ -, without '--' or '..', "
                    + "not starting or ending with '-' or '.', not ending with '.git'."
            )
        case .unknownOwner(let name):
            Problem(.missing, "owner-unknown", "There is no account or organisation named '\(name.prefix(100))'.")
        case .notYourNamespace(let name):
            Problem(
                .forbidden,
                "namespace-not-yours",
                "You don't have the rights to create a repository under the namespace \"\(name.prefix(100))\""
            )
        // The client's tests match the first words: do not reword them.
        case .targetExists(let kind, let name):
            Problem(
                .conflict,
                "repository-target-exists",
                "A \(kind.hubType) repository called \(name) already exists"
            )
        case .tooMany(let limit):
            Problem(.conflict, "repositories-too-many", "One owner may have at most \(limit) repositories.")
        case .badSDK(let sdk):
            Problem(.invalid, "sdk-invalid", "'\(sdk.prefix(50))' is not one of gradio, streamlit, docker, static.")
        case .badSetting(let reason): Problem(.invalid, "setting-invalid", reason)
        case .badCursor: Problem(.invalid, "cursor-invalid", "The cursor is not one that this server gave out.")
        }
    }
}
