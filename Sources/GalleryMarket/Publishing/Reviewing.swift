import GalleryHub
import GalleryModel

/// Who may review what.
enum Reviewing {
    /// Demands a reviewer who may write; answers the facts.
    static func demand(on facts: RepoFacts, by viewer: Viewer) throws -> RepoFacts {
        try AccessPolicy.demand(.see, on: facts, by: viewer)
        try mustReview(viewer)
        return facts
    }

    /// Reviewers and administrators, by a session or an unbound token that may write.
    static func mustReview(_ viewer: Viewer) throws {
        let account = try viewer.mustBeSignedIn()
        guard account.role == .reviewer || account.role == .admin, viewer.scope.includes(.write),
            viewer.onlyRepo == nil
        else { throw Problem.notYours }
    }

    /// Four eyes: nobody but an administrator decides on what is their own.
    static func mayDecide(on facts: RepoFacts, submittedBy: AccountID?, by viewer: Viewer) throws {
        let account = try viewer.mustBeSignedIn()
        guard account.role != .admin else { return }
        guard facts.owner != account.id, facts.membership == nil, submittedBy != account.id else {
            throw PublishingError.ownAsset
        }
    }

    static func reason(_ text: String) throws -> String {
        let text = text.trimmed
        guard (1...500).contains(text.count) else { throw PublishingError.reasonMissing }
        return text
    }
}
