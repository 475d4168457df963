package import Foundation
package import GalleryDatabase
package import GalleryModel
import GalleryServing

/// Something that others may want to be told of.
package enum HubEvent: Sendable {
    case repoCreated
    case repoDeleted
    /// With the name it had.
    case repoMoved(from: RepoName)
    case repoConfigured
    case referenceMoved(ReferenceMove)
    case discussionOpened(Discussion, DiscussionEvent)
    case discussionChanged(Discussion)
    case commented(Discussion, DiscussionEvent, isNew: Bool)

    var scope: String {
        switch self {
        case .repoCreated, .repoDeleted, .repoMoved: "repo"
        case .repoConfigured: "repo.config"
        case .referenceMoved: "repo.content"
        case .discussionOpened, .discussionChanged: "discussion"
        case .commented: "discussion.comment"
        }
    }

    var action: String {
        switch self {
        case .repoCreated, .discussionOpened: "create"
        case .repoDeleted: "delete"
        case .repoMoved: "move"
        case .repoConfigured, .referenceMoved, .discussionChanged: "update"
        case .commented(_, _, let isNew): isNew ? "create" : "update"
        }
    }

    /// Whether lists may have to show something else of the repository.
    var changesLists: Bool {
        switch self {
        case .repoCreated, .repoDeleted, .repoMoved, .repoConfigured: true
        case .referenceMoved(let move): move.name == Files.mainReference
        case .discussionOpened, .discussionChanged, .commented: false
        }
    }

    var domain: WebhookDomain {
        switch self {
        case .repoCreated, .repoDeleted, .repoMoved, .repoConfigured, .referenceMoved: .repo
        case .discussionOpened, .discussionChanged, .commented: .discussion
        }
    }
}

extension SQLConnection {
    /// Notes what lists must show anew, and has every webhook told that listens to this repository, hears this sort of event, and whose owner may see it.
    ///
    /// Part of the transaction that makes the event true; of a deletion it must be called before the row is gone.
    package func record(_ event: HubEvent, on repo: RepoID, at now: Date) throws {
        if event.changesLists { try noteChange(of: repo, at: now) }
        let hooks = try webhooks(hearing: event.domain, of: repo)
        guard !hooks.isEmpty, let repository = try repository(repo) else { return }
        let payload = try JSONEncoder.plain.encode(WebhookPayload(event, repository))
        for hook in hooks {
            guard let owner = try account(hook.owner), !owner.isDisabled else { continue }
            let viewer = Viewer(account: Viewer.Account(id: owner.id, name: owner.name, role: owner.role), scope: .read)
            guard AccessPolicy.refusal(of: .see, on: try facts(of: repo, for: viewer), to: viewer) == nil else {
                continue
            }
            let id = TimeOrderedID.make(at: now)
            try insertDelivery(
                id,
                to: hook.id,
                scope: event.scope,
                action: event.action,
                payload: String(decoding: payload, as: UTF8.self),
                at: now
            )
            try enqueue(WebhookDeliveryJob(delivery: id), at: now)
        }
    }
}
