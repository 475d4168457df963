package import Foundation
package import GalleryDatabase
package import GalleryModel
import RichText

/// What is commented on. More kinds of things follow; each says who may read and write there.
package struct CommentSubject: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable, SQLConvertible {
        case asset
    }

    package let kind: Kind
    package let id: String

    package static func asset(_ repo: RepoID) -> CommentSubject { CommentSubject(kind: .asset, id: repo.rawValue) }
}

/// Something somebody said about an asset, or in answer to somebody who did.
package struct Comment: Record, Equatable {
    package enum State: String, Sendable, CaseIterable, SQLConvertible {
        case visible
        /// By a moderator; its author and moderators still read it.
        case hidden
        /// By its author; its text is gone.
        case deleted
    }

    /// How long its author may change it.
    static let editableFor: TimeInterval = 24 * 3600
    static let mostEdits = 20
    static let longest = 3_000

    package let id: String
    package let subject: CommentSubject
    /// The comment that began the thread; nil for that one.
    package let thread: String?
    /// The comment that this one answers, within the thread.
    package let replyTo: String?
    package let author: AccountID?
    package let authorName: String?
    package let authorNickname: String?
    package private(set) var text: String
    package private(set) var state: State
    package let likes: Int
    /// In its thread, not deleted; of the comment that began it.
    package let replies: Int
    package let openReports: Int
    package private(set) var edits: Int
    package private(set) var editedAt: Date?
    package private(set) var moderationReason: String
    package let createdAt: Date

    init(
        id: String,
        subject: CommentSubject,
        replyTo: Comment?,
        author: Viewer.Account,
        text: String,
        at now: Date
    ) {
        self.id = id
        self.subject = subject
        thread = replyTo.map { $0.thread ?? $0.id }
        self.replyTo = replyTo?.id
        self.author = author.id
        authorName = author.name
        authorNickname = nil
        self.text = text
        state = .visible
        likes = 0
        replies = 0
        openReports = 0
        edits = 0
        editedAt = nil
        moderationReason = ""
        createdAt = now
    }

    package init(row: Row) throws {
        id = try row.get("id")
        subject = CommentSubject(kind: try row.get("subject_kind"), id: try row.get("subject"))
        thread = try row.optional("thread")
        replyTo = try row.optional("reply_to")
        author = try row.optional("author")
        authorName = try row.optional("author_name")
        authorNickname = try row.optional("author_nickname")
        text = try row.get("body")
        state = try row.get("state")
        likes = try row.get("likes")
        replies = try row.get("replies")
        openReports = try row.get("open_reports")
        edits = try row.get("edits")
        editedAt = try row.optional("edited_at")
        moderationReason = try row.get("moderation_reason")
        createdAt = try row.get("created_at")
    }

    /// Whether it has not been deleted.
    package var stands: Bool { state != .deleted }

    func mayBeEdited(by account: AccountID?, at now: Date) -> Bool {
        author != nil && author == account && state == .visible && edits < Self.mostEdits
            && now < createdAt.addingTimeInterval(Self.editableFor)
    }

    mutating func edit(_ text: String, by account: AccountID, at now: Date) throws(CommentError) {
        guard author == account else { throw .notYours }
        guard state == .visible else { throw state == .hidden ? .hidden : .unknown }
        guard mayBeEdited(by: account, at: now) else { throw .tooLate }
        self.text = text
        edits += 1
        editedAt = now
    }

    mutating func delete(by account: AccountID) throws(CommentError) {
        guard author == account else { throw .notYours }
        guard stands else { throw .unknown }
        state = .deleted
        text = ""
    }

    mutating func hide(reason: String) throws(CommentError) {
        switch state {
        case .deleted: throw .unknown
        case .hidden: throw .hidden
        case .visible:
            state = .hidden
            moderationReason = reason
        }
    }

    mutating func restore() throws(CommentError) {
        switch state {
        case .deleted: throw .unknown
        case .visible: throw .notHidden
        case .hidden:
            state = .visible
            moderationReason = ""
        }
    }

    static func checkedText(_ text: String) throws(CommentError) -> String {
        let text = text.replacingOccurrences(of: "\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty, text.count <= longest, text.utf8.count <= longest * 8,
            !text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" && $0 != "\t" || $0.value == 0x7f })
        else { throw .badText }
        return text
    }

    static func checkedReason(_ text: String) throws(CommentError) -> String {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard (1...200).contains(text.count), text.utf8.count <= 1600 else { throw .badReason }
        return text
    }

    /// The beginning of the text on one line, for notifications.
    var excerpt: String {
        let line = MarkdownText.words(of: text)
        return line.count > 140 ? line.prefix(139) + "…" : line
    }
}

/// In which order threads are listed.
package enum CommentOrder: String, Sendable, CaseIterable {
    case newest, likes
}
