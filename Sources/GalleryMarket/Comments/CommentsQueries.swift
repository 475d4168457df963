import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel

extension Comment {
    static let columns: SQL = """
        c.id, c.subject_kind, c.subject, c.thread, c.reply_to, c.author, c.body, c.state, c.likes, c.replies, c.open_reports,
        c.edits, c.edited_at, c.moderation_reason, c.created_at, a.name AS author_name, a.nickname AS author_nickname
        """

    static let tables: SQL = "FROM comments c LEFT JOIN accounts a ON a.id = c.author"
}

/// A place in a list of comments: the last one shown, and how many likes it had.
struct CommentCursor: Sendable, Equatable {
    let likes: Int
    let time: Date
    let id: String

    init(_ comment: Comment) {
        (likes, time, id) = (comment.likes, comment.createdAt, comment.id)
    }

    init(_ text: String) throws {
        let parts = text.split(separator: ".", maxSplits: 2)
        guard parts.count == 3, let likes = Int(parts[0]), let milliseconds = Int64(parts[1]), parts[2].utf8.count <= 64
        else { throw CommentError.badCursor }
        self.likes = likes
        time = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        id = String(parts[2])
    }

    var text: String { "\(likes).\(Int64((time.timeIntervalSince1970 * 1000).rounded())).\(id)" }
}

extension SQLConnection {
    func comment(_ id: String) throws -> Comment? {
        try row(Comment.self, "SELECT \(sql: Comment.columns) \(sql: Comment.tables) WHERE c.id = \(id)")
    }

    /// The comments that begin threads; a deleted one only while somebody's reply stands.
    func threads(
        on subject: CommentSubject,
        _ order: CommentOrder,
        after cursor: CommentCursor?,
        limit: Int
    ) throws -> [Comment] {
        var conditions: [SQL] = [
            "c.subject_kind = \(subject.kind)", "c.subject = \(subject.id)", "c.thread IS NULL",
            "(c.state <> 'deleted' OR c.replies > 0)",
        ]
        let sorted: SQL
        switch order {
        case .newest:
            sorted = "c.created_at DESC, c.id DESC"
            if let cursor {
                conditions.append(
                    "(c.created_at < \(cursor.time) OR (c.created_at = \(cursor.time) AND c.id < \(cursor.id)))"
                )
            }
        case .likes:
            sorted = "c.likes DESC, c.created_at DESC, c.id DESC"
            if let cursor {
                conditions.append(
                    """
                    (c.likes < \(cursor.likes) OR (c.likes = \(cursor.likes) AND (c.created_at < \(cursor.time)
                        OR (c.created_at = \(cursor.time) AND c.id < \(cursor.id)))))
                    """
                )
            }
        }
        return try rows(
            Comment.self,
            """
            SELECT \(sql: Comment.columns) \(sql: Comment.tables)
            WHERE \(sql: conditions.joined(" AND ")) ORDER BY \(sql: sorted) LIMIT \(limit)
            """
        )
    }

    /// The replies of a thread that stand, the oldest first.
    func replies(in thread: String, after cursor: CommentCursor?, limit: Int) throws -> [Comment] {
        let after: SQL =
            if let cursor {
                "AND (c.created_at > \(cursor.time) OR (c.created_at = \(cursor.time) AND c.id > \(cursor.id)))"
            } else {
                ""
            }
        return try rows(
            Comment.self,
            """
            SELECT \(sql: Comment.columns) \(sql: Comment.tables)
            WHERE c.thread = \(thread) AND c.state <> 'deleted' \(sql: after)
            ORDER BY c.created_at, c.id LIMIT \(limit)
            """
        )
    }

    func commentCount(on subject: CommentSubject) throws -> Int {
        try value(
            Int.self,
            """
            SELECT COUNT(*) FROM comments
            WHERE subject_kind = \(subject.kind) AND subject = \(subject.id) AND state = 'visible'
            """
        ) ?? 0
    }

    func insert(_ comment: Comment, repo: RepoID?) throws {
        try execute(
            """
            INSERT INTO comments (
                id, subject_kind, subject, repo, thread, reply_to, author, body, state, likes, replies, open_reports,
                edits, edited_at, moderation_reason, created_at)
            VALUES (\(comment.id), \(comment.subject.kind), \(comment.subject.id), \(repo), \(comment.thread),
                \(comment.replyTo), \(comment.author), \(comment.text), \(comment.state), 0, 0, 0, 0, NULL, '',
                \(comment.createdAt))
            """
        )
    }

    func update(_ comment: Comment) throws {
        try execute(
            """
            UPDATE comments
            SET body = \(comment.text), state = \(comment.state), edits = \(comment.edits),
                edited_at = \(comment.editedAt), moderation_reason = \(comment.moderationReason)
            WHERE id = \(comment.id)
            """
        )
    }

    /// Brings the number of replies of the thread's first comment up to date.
    func countReplies(of thread: String) throws {
        try execute(
            """
            UPDATE comments SET replies = (
                SELECT COUNT(*) FROM comments r WHERE r.thread = \(thread) AND r.state <> 'deleted')
            WHERE id = \(thread)
            """
        )
    }

    /// How many comments an account wrote since then, deleted ones too.
    func commentCount(by account: AccountID, since: Date) throws -> Int {
        try value(
            Int.self,
            "SELECT COUNT(*) FROM comments WHERE author = \(account) AND created_at > \(since)"
        ) ?? 0
    }

    // MARK: Likes

    /// Whether it is the first like of that account ever, so that its author is told once.
    func like(_ comment: String, by account: AccountID, at now: Date) throws -> Bool {
        let isNew =
            try execute(
                """
                INSERT INTO comment_likes (comment, account, is_on, changed_at)
                VALUES (\(comment), \(account), 1, \(now)) ON CONFLICT (comment, account) DO NOTHING
                """
            ) > 0
        let isChanged = try isNew || setLike(true, of: comment, by: account, at: now)
        if isChanged { try execute("UPDATE comments SET likes = likes + 1 WHERE id = \(comment)") }
        return isNew
    }

    func unlike(_ comment: String, by account: AccountID, at now: Date) throws {
        if try setLike(false, of: comment, by: account, at: now) {
            try execute("UPDATE comments SET likes = likes - 1 WHERE id = \(comment)")
        }
    }

    private func setLike(_ isOn: Bool, of comment: String, by account: AccountID, at now: Date) throws -> Bool {
        try execute(
            """
            UPDATE comment_likes SET is_on = \(isOn), changed_at = \(now)
            WHERE comment = \(comment) AND account = \(account) AND is_on <> \(isOn)
            """
        ) > 0
    }

    func likeChanges(by account: AccountID, since: Date) throws -> Int {
        try value(
            Int.self,
            "SELECT COUNT(*) FROM comment_likes WHERE account = \(account) AND changed_at > \(since)"
        ) ?? 0
    }

    func liked(_ comments: some Collection<String>, by account: AccountID) throws -> Set<String> {
        guard !comments.isEmpty else { return [] }
        return Set(
            try values(
                String.self,
                """
                SELECT comment FROM comment_likes
                WHERE account = \(account) AND is_on = 1 AND comment IN (\(values: comments))
                """
            )
        )
    }

    // MARK: Reports

    /// Whether it was not reported by that account before.
    func report(_ comment: String, reason: String, by account: AccountID, at now: Date) throws -> Bool {
        let isNew =
            try execute(
                """
                INSERT INTO comment_reports (comment, account, reason, is_open, created_at)
                VALUES (\(comment), \(account), \(reason), 1, \(now)) ON CONFLICT (comment, account) DO NOTHING
                """
            ) > 0
        if isNew { try execute("UPDATE comments SET open_reports = open_reports + 1 WHERE id = \(comment)") }
        return isNew
    }

    func reportCount(by account: AccountID, since: Date) throws -> Int {
        try value(
            Int.self,
            "SELECT COUNT(*) FROM comment_reports WHERE account = \(account) AND created_at > \(since)"
        ) ?? 0
    }

    func closeReports(of comment: String) throws {
        try execute("UPDATE comment_reports SET is_open = 0 WHERE comment = \(comment)")
        try execute("UPDATE comments SET open_reports = 0 WHERE id = \(comment)")
    }

    func openReports(of comment: String) throws -> [CommentReport] {
        try rows(
            CommentReport.self,
            """
            SELECT r.reason, r.created_at, a.name FROM comment_reports r JOIN accounts a ON a.id = r.account
            WHERE r.comment = \(comment) AND r.is_open = 1 ORDER BY r.created_at, a.id LIMIT 20
            """
        )
    }

    /// Comments that were reported, the oldest first, as far as the viewer may see what they are about.
    func reportedComments(seenBy viewer: Viewer, after cursor: CommentCursor?, limit: Int) throws -> [Comment] {
        let after: SQL =
            if let cursor {
                "AND (c.created_at > \(cursor.time) OR (c.created_at = \(cursor.time) AND c.id > \(cursor.id)))"
            } else {
                ""
            }
        return try rows(
            Comment.self,
            """
            SELECT \(sql: Comment.columns) \(sql: Comment.tables) JOIN repositories r ON r.id = c.repo
            WHERE c.open_reports > 0 AND c.state <> 'deleted'
                AND \(sql: VisibleRepositories.condition(for: viewer)) \(sql: after)
            ORDER BY c.created_at, c.id LIMIT \(limit)
            """
        )
    }

    func reportedCommentCount() throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM comments WHERE open_reports > 0 AND state <> 'deleted'") ?? 0
    }

    // MARK: People

    /// People whose name begins so, for completion.
    func people(named prefix: String, limit: Int) throws -> [Account] {
        let end = prefix + "\u{10ffff}"
        return try rows(
            Account.self,
            """
            SELECT \(sql: Account.columns) FROM accounts
            WHERE name_key >= \(prefix) AND name_key < \(end) AND kind = 'user' AND is_disabled = 0
            ORDER BY name_key LIMIT \(limit)
            """
        )
    }
}
