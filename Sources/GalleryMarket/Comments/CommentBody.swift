package import Foundation
import GalleryModel

/// A comment in the interface.
package struct CommentBody: Codable, Sendable {
    package struct Author: Codable, Sendable {
        package var name: String
        package var avatarUrl: String
    }

    package var id: String
    /// The comment that began the thread; null for that one.
    package var thread: String?
    package var replyTo: String?
    /// Null for an account that is gone.
    package var author: Author?
    /// As written; null where it was deleted, or hidden from you.
    package var text: String?
    package var html: String?
    package var state: String
    package var moderationReason: String?
    package var likes: Int
    package var isLiked: Bool
    package var replies: Int
    package var createdAt: Date
    package var editedAt: Date?
    package var mayEdit: Bool
    package var isOwn: Bool

    init(_ readable: ReadableComment) {
        let comment = readable.comment
        id = comment.id
        thread = comment.thread
        replyTo = comment.replyTo
        author =
            comment.stands
            ? comment.authorName.map { Author(name: $0, avatarUrl: "/avatars/\($0).svg") } : nil
        text = readable.text
        html = readable.text.map { CommentHTML.render($0, id: comment.id, people: readable.people) }
        state = comment.state.rawValue
        moderationReason = readable.text != nil && !comment.moderationReason.isEmpty ? comment.moderationReason : nil
        likes = comment.likes
        isLiked = readable.isLiked
        replies = comment.replies
        createdAt = comment.createdAt
        editedAt = comment.editedAt
        mayEdit = readable.mayEdit
        isOwn = readable.isOwn
    }
}

/// A thread in the interface.
package struct CommentThreadBody: Codable, Sendable {
    package var head: CommentBody
    package var replies: [CommentBody]
    /// The cursor of further replies; null where these are all.
    package var nextReplies: String?

    init(_ thread: CommentThread) {
        head = CommentBody(thread.head)
        replies = thread.replies.map(CommentBody.init)
        nextReplies = thread.next
    }
}

/// A page of threads in the interface.
package struct CommentListBody: Codable, Sendable {
    package var items: [CommentThreadBody]
    package var next: String?
    package var count: Int
    package var mayWrite: Bool

    init(_ list: CommentList) {
        items = list.threads.map(CommentThreadBody.init)
        next = list.next
        count = list.count
        mayWrite = list.mayWrite
    }
}

/// A reported comment in the interface.
package struct ReportedCommentBody: Codable, Sendable {
    package struct Report: Codable, Sendable {
        package var reason: String
        package var reporter: String
        package var createdAt: Date
    }

    package var comment: CommentBody
    package var reports: [Report]
    package var subject: String
    package var path: String

    init(_ reported: ReportedComment) {
        comment = CommentBody(reported.comment)
        reports = reported.reports.map { Report(reason: $0.reason, reporter: $0.reporter, createdAt: $0.createdAt) }
        subject = reported.name
        path = reported.path
    }
}

/// What is sent to say something.
package struct NewCommentBody: Codable, Sendable {
    package var text: String
    /// The comment that is answered.
    package var replyTo: String?
}

/// What is sent to change a comment.
package struct CommentTextBody: Codable, Sendable {
    package var text: String
}

/// What is sent with a report or a moderator's decision.
package struct CommentReasonBody: Codable, Sendable {
    package var reason: String
}

/// Somebody who can be named in a comment.
package struct MentionBody: Codable, Sendable {
    package var name: String
    package var nickname: String
    package var avatarUrl: String
}
