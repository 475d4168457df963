package import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel

/// What somebody found wrong with a comment.
package struct CommentReport: Record, Equatable {
    package let reason: String
    package let reporter: String
    package let createdAt: Date

    package init(row: Row) throws {
        reason = try row.get("reason")
        reporter = try row.get("name")
        createdAt = try row.get("created_at")
    }
}

/// A reported comment as moderators see it.
package struct ReportedComment: Sendable, Equatable {
    package var comment: ReadableComment
    package var reports: [CommentReport]
    /// The address of what it is about, and its name.
    package var place: String
    package var name: String
    /// The comment itself.
    package var path: String
}

/// Who keeps comments civil.
enum CommentModeration {
    static func mayModerate(_ viewer: Viewer) -> Bool {
        guard let account = viewer.account, viewer.onlyRepo == nil, viewer.scope.includes(.write) else { return false }
        return account.role == .reviewer || account.role == .admin
    }

    static func demand(_ viewer: Viewer) throws {
        _ = try viewer.mustBeSignedIn()
        guard mayModerate(viewer) else { throw Problem.notYours }
    }
}

extension Comments {
    /// Tells the moderators that something is wrong with a comment; once per account and comment.
    package func report(_ id: String, reason: String, by viewer: Viewer) async throws {
        let reason = try Comment.checkedReason(reason)
        try await change(viewer) { db, account, now in
            let comment = try find(id, toRead: viewer, db)
            guard comment.author != account.id else { throw CommentError.ownComment }
            guard comment.state == .visible else { throw CommentError.hidden }
            try limits.checkReports(db, account.id, at: now)
            guard try db.report(id, reason: reason, by: account.id, at: now) else { return }
            let topic = NotificationTopic.site(page: "/review/comments", key: "reports", values: ["reason": reason])
            try db.tell(.commentReported, to: db.reviewers(), about: topic, by: account.id, world: world)
        }
    }

    /// Keeps a comment from everybody but its author and the moderators.
    package func hide(_ id: String, reason: String, by viewer: Viewer) async throws -> ReadableComment {
        let reason = try Comment.checkedReason(reason)
        return try await moderate(id, "comment.hide", reason: reason, by: viewer) { comment, telling in
            try comment.hide(reason: reason)
            try telling.tellAuthor(.commentHidden, reason: reason)
        }
    }

    package func restore(_ id: String, by viewer: Viewer) async throws -> ReadableComment {
        try await moderate(id, "comment.restore", by: viewer) { comment, telling in
            try comment.restore()
            try telling.tellAuthor(.commentRestored, reason: "")
        }
    }

    /// Finds nothing wrong with a reported comment.
    package func dismissReports(of id: String, by viewer: Viewer) async throws {
        _ = try await moderate(id, "comment.dismiss-reports", by: viewer) { comment, _ in
            guard comment.openReports > 0 else { throw CommentError.noReports }
        }
    }

    /// What was reported and nobody has decided on, the oldest first.
    package func reported(
        after cursor: String? = nil,
        limit: Int = 20,
        by viewer: Viewer
    ) async throws -> (comments: [ReportedComment], next: String?) {
        try CommentModeration.demand(viewer)
        let cursor = try cursor.map(CommentCursor.init)
        return try await database.read { db in
            let found = try db.reportedComments(seenBy: viewer, after: cursor, limit: limit + 1)
            let shown = Array(found.prefix(limit))
            let comments = try readable(shown, in: [], for: viewer, db).compactMap { comment -> ReportedComment? in
                guard let repository = try db.repository(RepoID(comment.comment.subject.id)) else { return nil }
                let place = "/\(repository.kind.pathPrefix)\(repository.name)"
                return ReportedComment(
                    comment: comment,
                    reports: try db.openReports(of: comment.comment.id),
                    place: place,
                    name: repository.name.description,
                    path: place + CommentGround.page(of: comment.comment)
                )
            }
            return (comments, found.count > limit ? shown.last.map { CommentCursor($0).text } : nil)
        }
    }

    private func moderate(
        _ id: String,
        _ action: String,
        reason: String = "",
        by viewer: Viewer,
        _ body: @escaping @Sendable (inout Comment, CommentTelling) throws -> Void
    ) async throws -> ReadableComment {
        try CommentModeration.demand(viewer)
        return try await change(viewer) { db, account, _ in
            var comment = try find(id, toRead: viewer, db)
            let ground = try CommentGround.enter(comment.subject, to: .read, by: viewer, db)
            try body(&comment, CommentTelling(db: db, ground: ground, comment: comment, world: world))
            try db.update(comment)
            try db.closeReports(of: id)
            var detail = ["subject": comment.subject.id]
            if !reason.isEmpty { detail["reason"] = reason }
            try db.audit(action, on: id, by: account.id, detail: detail, world: world)
            return try read(id, for: viewer, db)
        }
    }
}
