import Foundation
import GalleryModel
import Hummingbird
import RichText

/// Which repository a discussion is shown under.
struct RepoPlace: Encodable {
    let name: String
    let type: String

    init(_ request: Request, _ repo: RepoLocation) {
        name = repo.name.description
        // The address begins with /api/{plural}/.
        let plural = request.uri.path.split(separator: "/").dropFirst().first.map(String.init)
        type = (plural.flatMap(RepoKind.init(plural:)) ?? .model).hubType
    }
}

struct DiscussionListBody: Encodable {
    let count: Int
    let start: Int
    let discussions: [DiscussionBody]
}

/// Who wrote something; clients show `deleted` where it is missing.
struct AuthorBody: Encodable {
    let name: String
    let avatarUrl: String
    let type = "user"

    init?(_ name: String?) {
        guard let name else { return nil }
        self.name = name
        avatarUrl = "/avatars/\(name).svg"
    }
}

struct DiscussionBody: Encodable {
    let num: Int
    let title: String
    let author: AuthorBody?
    let createdAt: Date
    let status: DiscussionStatus
    let isPullRequest: Bool
    let repo: RepoPlace

    init(_ discussion: Discussion, _ repo: RepoPlace) {
        num = discussion.number
        title = discussion.title
        author = AuthorBody(discussion.authorName)
        createdAt = discussion.createdAt
        status = discussion.status
        isPullRequest = discussion.isPullRequest
        self.repo = repo
    }
}

struct DiscussionDetailsBody: Encodable {
    struct Changes: Encodable {
        var base: String
        var mergeCommitId: String?
    }

    private enum Key: CodingKey {
        case events, changes, filesWithConflicts, diff
    }

    let discussion: DiscussionBody
    let events: [DiscussionEventBody]
    let changes: Changes?
    let filesWithConflicts: [String]
    let diff: String?

    init(_ details: DiscussionDetails, _ repo: RepoPlace) {
        discussion = DiscussionBody(details.discussion, repo)
        events = details.events.map(DiscussionEventBody.init)
        changes =
            details.discussion.isPullRequest
            ? Changes(base: details.discussion.base, mergeCommitId: details.discussion.mergeCommit?.hex) : nil
        filesWithConflicts = details.conflicts
        diff = details.patch
    }

    func encode(to encoder: any Encoder) throws {
        try discussion.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(events, forKey: .events)
        guard let changes else { return }
        try container.encode(changes, forKey: .changes)
        try container.encode(filesWithConflicts, forKey: .filesWithConflicts)
        try container.encodeIfPresent(diff, forKey: .diff)
    }
}

struct DiscussionEventBody: Encodable {
    struct Text: Encodable {
        let raw: String
        let html: String
        let updatedAt: Date
        let author: AuthorBody?

        init(_ raw: String, at date: Date, by author: String?) {
            self.raw = raw
            html = MarkdownText.render(raw, in: .none()).html
            updatedAt = date
            self.author = AuthorBody(author)
        }
    }

    struct CommentData: Encodable {
        var edited: Bool
        var hidden: Bool
        var latest: Text
        var history: [Text]
        var numEdits: Int
    }

    private enum Key: CodingKey {
        case id, type, createdAt, author, data
    }

    let event: DiscussionEvent

    init(_ event: DiscussionEvent) {
        self.event = event
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(event.id, forKey: .id)
        try container.encode(event.kind.rawValue, forKey: .type)
        try container.encode(event.createdAt, forKey: .createdAt)
        try container.encodeIfPresent(AuthorBody(event.authorName), forKey: .author)
        switch event.kind {
        case .comment: try container.encode(comment, forKey: .data)
        case .status: try container.encode(["status": event.body], forKey: .data)
        case .title: try container.encode(["from": event.detail, "to": event.body], forKey: .data)
        case .commit: try container.encode(["subject": event.body, "oid": event.detail], forKey: .data)
        }
    }

    private var comment: CommentData {
        let text = event.isHidden ? "This comment has been hidden" : event.body
        return CommentData(
            edited: !event.edits.isEmpty,
            hidden: event.isHidden,
            latest: Text(text, at: event.updatedAt, by: event.updatedByName),
            history: event.isHidden ? [] : event.edits.map { Text($0.body, at: $0.writtenAt, by: $0.authorName) },
            numEdits: event.edits.count
        )
    }
}
