import Foundation
package import GalleryDatabase
package import GalleryModel

/// Discussions and pull requests of repositories.
package struct Discussions: Sendable {
    let database: any Database
    let files: Files
    let world: World

    package init(database: any Database, files: Files, world: World) {
        self.database = database
        self.files = files
        self.world = world
    }

    // MARK: Reading

    package func list(
        of repo: RepoID,
        _ filter: DiscussionFilter,
        _ page: ListPage,
        by viewer: Viewer
    ) async throws -> (count: Int, discussions: [Discussion]) {
        try await database.read { db in
            try AccessPolicy.demand(.see, on: db.facts(of: repo, for: viewer), by: viewer)
            return (try db.discussionCount(of: repo, filter), try db.discussions(of: repo, filter, page))
        }
    }

    /// A discussion with all that happened in it; the patch of a pull request where it is asked for and may be read.
    package func details(
        _ number: Int,
        of repo: RepoID,
        withPatch: Bool,
        by viewer: Viewer
    ) async throws -> DiscussionDetails {
        let details = try await database.read { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.see, on: facts, by: viewer)
            guard let discussion = try db.discussion(number, of: repo) else { throw DiscussionError.unknown(number) }
            var details = DiscussionDetails(discussion: discussion, events: try db.events(of: discussion.id))
            details.mayReadFiles =
                AccessPolicy.refusal(of: .readFiles, on: facts, to: viewer) == nil
                && AccessPolicy.reach(facts, of: viewer) != .kept
            if discussion.isPullRequest, discussion.status != .merged {
                details.conflicts = try files.conflicts(ofPull: number, into: discussion.base, of: repo, db)
            }
            return details
        }
        guard withPatch, details.mayReadFiles, details.discussion.isPullRequest else { return details }
        var complete = details
        let base = details.discussion.base
        complete.patch = try await files.pullDifference(number, into: base, of: repo, by: viewer).difference.patch
        return complete
    }

    // MARK: Opening

    /// Opens a discussion, or a pull request as a draft without changes yet.
    package func open(
        on repo: RepoID,
        title: String,
        description: String,
        isPullRequest: Bool,
        by viewer: Viewer
    ) async throws -> Discussion {
        try await open(
            on: repo,
            title: title,
            description: description,
            base: isPullRequest ? "main" : nil,
            status: isPullRequest ? .draft : .open,
            by: viewer
        )
    }

    /// Opens a pull request for changes that are about to be committed to it; `base` must be a branch.
    package func propose(
        on repo: RepoID,
        title: String,
        description: String,
        base: String,
        by viewer: Viewer
    ) async throws -> (number: Int, reference: String) {
        // A commit's summary may be longer than a title.
        let title = title.trimmingCharacters(in: .whitespacesAndNewlines)
        let discussion = try await open(
            on: repo,
            title: title.isEmpty ? "Upload files" : String(title.prefix(200)),
            description: description,
            base: base,
            status: .open,
            by: viewer
        )
        return (discussion.number, Files.pullReference(discussion.number))
    }

    /// Takes a proposal of one's own back to which nothing was committed, as if it had not been made.
    package func abandon(_ number: Int, of repo: RepoID, by viewer: Viewer) async throws {
        try await change(number, of: repo, by: viewer) { turn in
            guard turn.discussion.isPullRequest, turn.discussion.author == turn.account.id,
                try turn.db.events(of: turn.discussion.id).count == 1
            else { return }
            try turn.db.deleteDiscussion(turn.discussion.id)
            _ = try turn.db.deleteReference(Files.pullReference(number), of: repo)
        }
    }

    private func open(
        on repo: RepoID,
        title: String,
        description: String,
        base: String?,
        status: DiscussionStatus,
        by viewer: Viewer
    ) async throws -> Discussion {
        let now = world.now()
        let (id, eventID) = (world.newID(), world.newID())
        let title = try Discussion.checkedTitle(title)
        let text = description.allSatisfy(\.isWhitespace) ? "" : try DiscussionEvent.checkedComment(description)
        return try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.discuss, on: facts, by: viewer)
            let account = try viewer.mustBeSignedIn()
            try mustBeSwitchedOn(repo, db)
            let number = try db.nextDiscussionNumber(of: repo)
            let branch = try base.map { try files.beginPull(number, from: $0, of: repo, by: account.id, at: now, db) }
            let discussion = Discussion(
                id: id,
                repo: repo,
                number: number,
                title: title,
                author: account,
                status: status,
                base: branch,
                at: now
            )
            try db.insert(discussion)
            let comment = DiscussionEvent(
                id: eventID,
                discussion: id,
                kind: .comment,
                author: account.id,
                authorName: account.name,
                body: text,
                at: now
            )
            try db.append(comment, at: now)
            try db.record(.discussionOpened(discussion, comment), on: facts.id, at: now)
            try db.tell(.discussion, to: db.keepers(of: repo), about: discussion.topic, by: account.id, world: world)
            return discussion
        }
    }

    // MARK: Taking part

    package func comment(
        _ text: String,
        on number: Int,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> DiscussionEvent {
        let text = try DiscussionEvent.checkedComment(text)
        return try await change(number, of: repo, by: viewer) { turn in
            let event = turn.event(.comment, text)
            try turn.db.append(event, at: turn.now)
            try turn.db.record(.commented(turn.discussion, event, isNew: true), on: turn.facts.id, at: turn.now)
            try turn.tellParticipants()
            return event
        }
    }

    /// Only its author edits a comment.
    package func edit(
        _ eventID: String,
        to text: String,
        on number: Int,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> DiscussionEvent {
        let text = try DiscussionEvent.checkedComment(text)
        return try await change(number, of: repo, by: viewer) { turn in
            guard var event = try turn.db.event(eventID, of: turn.discussion.id) else {
                throw DiscussionError.unknownEvent
            }
            guard event.author == turn.account.id else { throw DiscussionError.notYourComment }
            try event.edit(text, by: turn.account, at: turn.now)
            try turn.db.update(event)
            try turn.db.record(.commented(turn.discussion, event, isNew: false), on: turn.facts.id, at: turn.now)
            return event
        }
    }

    /// Its author, or who may write in the repository, hides a comment for good.
    package func hide(
        _ eventID: String,
        on number: Int,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> DiscussionEvent {
        try await change(number, of: repo, by: viewer) { turn in
            guard var event = try turn.db.event(eventID, of: turn.discussion.id) else {
                throw DiscussionError.unknownEvent
            }
            try turn.mustBeAuthorOrWriter(event.author)
            try event.hide(at: turn.now)
            try turn.db.update(event)
            try turn.db.record(.commented(turn.discussion, event, isNew: false), on: turn.facts.id, at: turn.now)
            if event.author != viewer.account?.id {
                try turn.db.audit(
                    "discussion.hide",
                    on: turn.facts.id.rawValue,
                    by: viewer.account?.id,
                    detail: ["discussion": String(number), "comment": eventID],
                    world: world
                )
            }
            return event
        }
    }

    package func rename(
        _ number: Int,
        to title: String,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> DiscussionEvent {
        try await change(number, of: repo, by: viewer) { turn in
            try turn.mustBeAuthorOrWriter(turn.discussion.author)
            let old = try turn.discussion.rename(title)
            try turn.db.update(turn.discussion, at: turn.now)
            let event = turn.event(.title, turn.discussion.title, detail: old)
            try turn.db.append(event, at: turn.now)
            try turn.db.record(.discussionChanged(turn.discussion), on: turn.facts.id, at: turn.now)
            return event
        }
    }

    /// Opens or closes, with a last word if there is one.
    package func setStatus(
        _ status: DiscussionStatus,
        comment: String?,
        on number: Int,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> DiscussionEvent {
        let comment = try comment.flatMap { try $0.isEmpty ? nil : DiscussionEvent.checkedComment($0) }
        return try await change(number, of: repo, by: viewer) { turn in
            try turn.mustBeAuthorOrWriter(turn.discussion.author)
            try turn.discussion.change(to: status)
            try turn.db.update(turn.discussion, at: turn.now)
            try turn.say(comment)
            let event = turn.event(.status, status.rawValue)
            try turn.db.append(event, at: turn.now)
            try turn.db.record(.discussionChanged(turn.discussion), on: turn.facts.id, at: turn.now)
            return event
        }
    }

    /// Brings a pull request's changes to its branch as one commit.
    package func merge(_ number: Int, comment: String?, of repo: RepoID, by viewer: Viewer) async throws -> GitOID {
        let comment = try comment.flatMap { try $0.isEmpty ? nil : DiscussionEvent.checkedComment($0) }
        let files = files
        return try await change(number, of: repo, by: viewer) { turn in
            try AccessPolicy.demand(.write, on: turn.facts, by: viewer)
            try turn.discussion.mustBeMergeable()
            let commit = try files.mergePull(
                number,
                into: turn.discussion.base,
                title: "\(turn.discussion.title) (#\(number))",
                of: repo,
                by: turn.account,
                at: turn.now,
                turn.db
            )
            try turn.discussion.merge(as: commit)
            try turn.db.update(turn.discussion, at: turn.now)
            try turn.say(comment)
            try turn.db.append(turn.event(.status, DiscussionStatus.merged.rawValue), at: turn.now)
            try turn.db.record(.discussionChanged(turn.discussion), on: turn.facts.id, at: turn.now)
            return commit
        }
    }

    // MARK: Following the files

    /// Notes commits to a pull request as events of it, and refuses them where it is closed or merged; for the observers
    /// of references.
    package static func note(_ move: ReferenceMove, world: World, _ db: any SQLConnection) throws {
        guard move.name.hasPrefix("refs/pr/"), let number = Int(move.name.dropFirst("refs/pr/".count)),
            move.old != nil, let new = move.new, let discussion = try db.discussion(number, of: move.repo),
            let commit = try db.commit(new, of: move.repo)
        else { return }
        try discussion.mustTakeCommits()
        let author = try move.by.flatMap { try db.account($0) }
        try db.append(
            DiscussionEvent(
                id: world.newID(),
                discussion: discussion.id,
                kind: .commit,
                author: move.by,
                authorName: author?.name,
                body: commit.title,
                detail: new.hex,
                at: move.at
            ),
            at: move.at
        )
    }

    private func change<Value: Sendable>(
        _ number: Int,
        of repo: RepoID,
        by viewer: Viewer,
        _ body: @escaping @Sendable (inout DiscussionTurn) throws -> Value
    ) async throws -> Value {
        let (now, world) = (world.now(), world)
        return try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.discuss, on: facts, by: viewer)
            let account = try viewer.mustBeSignedIn()
            try mustBeSwitchedOn(repo, db)
            guard let discussion = try db.discussion(number, of: repo) else { throw DiscussionError.unknown(number) }
            var turn = DiscussionTurn(
                db: db,
                facts: facts,
                discussion: discussion,
                viewer: viewer,
                account: account,
                world: world,
                now: now
            )
            return try body(&turn)
        }
    }

    private func mustBeSwitchedOn(_ repo: RepoID, _ db: any SQLConnection) throws {
        if try db.repository(repo)?.discussionsDisabled == true { throw DiscussionError.switchedOff }
    }
}

/// A discussion with all that happened in it.
package struct DiscussionDetails: Sendable {
    package var discussion: Discussion
    package var events: [DiscussionEvent]
    /// Paths that a pull request and its branch changed differently.
    package var conflicts: [String] = []
    package var mayReadFiles = false
    package var patch: String?
}

/// One change of a discussion, with what every change needs.
struct DiscussionTurn {
    let db: any SQLConnection
    let facts: RepoFacts
    var discussion: Discussion
    let viewer: Viewer
    let account: Viewer.Account
    let world: World
    let now: Date

    func event(_ kind: DiscussionEvent.Kind, _ body: String, detail: String = "") -> DiscussionEvent {
        DiscussionEvent(
            id: world.newID(),
            discussion: discussion.id,
            kind: kind,
            author: account.id,
            authorName: account.name,
            body: body,
            detail: detail,
            at: now
        )
    }

    func say(_ comment: String?) throws {
        guard let comment else { return }
        let event = event(.comment, comment)
        try db.append(event, at: now)
        try db.record(.commented(discussion, event, isNew: true), on: facts.id, at: now)
        try tellParticipants()
    }

    /// Tells those who take part, and those who look after the repository.
    func tellParticipants() throws {
        let people = try db.participants(of: discussion.id) + db.keepers(of: facts.id)
        try db.tell(.discussionReply, to: people, about: discussion.topic, by: account.id, world: world)
    }

    func mustBeAuthorOrWriter(_ author: AccountID?) throws {
        if author != account.id { try AccessPolicy.demand(.write, on: facts, by: viewer) }
    }
}
