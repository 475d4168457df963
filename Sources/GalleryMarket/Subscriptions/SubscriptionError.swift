package import GalleryModel

/// What can be wrong with subscriptions.
package enum SubscriptionError: DomainError, Equatable {
    case unsupported
    case notPublished
    case ownAsset
    case commercial
    case alreadySubscribed
    case cancelled
    case unknown
    case notActive
    case notCancelled
    case over
    case notOver
    case notRenewed
    case constraintsUnconfirmed
    case hasSubscribers(Int)

    package var problem: Problem {
        switch self {
        case .unsupported:
            Problem(.conflict, "subscription-unsupported", "Assets of this kind are used without subscribing.")
        case .notPublished:
            Problem(.conflict, "subscription-not-published", "Only what is published can be subscribed to.")
        case .ownAsset:
            Problem(
                .conflict,
                "subscription-own-asset",
                "Who owns an asset or is a member of its organization needs no subscription."
            )
        case .commercial:
            Problem(.conflict, "subscription-commercial", "This asset is sold: choose one of its plans.")
        case .alreadySubscribed:
            Problem(.conflict, "subscription-exists", "You subscribe to this asset already.")
        case .cancelled:
            Problem(
                .conflict,
                "subscription-cancelled",
                "You cancelled your subscription to this asset. Take it up again with what is left of it."
            )
        case .unknown: Problem(.missing, "subscription-unknown", "You have no subscription to this asset.")
        case .notActive:
            Problem(.conflict, "subscription-not-active", "This subscription is not active, so it cannot be cancelled.")
        case .notCancelled:
            Problem(.conflict, "subscription-not-cancelled", "Only a cancelled subscription can be recovered.")
        case .over:
            Problem(.conflict, "subscription-over", "The time of free use of this asset is over.")
        case .notOver:
            Problem(.conflict, "subscription-not-over", "The time of free use still runs: renew it when it has ended.")
        case .notRenewed:
            Problem(
                .conflict,
                "subscription-not-renewed",
                "The time of free use still runs, and this asset does not renew it when it has ended."
            )
        case .constraintsUnconfirmed:
            Problem(
                .unprocessable,
                "subscription-constraints",
                "Read the usage constraints of this asset and confirm them.",
                members: ["field": "confirmsConstraints"]
            )
        case .hasSubscribers(let count):
            Problem(
                .conflict,
                "asset-has-subscribers",
                "This asset has subscribers (\(count)) who rely on it, so it cannot be deleted. Delist it instead."
            )
        }
    }
}
