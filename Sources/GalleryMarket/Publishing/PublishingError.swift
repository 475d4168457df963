package import GalleryHub
package import GalleryModel

/// What can be wrong with publishing.
package enum PublishingError: DomainError, Equatable {
    case notPossible(PublishingAction, RepoListing)
    case form([FieldFault])
    case unknownUser(String, field: String)
    case reasonMissing
    case visibilityFixed
    case onlyWidens
    case ownAsset
    case nameMismatch(RepoName)
    case badPlan
    case samePlan(String)
    case notSold
    case unpublishedMark
    case nothingToReview
    case formChanged

    package var problem: Problem {
        switch self {
        case .notPossible(let action, let state):
            Problem(
                .conflict,
                "publishing-not-possible",
                "An asset that is \(state.words) cannot be \(action.words)."
            )
        case .form(let faults):
            Problem(
                .unprocessable,
                "publishing-form-invalid",
                faults.map(\.detail).joined(separator: " "),
                faults: Dictionary(faults.map { ($0.field, $0.detail) }, uniquingKeysWith: { first, _ in first })
            )
        case .unknownUser(let name, let field):
            Problem(
                .unprocessable,
                "user-unknown",
                "There is no user '\(name.prefix(100))'.",
                members: ["field": field]
            )
        case .reasonMissing:
            Problem(.invalid, "reason-missing", "Say why, in 1 to 500 characters.", members: ["field": "reason"])
        case .visibilityFixed:
            Problem(.conflict, "visibility-fixed", "Who sees a published asset of this kind stays as it is.")
        case .onlyWidens:
            Problem(
                .conflict,
                "visibility-only-widens",
                "Visibility can only be widened: from the owner over named users to everyone."
            )
        case .ownAsset:
            Problem(.forbidden, "review-own-asset", "Somebody else has to review what you published yourself.")
        case .nameMismatch(let name):
            .invalid("delete-name-mismatch", "To delete it, give its full name: \(name).")
        case .badPlan:
            .invalid(
                "plan-invalid",
                "A plan has a name of 1 to 60 characters, an amount and a price of at least 0, and a currency of 3 letters; "
                    + "there are at most 20."
            )
        case .samePlan(let name):
            Problem(
                .unprocessable,
                "plan-name-taken",
                "Two plans are called '\(name)'. Give each plan of an asset a name of its own.",
                members: ["field": "plans"]
            )
        case .notSold:
            Problem(
                .conflict,
                "plans-unsupported",
                "Only models and algorithms are sold, so an asset of this kind has no plans.",
                members: ["field": "plans"]
            )
        case .unpublishedMark:
            Problem(.conflict, "mark-unpublished", "Only what is published can be marked. Publish the asset first.")
        case .formChanged:
            Problem(
                .conflict,
                "review-form-changed",
                "What is reviewed has changed since you looked at it. Look again, and decide on what you see then."
            )
        case .nothingToReview: Problem(.conflict, "review-nothing", "There is nothing to decide any more.")
        }
    }
}

extension RepoListing {
    fileprivate var words: String { rawValue.replacing("_", with: " ") }
}

extension PublishingAction {
    fileprivate var words: String {
        switch self {
        case .send: "sent for review"
        case .publish: "published"
        case .withdraw: "withdrawn"
        case .approve: "approved"
        case .reject: "rejected"
        case .delist: "delisted"
        case .list: "listed"
        }
    }
}
