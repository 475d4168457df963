import Foundation
import GalleryDatabase
import GalleryModel

extension Discussion {
    static let columns: SQL = """
        d.id, d.repo, d.number, d.title, d.author, d.is_pull_request, d.status, d.base, d.merge_commit, d.created_at,
        a.name AS author_name
        """
}

/// Which discussions of a repository are listed.
package struct DiscussionFilter: Sendable {
    package var isPullRequest: Bool?
    /// Open takes drafts in, closed takes merged ones in.
    package var isOpen: Bool?
    package var author: String?

    package init(isPullRequest: Bool? = nil, isOpen: Bool? = nil, author: String? = nil) {
        self.isPullRequest = isPullRequest
        self.isOpen = isOpen
        self.author = author
    }

    func condition(_ repo: RepoID) -> SQL {
        var parts: [SQL] = ["d.repo = \(repo)"]
        if let isPullRequest { parts.append("d.is_pull_request = \(isPullRequest)") }
        if let isOpen { parts.append(isOpen ? "d.status IN ('open', 'draft')" : "d.status IN ('closed', 'merged')") }
        if let author { parts.append("a.name_key = \(AccountName.key(author))") }
        return parts.joined(" AND ")
    }
}

extension SQLConnection {
    func discussion(_ number: Int, of repo: RepoID) throws -> Discussion? {
        try row(
            Discussion.self,
            """
            SELECT \(sql: Discussion.columns) FROM discussions d LEFT JOIN accounts a ON a.id = d.author
            WHERE d.repo = \(repo) AND d.number = \(number)
            """
        )
    }

    func discussions(of repo: RepoID, _ filter: DiscussionFilter, _ page: ListPage) throws -> [Discussion] {
        try rows(
            Discussion.self,
            """
            SELECT \(sql: Discussion.columns) FROM discussions d LEFT JOIN accounts a ON a.id = d.author
            WHERE \(sql: filter.condition(repo)) ORDER BY d.number DESC LIMIT \(page.limit) OFFSET \(page.offset)
            """
        )
    }

    func discussionCount(of repo: RepoID, _ filter: DiscussionFilter) throws -> Int {
        try value(
            Int.self,
            """
            SELECT COUNT(*) FROM discussions d LEFT JOIN accounts a ON a.id = d.author
            WHERE \(sql: filter.condition(repo))
            """
        ) ?? 0
    }

    func nextDiscussionNumber(of repo: RepoID) throws -> Int {
        (try value(Int.self, "SELECT MAX(number) FROM discussions WHERE repo = \(repo)") ?? 0) + 1
    }

    func insert(_ discussion: Discussion) throws {
        try execute(
            """
            INSERT INTO discussions (
                id, repo, number, title, author, is_pull_request, status, base, merge_commit, created_at, updated_at)
            VALUES (\(discussion.id), \(discussion.repo), \(discussion.number), \(discussion.title), \(discussion.author),
                \(discussion.isPullRequest), \(discussion.status), \(discussion.base), \(discussion.mergeCommit),
                \(discussion.createdAt), \(discussion.createdAt))
            """
        )
    }

    func update(_ discussion: Discussion, at now: Date) throws {
        try execute(
            """
            UPDATE discussions
            SET title = \(discussion.title), status = \(discussion.status), merge_commit = \(discussion.mergeCommit),
                updated_at = \(now)
            WHERE id = \(discussion.id)
            """
        )
    }

    func deleteDiscussion(_ id: String) throws {
        try execute("DELETE FROM discussions WHERE id = \(id)")
    }

    /// All events in order, with what comments said before.
    func events(of discussion: String) throws -> [DiscussionEvent] {
        var events = try rows(
            DiscussionEvent.self,
            """
            SELECT \(sql: DiscussionEvent.columns) \(sql: DiscussionEvent.tables)
            WHERE e.discussion = \(discussion) ORDER BY e.ordinal
            """
        )
        let edits = try edits(where: "e.discussion = \(discussion)")
        for index in events.indices { events[index].edits = edits[events[index].id] ?? [] }
        return events
    }

    /// Those who have written there.
    func participants(of discussion: String) throws -> [AccountID] {
        try values(
            AccountID.self,
            """
            SELECT DISTINCT author FROM discussion_events
            WHERE discussion = \(discussion) AND author IS NOT NULL ORDER BY author
            """
        )
    }

    func event(_ id: String, of discussion: String) throws -> DiscussionEvent? {
        guard
            var event = try row(
                DiscussionEvent.self,
                """
                SELECT \(sql: DiscussionEvent.columns) \(sql: DiscussionEvent.tables)
                WHERE e.discussion = \(discussion) AND e.id = \(id)
                """
            )
        else { return nil }
        event.edits = try edits(where: "e.id = \(id)")[id] ?? []
        return event
    }

    private func edits(where condition: SQL) throws -> [String: [CommentEdit]] {
        try rows(
            """
            SELECT h.event, h.body, h.author, h.written_at, a.name AS author_name
            FROM discussion_edits h
            JOIN discussion_events e ON e.id = h.event
            LEFT JOIN accounts a ON a.id = h.author
            WHERE \(sql: condition) ORDER BY h.event, h.ordinal
            """
        ).reduce(into: [:]) { result, row in
            let edit = CommentEdit(
                body: try row.get("body"),
                author: try row.optional("author"),
                authorName: try row.optional("author_name"),
                writtenAt: try row.get("written_at")
            )
            result[try row.get("event", as: String.self), default: []].append(edit)
        }
    }

    func append(_ event: DiscussionEvent, at now: Date) throws {
        let count =
            try value(Int.self, "SELECT COUNT(*) FROM discussion_events WHERE discussion = \(event.discussion)") ?? 0
        guard count < 5_000 else { throw DiscussionError.tooManyEvents }
        try execute(
            """
            INSERT INTO discussion_events (
                id, discussion, ordinal, kind, author, body, detail, is_hidden, created_at, updated_at, updated_by)
            VALUES (\(event.id), \(event.discussion), \(count), \(event.kind), \(event.author), \(event.body),
                \(event.detail), \(event.isHidden), \(event.createdAt), \(event.updatedAt), \(event.updatedBy))
            """
        )
        try execute("UPDATE discussions SET updated_at = \(now) WHERE id = \(event.discussion)")
    }

    func update(_ event: DiscussionEvent) throws {
        try execute(
            """
            UPDATE discussion_events
            SET body = \(event.body), is_hidden = \(event.isHidden), updated_at = \(event.updatedAt),
                updated_by = \(event.updatedBy)
            WHERE id = \(event.id)
            """
        )
        guard let last = event.edits.last else { return }
        try execute(
            """
            INSERT INTO discussion_edits (event, ordinal, body, author, written_at)
            VALUES (\(event.id), \(event.edits.count - 1), \(last.body), \(last.author), \(last.writtenAt))
            ON CONFLICT (event, ordinal) DO NOTHING
            """
        )
    }
}

extension DiscussionEvent {
    static let columns: SQL = """
        e.id, e.discussion, e.kind, e.author, e.body, e.detail, e.is_hidden, e.created_at, e.updated_at, e.updated_by,
        a.name AS author_name, u.name AS editor_name
        """

    static let tables: SQL = """
        FROM discussion_events e
        LEFT JOIN accounts a ON a.id = e.author
        LEFT JOIN accounts u ON u.id = e.updated_by
        """
}
