package import Foundation
package import GalleryDatabase
package import GalleryModel

/// Where a discussion or pull request stands.
package enum DiscussionStatus: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// A pull request whose author still works on it.
    case draft
    case open, closed
    /// A pull request whose changes are in; for good.
    case merged
}

/// A conversation about a repository; a pull request brings changes along. Both count on one sequence of numbers.
package struct Discussion: Record, Equatable {
    package let id: String
    package let repo: RepoID
    package let number: Int
    package private(set) var title: String
    package let author: AccountID?
    /// Nil for an account that is gone.
    package let authorName: String?
    package let isPullRequest: Bool
    package private(set) var status: DiscussionStatus
    /// The branch that a pull request is for, in full; empty for a discussion.
    package let base: String
    package private(set) var mergeCommit: GitOID?
    package let createdAt: Date

    init(
        id: String,
        repo: RepoID,
        number: Int,
        title: String,
        author: Viewer.Account,
        status: DiscussionStatus,
        base: String?,
        at now: Date
    ) {
        self.id = id
        self.repo = repo
        self.number = number
        self.title = title
        self.author = author.id
        authorName = author.name
        isPullRequest = base != nil
        self.status = status
        self.base = base ?? ""
        createdAt = now
    }

    package init(row: Row) throws {
        id = try row.get("id")
        repo = try row.get("repo")
        number = try row.get("number")
        title = try row.get("title")
        author = try row.optional("author")
        authorName = try row.optional("author_name")
        isPullRequest = try row.get("is_pull_request")
        status = try row.get("status")
        base = try row.get("base")
        mergeCommit = try row.optional("merge_commit")
        createdAt = try row.get("created_at")
    }

    /// Opens or closes; merging is `merge`.
    mutating func change(to new: DiscussionStatus) throws(DiscussionError) {
        switch (status, new) {
        case (.merged, _): throw .alreadyMerged
        case (_, .draft), (_, .merged): throw .badStatus
        case (.draft, .open), (.draft, .closed), (.open, .closed), (.closed, .open): status = new
        case (.open, .open), (.closed, .closed): throw .sameStatus(status)
        }
    }

    /// A draft is merged as well: whoever may merge decides.
    mutating func merge(as commit: GitOID) throws(DiscussionError) {
        try mustBeMergeable()
        status = .merged
        mergeCommit = commit
    }

    func mustBeMergeable() throws(DiscussionError) {
        guard isPullRequest else { throw .noPullRequest(number) }
        switch status {
        case .merged: throw .alreadyMerged
        case .closed: throw .closed
        case .draft: throw .stillDraft
        case .open: break
        }
    }

    /// What a notification of it is about.
    var topic: NotificationTopic {
        .asset(repo, page: "/discussions/\(number)", key: "discussion \(number)", values: ["excerpt": title])
    }

    /// Changes of a pull request end with it.
    func mustTakeCommits() throws(DiscussionError) {
        switch status {
        case .draft, .open: break
        case .closed: throw .closed
        case .merged: throw .alreadyMerged
        }
    }

    /// Returns the former title.
    mutating func rename(_ new: String) throws(DiscussionError) -> String {
        let old = title
        title = try Self.checkedTitle(new)
        return old
    }

    static func checkedTitle(_ text: String) throws(DiscussionError) -> String {
        let title = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...200).contains(title.count) else { throw .badTitle }
        return String(title.map { $0.isNewline ? " " : $0 })
    }
}

/// What has happened in a discussion.
package struct DiscussionEvent: Record, Equatable {
    package enum Kind: String, Sendable, CaseIterable, SQLConvertible {
        case comment
        case status = "status-change"
        case title = "title-change"
        case commit
    }

    package let id: String
    package let discussion: String
    package let kind: Kind
    package let author: AccountID?
    package let authorName: String?
    /// The comment, the new status, the new title, or the commit's subject.
    package private(set) var body: String
    /// The former title, or the commit's id.
    package let detail: String
    package private(set) var isHidden: Bool
    package let createdAt: Date
    package private(set) var updatedAt: Date
    package private(set) var updatedBy: AccountID?
    package private(set) var updatedByName: String?
    /// Former texts of a comment, the oldest first.
    package var edits: [CommentEdit] = []

    init(
        id: String,
        discussion: String,
        kind: Kind,
        author: AccountID?,
        authorName: String?,
        body: String,
        detail: String = "",
        at now: Date
    ) {
        self.id = id
        self.discussion = discussion
        self.kind = kind
        self.author = author
        self.authorName = authorName
        self.body = body
        self.detail = detail
        isHidden = false
        createdAt = now
        updatedAt = now
        updatedBy = author
        updatedByName = authorName
    }

    package init(row: Row) throws {
        id = try row.get("id")
        discussion = try row.get("discussion")
        kind = try row.get("kind")
        author = try row.optional("author")
        authorName = try row.optional("author_name")
        body = try row.get("body")
        detail = try row.get("detail")
        isHidden = try row.get("is_hidden")
        createdAt = try row.get("created_at")
        updatedAt = try row.get("updated_at")
        updatedBy = try row.optional("updated_by")
        updatedByName = try row.optional("editor_name")
    }

    mutating func edit(_ text: String, by account: Viewer.Account, at now: Date) throws(DiscussionError) {
        guard kind == .comment else { throw .noComment }
        guard !isHidden else { throw .commentHidden }
        edits.append(CommentEdit(body: body, author: updatedBy, authorName: updatedByName, writtenAt: updatedAt))
        body = text
        updatedAt = now
        updatedBy = account.id
        updatedByName = account.name
    }

    mutating func hide(at now: Date) throws(DiscussionError) {
        guard kind == .comment else { throw .noComment }
        isHidden = true
    }

    static func checkedComment(_ text: String) throws(DiscussionError) -> String {
        guard !text.allSatisfy(\.isWhitespace), text.utf8.count <= 65_536 else { throw .badComment }
        return text
    }
}

/// A former text of a comment.
package struct CommentEdit: Sendable, Equatable {
    package var body: String
    package var author: AccountID?
    package var authorName: String?
    package var writtenAt: Date
}
