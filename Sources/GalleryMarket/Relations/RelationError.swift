package import GalleryModel

/// What can be wrong with relations.
package enum RelationError: DomainError, Equatable {
    case notFound(String)
    case itself
    case exists
    case unknown
    case tooMany

    package var problem: Problem {
        switch self {
        case .notFound(let text):
            Problem(
                .unprocessable,
                "relation-not-found",
                "There is no asset '\(text.prefix(120))'. Give its id or its full name, as in account/name.",
                members: ["field": "asset"]
            )
        case .itself: Problem(.unprocessable, "relation-itself", "An asset is not related to itself.")
        case .exists: Problem(.conflict, "relation-exists", "These assets are related already.")
        case .unknown: Problem(.missing, "relation-unknown", "These assets are not related.")
        case .tooMany:
            Problem(.conflict, "relations-too-many", "An asset is related to at most \(Relations.most) others.")
        }
    }
}
