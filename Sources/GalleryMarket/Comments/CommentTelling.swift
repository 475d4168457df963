import GalleryDatabase
import GalleryHub
import GalleryModel

/// Tells those whom a comment concerns, each of them once: who is named, who is answered, who looks after the thing.
struct CommentTelling {
    let db: any SQLConnection
    let ground: CommentGround
    let comment: Comment
    let world: World

    func tell(answering answered: Comment?) throws {
        var told = try tellMentioned(except: [])
        if let answered {
            let root = try answered.thread.flatMap { try db.comment($0) }
            let authors = Set([answered.author, root?.author].compactMap { $0 }).subtracting(told)
            try tell(.reply, to: authors, key: comment.id)
            told.formUnion(authors)
        }
        try tell(.comment, to: Set(try ground.keepers(db)).subtracting(told), key: "comments")
    }

    /// Answers who was told.
    @discardableResult
    func tellMentioned(except known: [String]) throws -> Set<AccountID> {
        let old = Set(known.map { $0.lowercased() })
        let names = Mentions.names(in: comment.text).filter { !old.contains($0.lowercased()) }
        let people = try names.compactMap { try db.account(named: $0) }.filter { $0.kind == .user }
        let ids = Set(people.map(\.id))
        try tell(.mention, to: ids, key: comment.id)
        return ids
    }

    func tellLiked(by account: AccountID) throws {
        guard let author = comment.author else { return }
        let topic = ground.topic(comment, key: "like \(comment.id)", values: ["excerpt": comment.excerpt])
        try db.tell(.commentLiked, to: [author], about: topic, by: account, world: world)
    }

    /// The moderators' decision, with their reason.
    func tellAuthor(_ kind: NotificationKind, reason: String) throws {
        guard let author = comment.author else { return }
        let topic = ground.topic(comment, key: comment.id, values: ["reason": reason, "excerpt": comment.excerpt])
        // Moderators speak for the gallery, not for themselves.
        try db.tell(kind, to: [author], about: topic, by: nil, world: world)
    }

    private func tell(_ kind: NotificationKind, to accounts: Set<AccountID>, key: String) throws {
        guard !accounts.isEmpty else { return }
        let topic = ground.topic(comment, key: key, values: ["excerpt": comment.excerpt])
        try db.tell(kind, to: accounts, about: topic, by: comment.author, world: world)
    }
}
