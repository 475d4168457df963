import Foundation
import GalleryDatabase
import GalleryModel

/// What an event was, as it is kept until it is delivered; addresses and the webhook itself are completed then.
struct WebhookPayload: Codable, Equatable {
    struct Event: Codable, Equatable {
        var action: String
        var scope: String
    }

    struct Owner: Codable, Equatable {
        var id: String
    }

    struct URLs: Codable, Equatable {
        var web: String
        var api: String?
    }

    struct Repo: Codable, Equatable {
        var type: String
        var name: String
        var id: String
        var `private`: Bool
        var url: URLs
        var headSha: String?
        var owner: Owner
    }

    struct Changes: Codable, Equatable {
        var base: String
        var mergeCommitId: String?
    }

    struct Talk: Codable, Equatable {
        var id: String
        var title: String
        var url: URLs
        var status: String
        var author: Owner?
        var num: Int
        var isPullRequest: Bool
        var changes: Changes?
    }

    struct Comment: Codable, Equatable {
        var id: String
        var author: Owner?
        /// Left out of what is hidden.
        var content: String?
        var hidden: Bool
        var url: URLs
    }

    struct Reference: Codable, Equatable {
        var ref: String
        var oldSha: String?
        var newSha: String?
    }

    struct Move: Codable, Equatable {
        var name: String
        var owner: Owner
    }

    struct Hook: Codable, Equatable {
        var id: String
        var version: Int
    }

    var event: Event
    var repo: Repo
    var discussion: Talk?
    var comment: Comment?
    var updatedRefs: [Reference]?
    var updatedConfig: [String: String]?
    var movedTo: Move?
    var webhook: Hook?

    init(_ event: HubEvent, _ repository: Repository) {
        let web = "/\(repository.kind.pathPrefix)\(repository.name)"
        let api = "/api/\(repository.kind.plural)/\(repository.name)"
        self.event = Event(action: event.action, scope: event.scope)
        repo = Repo(
            type: repository.kind.hubType,
            name: repository.name.description,
            id: String(repository.id.rawValue.prefix(24)),
            private: repository.isPrivate,
            url: URLs(web: web, api: api),
            headSha: repository.head?.hex,
            owner: Owner(id: repository.owner.rawValue)
        )
        switch event {
        case .repoCreated, .repoDeleted: break
        case .repoMoved(let former):
            movedTo = Move(name: repo.name, owner: repo.owner)
            repo.name = former.description
        case .repoConfigured:
            updatedConfig = ["private": String(repository.isPrivate), "gated": repository.gating.rawValue]
        case .referenceMoved(let move):
            updatedRefs = [Reference(ref: move.name, oldSha: move.old?.hex, newSha: move.new?.hex)]
            if move.name == Files.mainReference { repo.headSha = move.new?.hex ?? repo.headSha }
        case .discussionOpened(let discussion, let first):
            self.discussion = Talk(discussion, web, api)
            comment = Comment(first, in: discussion, web)
        case .discussionChanged(let discussion):
            self.discussion = Talk(discussion, web, api)
        case .commented(let discussion, let event, _):
            self.discussion = Talk(discussion, web, api)
            comment = Comment(event, in: discussion, web)
        }
    }

    /// As it is sent: with whole addresses, and to whom.
    func addressed(to hook: String, origin: String) -> WebhookPayload {
        var copy = self
        copy.webhook = Hook(id: hook, version: 3)
        copy.repo.url = repo.url.whole(origin)
        if let url = discussion?.url { copy.discussion?.url = url.whole(origin) }
        if let url = comment?.url { copy.comment?.url = url.whole(origin) }
        return copy
    }
}

extension WebhookPayload.URLs {
    fileprivate func whole(_ origin: String) -> Self { Self(web: origin + web, api: api.map { origin + $0 }) }
}

extension WebhookPayload.Talk {
    fileprivate init(_ discussion: Discussion, _ web: String, _ api: String) {
        id = discussion.id
        title = discussion.title
        url = .init(web: "\(web)/discussions/\(discussion.number)", api: "\(api)/discussions/\(discussion.number)")
        status = discussion.status.rawValue
        author = discussion.author.map { .init(id: $0.rawValue) }
        num = discussion.number
        isPullRequest = discussion.isPullRequest
        if isPullRequest { changes = .init(base: discussion.base, mergeCommitId: discussion.mergeCommit?.hex) }
    }
}

extension WebhookPayload.Comment {
    fileprivate init(_ event: DiscussionEvent, in discussion: Discussion, _ web: String) {
        id = event.id
        author = event.author.map { .init(id: $0.rawValue) }
        content = event.isHidden ? nil : event.body
        hidden = event.isHidden
        url = .init(web: "\(web)/discussions/\(discussion.number)#\(event.id)")
    }
}

extension JSONEncoder {
    static var plain: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
