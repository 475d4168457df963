package import Foundation
package import GalleryDatabase
package import GalleryModel

/// What modules above the hub have a say in when repositories are made, changed and deleted. All of it runs in the
/// transaction of the change, and may throw to prevent it.
package struct RepositoryLife: Sendable {
    /// Somebody asks for a visibility through the hub, with a new repository or for one that is there.
    package struct Wish: Sendable {
        package var repo: RepoID
        package var visibility: Visibility
        package var viewer: Viewer
        package var at: Date
    }

    /// Sets where the repository stands then; without a market it is as visible as was asked.
    package var place: @Sendable (Wish, any SQLConnection) throws -> Void = { wish, db in
        try db.place(wish.repo, wish.visibility == .owner ? .draft : .published, wish.visibility, at: wish.at)
    }

    /// Throws when a name, title or description may not be shown.
    package var check: @Sendable (_ texts: [String], any SQLConnection) throws -> Void = { _, _ in }

    /// Throws when others rely on it.
    package var mayDelete: @Sendable (RepoID, any SQLConnection) throws -> Void = { _, _ in }

    /// Throws when its name, owner, readers and settings may not be changed.
    package var mayChange: @Sendable (RepoID, any SQLConnection) throws -> Void = { _, _ in }

    package init() {}
}

/// What the modules above bring into the hub.
package struct HubAdditions: Sendable {
    package var life = RepositoryLife()
    package var observers: [ReferenceObserver] = []
    /// Whether visitors may create accounts; nil leaves it to the settings at start.
    package var isSignUpOpen: (@Sendable () -> Bool)?
    /// Throws unless somebody has done what asking for gated use takes.
    package var mayAsk: @Sendable (RepoFacts, Viewer.Account, any SQLConnection) throws -> Void = { _, _, _ in }
    package var worker: WorkerFinder = { _, _ in nil }

    package init() {}
}

extension SQLConnection {
    /// Sets the state of an asset and who may see it; for the slice that decides on both. What others could see of one that
    /// nobody sees any more is noted for its subscribers.
    package func place(
        _ repo: RepoID,
        _ listing: RepoListing,
        _ visibility: Visibility,
        at now: Date
    ) throws {
        if visibility == .owner { try keepShown(of: repo, at: now) } else { try forgetKept(of: repo) }
        try execute("UPDATE repositories SET listing = \(listing), visibility = \(visibility) WHERE id = \(repo)")
        try noteChange(of: repo)
    }

    /// Sets who may see a repository that is for named users.
    package func setNamedReaders(_ accounts: some Collection<AccountID>, of repo: RepoID) throws {
        guard accounts.count <= 1000 else {
            throw RepositoryError.badSetting("At most 1000 accounts can be named.")
        }
        try execute("DELETE FROM repository_readers WHERE repo = \(repo) AND reason = 'named'")
        for account in Set(accounts) {
            try execute(
                """
                INSERT INTO repository_readers (repo, account, reason) VALUES (\(repo), \(account), 'named')
                """
            )
        }
    }

    /// The accounts that a repository was shown to by name.
    package func namedReaders(of repo: RepoID) throws -> [Account] {
        try rows(
            Account.self,
            """
            SELECT \(sql: Account.columns) FROM repository_readers v JOIN accounts ON accounts.id = v.account
            WHERE v.repo = \(repo) AND v.reason = 'named' ORDER BY accounts.name_key
            """
        )
    }
}
