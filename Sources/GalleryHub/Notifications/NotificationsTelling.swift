import Foundation
package import GalleryDatabase
package import GalleryModel
import GalleryServing

extension SQLConnection {
    /// Tells accounts of something, in the transaction that makes it true.
    ///
    /// Organisations stand for their admins. Nobody is told of what they did themselves, switched off or may not see.
    package func tell(
        _ kind: NotificationKind,
        to recipients: some Collection<AccountID>,
        about topic: NotificationTopic,
        by actor: AccountID?,
        world: World
    ) throws {
        let chosen = Set(recipients).subtracting(actor.map { [$0] } ?? []).sorted { $0.rawValue < $1.rawValue }
        guard chosen.count <= Telling.atOnce else {
            for part in chosen.slices(of: Telling.atOnce) {
                let job = NotificationFanOutJob(kind: kind, recipients: Array(part), topic: topic, actor: actor)
                try enqueue(job, at: world.now())
            }
            return
        }
        try Telling(db: self, kind: kind, topic: topic, actor: actor, world: world).tell(chosen)
    }

    /// Those who look after a repository: its owner, or the organisation's admins and who created it.
    package func keepers(of repo: RepoID) throws -> [AccountID] {
        try values(
            AccountID.self,
            """
            SELECT owner FROM repositories WHERE id = \(repo)
            UNION
            SELECT m.account FROM repositories r
            JOIN memberships m ON m.organization = r.owner AND m.account = r.created_by
            WHERE r.id = \(repo)
            """
        )
    }

    /// Those who look at what is to be published and at what is reported.
    package func reviewers() throws -> [AccountID] {
        try values(
            AccountID.self,
            "SELECT id FROM accounts WHERE role IN ('reviewer', 'admin') AND kind = 'user' AND is_disabled = 0 ORDER BY id"
        )
    }
}

/// One thing told to some people.
struct Telling {
    /// More are told by jobs, so that no transaction takes long.
    static let atOnce = 200
    /// A notification takes further ones up for so long.
    private static let gatheringTime: TimeInterval = 7 * 86_400

    let db: any SQLConnection
    let kind: NotificationKind
    let topic: NotificationTopic
    let actor: AccountID?
    let world: World

    func tell(_ recipients: [AccountID]) throws {
        let people = try people(behind: recipients)
        let choices = try db.notificationChoices(of: people.map(\.id), kind)
        let silent = try db.accountsWithoutMail(among: people.map(\.id))
        for person in people where try maySee(person) {
            let choice = choices[person.id] ?? kind.standard
            let isShown = choice.onPage || kind.isAlwaysShown
            let isMailed = choice.byMail && !person.email.isEmpty && !silent.contains(person.id)
            guard isShown || isMailed else { continue }
            try note(for: person.id, isShown: isShown, isMailed: isMailed)
        }
    }

    private func people(behind recipients: [AccountID]) throws -> [Account] {
        let accounts = try db.accounts(recipients)
        let organizations = accounts.filter { $0.kind == .organization }.map(\.id)
        var people = accounts.filter { $0.kind == .user }
        if !organizations.isEmpty {
            let known = Set(people.map(\.id))
            let admins = try db.admins(of: organizations).filter { !known.contains($0) }
            people += try db.accounts(Set(admins))
        }
        return people.filter { !$0.isDisabled && $0.id != actor }.sorted { $0.id.rawValue < $1.id.rawValue }
    }

    private func maySee(_ person: Account) throws -> Bool {
        guard let repo = topic.repo else { return true }
        let viewer = Viewer(account: Viewer.Account(id: person.id, name: person.name, role: person.role), scope: .read)
        return AccessPolicy.refusal(of: .see, on: try db.facts(of: repo, for: viewer), to: viewer) == nil
    }

    private func note(for account: AccountID, isShown: Bool, isMailed: Bool) throws {
        let now = world.now()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let detail = String(decoding: try encoder.encode(topic.values), as: UTF8.self)
        let since = now.addingTimeInterval(-Self.gatheringTime)
        if kind.gathers, isShown,
            let gathered = try db.gatheringNotification(of: account, kind, topic.key, since: since)
        {
            try db.gather(into: gathered, page: topic.page, detail: detail, actor: actor, isMailed: isMailed, at: now)
        } else {
            try db.execute(
                """
                INSERT INTO notifications (
                    id, account, kind, repo, page, topic, detail, actor, count, mailed_count, is_shown, is_read, mail,
                    created_at, updated_at)
                VALUES (\(world.newID()), \(account), \(kind), \(topic.repo), \(topic.page), \(topic.key), \(detail),
                    \(actor), 1, 0, \(isShown), 0, \(isMailed ? "waiting" : "none"), \(now), \(now))
                """
            )
        }
        if isMailed {
            let job = NotificationMailJob(account: account)
            try db.enqueue(job, at: now, singleKey: job.singleKey)
        }
    }
}
