import GalleryDatabase
import GalleryHub
import GalleryModel

/// The thing that is commented on, as far as comments need to know it. The only file that knows what sorts there are.
struct CommentGround: Sendable {
    let subject: CommentSubject
    let repo: RepoID?
    private let facts: RepoFacts

    /// What somebody wants to do there.
    enum Action {
        case read, write
    }

    /// Asks the policy of the subject; throws what it says to the viewer.
    static func enter(
        _ subject: CommentSubject,
        to action: Action,
        by viewer: Viewer,
        _ db: any SQLConnection
    ) throws -> CommentGround {
        switch subject.kind {
        case .asset:
            let repo = RepoID(subject.id)
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(action == .read ? .see : .discuss, on: facts, by: viewer)
            return CommentGround(subject: subject, repo: repo, facts: facts)
        }
    }

    /// Whether somebody may do something there, without saying why not.
    static func admits(
        _ viewer: Viewer,
        to subject: CommentSubject,
        _ action: Action,
        _ db: any SQLConnection
    ) throws -> Bool {
        switch subject.kind {
        case .asset:
            let facts = try db.facts(of: RepoID(subject.id), for: viewer)
            return AccessPolicy.refusal(of: action == .read ? .see : .discuss, on: facts, to: viewer) == nil
        }
    }

    /// Those who look after the thing.
    func keepers(_ db: any SQLConnection) throws -> [AccountID] {
        switch subject.kind {
        case .asset: try db.keepers(of: RepoID(subject.id))
        }
    }

    /// What a notification of a comment there is about; it leads to the comment's thread.
    func topic(_ comment: Comment, key: String, values: [String: String]) -> NotificationTopic {
        switch subject.kind {
        case .asset: .asset(RepoID(subject.id), page: Self.page(of: comment), key: key, values: values)
        }
    }

    /// Where a comment stands, below its subject's address.
    static func page(of comment: Comment) -> String {
        "/comments?thread=\(comment.thread ?? comment.id)#comment-\(comment.id)"
    }
}
