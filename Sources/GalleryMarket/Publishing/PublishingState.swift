import GalleryHub
import GalleryModel
import GalleryServing

/// Where an asset stands in words, with the next step: `templates/publishing/state.mustache`.
struct PublishingState: Page {
    static let template = "publishing/state"

    struct Step: Sendable {
        let action: String
        let text: String
        let value: String
        let confirm: String?
        let isPrimary: Bool
    }

    let badge: Badge
    let sentence: String
    let reason: String?
    /// Leads to the form.
    let formPath: String?
    let formText: String
    let steps: [Step]
    let reviewPath: String?

    init(_ standing: PublishingStanding, of asset: Asset, sending: PublishingAction, _ context: GalleryContext) {
        let listing = standing.listing
        badge = Badge(listing, context)
        sentence = Self.sentence(standing, context)
        reason = standing.publication.reason.isEmpty ? nil : standing.publication.reason
        let actions = standing.actions(under: sending)
        let isForm = actions.contains(sending)
        formPath = isForm ? asset.path + "/publish" : nil
        formText = listing == .rejected ? context.say("publishing.do.again") : context.say("publishing.do.publish")
        steps = actions.compactMap { action in
            let words: (text: String, confirm: String?)? =
                switch action {
                case .withdraw: (context.say("publishing.do.withdraw"), nil)
                case .delist: (context.say("publishing.do.delist"), context.say("publishing.do.delist.confirm"))
                case .list: (context.say("publishing.do.list"), nil)
                case .send, .publish, .approve, .reject: nil
                }
            return words.map {
                Step(
                    action: asset.path + "/publishing",
                    text: $0.text,
                    value: action.rawValue,
                    confirm: $0.confirm,
                    isPrimary: action == .list
                )
            }
        }
        reviewPath = standing.isReviewer ? "/review/\(asset.id)" : nil
    }

    private static func sentence(_ standing: PublishingStanding, _ context: GalleryContext) -> String {
        switch standing.listing {
        case .draft:
            standing.awaitsPublication ? context.say("publishing.is.waiting") : context.say("publishing.is.draft")
        case .inReview: context.say("publishing.is.inReview")
        case .delisted: context.say("publishing.is.delisted")
        case .rejected: context.say("publishing.is.rejected")
        case .published:
            switch standing.publication.visibility {
            case .everyone: context.say("publishing.is.everyone")
            case .named: context.say("publishing.is.named")
            case .owner: context.say("publishing.is.owner")
            }
        }
    }
}

extension Badge {
    /// The state of an asset, with the word and colour that it has everywhere.
    init(_ listing: RepoListing, _ context: GalleryContext) {
        let state: StateBadge =
            switch listing {
            case .draft: .draft
            case .inReview: .inReview
            case .published: .published
            case .delisted: .delisted
            case .rejected: .rejected
            }
        self = state.badge(context.words)
    }
}
