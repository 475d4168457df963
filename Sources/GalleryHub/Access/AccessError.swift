package import GalleryModel

/// A refusal of the policy, as the viewer is told of it.
package struct AccessError: DomainError, Equatable {
    package let problem: Problem

    package init(_ refusal: Refusal, name: RepoName, kind: RepoKind, viewer: Viewer) {
        problem =
            switch refusal {
            case .invisible: Self.notFound(to: viewer)
            case .signInFirst: .signInFirst
            // Matched by huggingface_hub's own tests: do not reword the first sentence.
            case .gated:
                Problem(
                    viewer.account == nil ? .unauthenticated : .forbidden,
                    "access-gated",
                    "Access to \(kind.hubType) \(name) is restricted and you are not in the authorized list. "
                        + "Ask for access on its page.",
                    hubCode: .gatedRepo
                )
            case .unsubscribed:
                Problem(
                    viewer.account == nil ? .unauthenticated : .forbidden,
                    "access-unsubscribed",
                    "Access to \(kind.hubType) \(name) is restricted to its subscribers. Subscribe to it on its page.",
                    hubCode: .gatedRepo
                )
            case .codeClosed:
                Problem(
                    viewer.account == nil ? .unauthenticated : .forbidden,
                    "access-code-closed",
                    "The code of \(kind.hubType) \(name) is not open: its owner does not hand out its files.",
                    hubCode: .gatedRepo
                )
            // Compared letter by letter in huggingface_hub: do not reword.
            case .disabled: Problem(.forbidden, "repository-disabled", "Access to this resource is disabled.")
            case .notYours: .notYours
            case .scopeTooNarrow(let needed):
                Problem(
                    .forbidden,
                    "scope-too-narrow",
                    "This access token does not allow that: use one with the scope '\(needed.rawValue)'."
                )
            }
    }

    /// What is invisible and what does not exist are told apart by nobody: 401 to visitors, as hub clients expect, else 404.
    package static func notFound(to viewer: Viewer) -> Problem {
        Problem(
            viewer.account == nil ? .unauthenticated : .missing,
            "repository-not-found",
            "Repository not found. If it is private, sign in with an account that may see it.",
            hubCode: .repoNotFound
        )
    }
}
