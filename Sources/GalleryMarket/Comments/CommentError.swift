package import GalleryModel

/// What can be wrong with comments.
package enum CommentError: DomainError, Equatable {
    case unknown
    case badText
    case badReason
    case badCursor
    case notYours
    case hidden
    case notHidden
    case tooLate
    case ownComment
    case noReports
    case threadFull
    case tooFast(seconds: Int)

    package var problem: Problem {
        switch self {
        case .unknown: Problem(.missing, "comment-unknown", "There is no such comment, or it was deleted.")
        case .badText:
            Problem(.unprocessable, "comment-text-invalid", "A comment has 1 to \(Comment.longest) characters.")
        case .badReason: Problem(.unprocessable, "comment-reason-invalid", "Say why, in 1 to 200 characters.")
        case .badCursor: .invalid("cursor-invalid", "This page of the list does not exist: start from the first one.")
        case .notYours: Problem(.forbidden, "comment-not-yours", "Only its author can change or delete a comment.")
        case .hidden: Problem(.conflict, "comment-hidden", "A moderator has hidden this comment.")
        case .notHidden: Problem(.conflict, "comment-not-hidden", "This comment is not hidden.")
        case .tooLate:
            Problem(
                .conflict,
                "comment-edit-over",
                "A comment can be changed for 24 hours, and \(Comment.mostEdits) times at most."
            )
        case .ownComment: Problem(.conflict, "comment-own", "You cannot report your own comment: delete it instead.")
        case .noReports: Problem(.conflict, "comment-not-reported", "Nobody's report of this comment is open.")
        case .threadFull:
            Problem(.conflict, "comment-thread-full", "This thread has as many replies as one may have: begin another.")
        case .tooFast(let seconds):
            Problem(
                .throttled,
                "comment-too-fast",
                "That was a lot within a short time: go on in a while.",
                retryAfter: seconds
            )
        }
    }
}
