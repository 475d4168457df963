import Foundation
package import GalleryDatabase
package import GalleryHub
package import GalleryModel

/// Comments on assets: threads with replies, likes, and what keeps them civil.
package struct Comments: Sendable {
    /// Of a thread, shown with it.
    static let shownReplies = 3
    static let mostReplies = 1_000

    let database: any Database
    let world: World
    let limits: CommentLimits
    /// Throws where a text holds a word that may not be shown here.
    let checkWords: @Sendable (String, any SQLConnection) throws -> Void

    package init(
        database: any Database,
        world: World,
        limits: CommentLimits = CommentLimits(),
        checkWords: @escaping @Sendable (String, any SQLConnection) throws -> Void = { _, _ in }
    ) {
        self.database = database
        self.world = world
        self.limits = limits
        self.checkWords = checkWords
    }

    // MARK: Reading

    /// Threads with their first replies, and where the list goes on.
    package func list(
        on subject: CommentSubject,
        _ order: CommentOrder = .newest,
        after cursor: String? = nil,
        limit: Int = 20,
        by viewer: Viewer
    ) async throws -> CommentList {
        let cursor = try cursor.map(CommentCursor.init)
        return try await database.read { db in
            _ = try CommentGround.enter(subject, to: .read, by: viewer, db)
            let found = try db.threads(on: subject, order, after: cursor, limit: limit + 1)
            let shown = Array(found.prefix(limit))
            return CommentList(
                count: try db.commentCount(on: subject),
                threads: try threads(shown, replies: Self.shownReplies, for: viewer, db),
                next: found.count > limit ? shown.last.map { CommentCursor($0).text } : nil,
                mayWrite: try CommentGround.admits(viewer, to: subject, .write, db)
            )
        }
    }

    /// How many comments an asset or the like has; for its tab.
    package func count(on subject: CommentSubject, by viewer: Viewer) async throws -> Int {
        try await database.read { db in
            _ = try CommentGround.enter(subject, to: .read, by: viewer, db)
            return try db.commentCount(on: subject)
        }
    }

    /// The asset that a comment stands at; nil where the viewer may not read it there.
    package func place(of id: String, by viewer: Viewer) async throws -> (kind: RepoKind, name: RepoName)? {
        try await database.read { db in
            let comment = try find(id, toRead: viewer, db)
            guard comment.subject.kind == .asset else { return nil }
            let facts = try db.facts(of: RepoID(comment.subject.id), for: viewer)
            return (facts.kind, facts.name)
        }
    }

    /// One thread with its replies from `cursor` on: of the comment that began it, or of one that answers in it.
    package func thread(
        _ id: String,
        on subject: CommentSubject? = nil,
        after cursor: String? = nil,
        limit: Int = 50,
        by viewer: Viewer
    ) async throws -> CommentThread {
        let cursor = try cursor.map(CommentCursor.init)
        return try await database.read { db in
            let comment = try find(id, toRead: viewer, db)
            guard subject == nil || comment.subject == subject else { throw CommentError.unknown }
            let root = try comment.thread.flatMap { try db.comment($0) } ?? comment
            let replies = try db.replies(in: root.id, after: cursor, limit: limit + 1)
            var thread = try threads([root], replies: 0, for: viewer, db)[0]
            let shown = Array(replies.prefix(limit))
            thread.replies = try readable(shown, in: [root] + replies, for: viewer, db)
            thread.next = replies.count > limit ? shown.last.map { CommentCursor($0).text } : nil
            return thread
        }
    }

    /// People to be named in a comment, by the beginning of their name.
    package func people(named prefix: String, by viewer: Viewer) async throws -> [Account] {
        _ = try viewer.mustBeSignedIn()
        let key = prefix.lowercased()
        guard (1...64).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return [] }
        return try await database.read { db in try db.people(named: key, limit: 8) }
    }

    // MARK: Writing

    /// Says something, or answers a comment; tells those whom it concerns.
    package func write(
        _ text: String,
        on subject: CommentSubject,
        replyingTo replyID: String? = nil,
        by viewer: Viewer
    ) async throws -> ReadableComment {
        let text = try Comment.checkedText(text)
        let id = world.newID()
        return try await change(viewer) { db, account, now in
            let ground = try CommentGround.enter(subject, to: .write, by: viewer, db)
            try limits.check(db, account.id, at: now)
            try checkWords(text, db)
            let answered = try replyID.map { try target($0, on: subject, db) }
            let comment = Comment(id: id, subject: subject, replyTo: answered, author: account, text: text, at: now)
            try db.insert(comment, repo: ground.repo)
            if let thread = comment.thread { try db.countReplies(of: thread) }
            try CommentTelling(db: db, ground: ground, comment: comment, world: world).tell(answering: answered)
            return try read(id, for: viewer, db)
        }
    }

    /// Changes one's own comment, for a while; tells those whom it names anew.
    package func edit(_ id: String, to text: String, by viewer: Viewer) async throws -> ReadableComment {
        let text = try Comment.checkedText(text)
        return try await change(viewer) { db, account, now in
            var comment = try find(id, toRead: viewer, db)
            let ground = try CommentGround.enter(comment.subject, to: .write, by: viewer, db)
            let known = Mentions.names(in: comment.text)
            try comment.edit(text, by: account.id, at: now)
            try checkWords(text, db)
            try db.update(comment)
            try CommentTelling(db: db, ground: ground, comment: comment, world: world).tellMentioned(except: known)
            return try read(id, for: viewer, db)
        }
    }

    /// Deletes one's own comment for good; what others answered stays.
    package func delete(_ id: String, by viewer: Viewer) async throws {
        try await change(viewer) { db, account, _ in
            var comment = try find(id, toRead: viewer, db)
            try comment.delete(by: account.id)
            try db.update(comment)
            try db.closeReports(of: id)
            if let thread = comment.thread { try db.countReplies(of: thread) }
        }
    }

    /// Likes a comment, or takes that back; doing it twice changes nothing.
    package func setLiked(_ isLiked: Bool, _ id: String, by viewer: Viewer) async throws -> ReadableComment {
        try await change(viewer) { db, account, now in
            let comment = try find(id, toRead: viewer, db)
            let ground = try CommentGround.enter(comment.subject, to: .write, by: viewer, db)
            guard comment.state == .visible else { throw CommentError.hidden }
            try limits.checkLikes(db, account.id, at: now)
            if !isLiked {
                try db.unlike(id, by: account.id, at: now)
            } else if try db.like(id, by: account.id, at: now) {
                try CommentTelling(db: db, ground: ground, comment: comment, world: world).tellLiked(by: account.id)
            }
            return try read(id, for: viewer, db)
        }
    }

    // MARK: Parts

    func change<Value: Sendable>(
        _ viewer: Viewer,
        _ body: @escaping @Sendable (any SQLConnection, Viewer.Account, Date) throws -> Value
    ) async throws -> Value {
        let account = try viewer.mustBeSignedIn()
        guard viewer.scope.includes(.write) else { throw Problem.notYours }
        let now = world.now()
        return try await database.write { db in try body(db, account, now) }
    }

    /// A comment that stands, or a deleted one that others answered, on something that the viewer may see.
    func find(_ id: String, toRead viewer: Viewer, _ db: any SQLConnection) throws -> Comment {
        guard id.utf8.count <= 64, let comment = try db.comment(id),
            try CommentGround.admits(viewer, to: comment.subject, .read, db), comment.stands || comment.replies > 0
        else { throw CommentError.unknown }
        return comment
    }

    private func target(_ id: String, on subject: CommentSubject, _ db: any SQLConnection) throws -> Comment {
        guard id.utf8.count <= 64, let comment = try db.comment(id), comment.subject == subject, comment.stands else {
            throw CommentError.unknown
        }
        guard comment.state == .visible else { throw CommentError.hidden }
        let root = try comment.thread.flatMap { try db.comment($0) } ?? comment
        guard root.replies < Self.mostReplies else { throw CommentError.threadFull }
        return comment
    }

    private func threads(
        _ roots: [Comment],
        replies count: Int,
        for viewer: Viewer,
        _ db: any SQLConnection
    ) throws -> [CommentThread] {
        let heads = try readable(roots, in: roots, for: viewer, db)
        return try zip(roots, heads).map { root, head in
            guard root.replies > 0, count > 0 else { return CommentThread(head: head, replies: [], next: nil) }
            let replies = try db.replies(in: root.id, after: nil, limit: count + 1)
            let shown = Array(replies.prefix(count))
            return CommentThread(
                head: head,
                replies: try readable(shown, in: [root] + replies, for: viewer, db),
                next: replies.count > count ? shown.last.map { CommentCursor($0).text } : nil
            )
        }
    }

    func read(_ id: String, for viewer: Viewer, _ db: any SQLConnection) throws -> ReadableComment {
        guard let comment = try db.comment(id) else { throw CommentError.unknown }
        return try readable([comment], in: [], for: viewer, db)[0]
    }

    /// The comments as the viewer may read them; `others` are at hand to say whom a reply answers.
    func readable(
        _ comments: [Comment],
        in others: [Comment],
        for viewer: Viewer,
        _ db: any SQLConnection
    ) throws -> [ReadableComment] {
        let account = viewer.account
        let isModerator = CommentModeration.mayModerate(viewer)
        let liked = try account.map { try db.liked(comments.map(\.id), by: $0.id) } ?? []
        let known = Dictionary(others.map { ($0.id, $0) }) { first, _ in first }
        let now = world.now()
        return try comments.map { comment in
            let isOwn = comment.author != nil && comment.author == account?.id
            let isReadable = comment.state == .visible || (comment.state == .hidden && (isOwn || isModerator))
            // Only a reply to a reply says whom it answers: the thread shows the rest.
            let answered = comment.replyTo == comment.thread ? nil : comment.replyTo
            return ReadableComment(
                comment: comment,
                text: isReadable ? comment.text : nil,
                answeredName: try answered.flatMap { try known[$0]?.authorName ?? db.comment($0)?.authorName },
                people: isReadable ? try mentioned(in: comment.text, db) : [:],
                isLiked: liked.contains(comment.id),
                isOwn: isOwn,
                mayEdit: comment.mayBeEdited(by: account?.id, at: now),
                mayModerate: isModerator && comment.stands
            )
        }
    }

    /// Today's names of those whom a text names, by the name as it was written, in lower case.
    private func mentioned(in text: String, _ db: any SQLConnection) throws -> [String: String] {
        try Mentions.names(in: text).reduce(into: [:]) { people, name in
            if let account = try db.account(named: name), account.kind == .user {
                people[name.lowercased()] = account.name
            }
        }
    }
}

/// A comment as one viewer may read it.
package struct ReadableComment: Sendable, Equatable {
    package var comment: Comment
    /// Nil where it was deleted, or hidden from this viewer.
    package var text: String?
    /// Whom a reply within the thread answers.
    package var answeredName: String?
    /// Whom the text names, by the written name in lower case.
    package var people: [String: String]
    package var isLiked: Bool
    package var isOwn: Bool
    package var mayEdit: Bool
    package var mayModerate: Bool
}

/// A comment with what was answered.
package struct CommentThread: Sendable, Equatable {
    package var head: ReadableComment
    package var replies: [ReadableComment]
    /// Where the replies go on.
    package var next: String?
}

/// A page of threads.
package struct CommentList: Sendable, Equatable {
    /// Of all that is visible, replies too.
    package var count: Int
    package var threads: [CommentThread]
    package var next: String?
    package var mayWrite: Bool
}
