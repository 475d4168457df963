package import GalleryModel

/// What can be wrong with discussions.
package enum DiscussionError: DomainError, Equatable {
    case unknown(Int)
    case unknownEvent
    case switchedOff
    case badTitle
    case badComment
    case badStatus
    case sameStatus(DiscussionStatus)
    case alreadyMerged
    case closed
    case stillDraft
    case noPullRequest(Int)
    case noComment
    case commentHidden
    case notYourComment
    case tooManyEvents

    package var problem: Problem {
        switch self {
        case .unknown(let number):
            Problem(.missing, "discussion-unknown", "There is no discussion number \(number) here.")
        case .unknownEvent: Problem(.missing, "discussion-event-unknown", "There is no such event in this discussion.")
        case .switchedOff:
            Problem(
                .forbidden,
                "discussions-disabled",
                "Discussions and pull requests are switched off for this repository."
            )
        case .badTitle: .invalid("discussion-title-invalid", "A title has 1 to 200 characters.")
        case .badComment: .invalid("discussion-comment-invalid", "A comment has some text, at most 64 KiB.")
        case .badStatus: .invalid("discussion-status-invalid", "The status can be set to 'open' or 'closed'.")
        case .sameStatus(let status):
            Problem(.conflict, "discussion-status-same", "The status is '\(status.rawValue)' already.")
        case .alreadyMerged: Problem(.conflict, "pull-request-merged", "This pull request has been merged already.")
        case .closed: Problem(.conflict, "pull-request-closed", "This pull request is closed: reopen it first.")
        case .stillDraft:
            Problem(.conflict, "pull-request-draft", "This pull request is a draft: set its status to 'open' first.")
        case .noPullRequest(let number):
            .invalid("pull-request-expected", "Number \(number) is a discussion, not a pull request.")
        case .noComment: .invalid("discussion-comment-expected", "Only comments can be edited or hidden.")
        case .commentHidden: Problem(.conflict, "discussion-comment-hidden", "A hidden comment cannot be edited.")
        case .notYourComment: Problem(.forbidden, "discussion-comment-not-yours", "Only its author can edit a comment.")
        case .tooManyEvents:
            Problem(.conflict, "discussion-full", "This discussion has as many events as one may have.")
        }
    }
}
