import GalleryDatabase
package import GalleryHub
import GalleryModel

/// What somebody stores is frozen with what they paid for: while an account is in retention or released, its repositories
/// can be read, and nothing else. See decision 12.
package enum FrozenStorage {
    /// Adds the refusals to what the hub asks in the transaction of a change.
    package static func guarding(_ additions: inout HubAdditions) {
        additions.observers.append { move, db in try db.demandStorage(of: move.repo) }
        additions.life.place = { [place = additions.life.place] wish, db in
            try db.demandStorage(of: wish.repo)
            try place(wish, db)
        }
        additions.life.mayChange = { [mayChange = additions.life.mayChange] repo, db in
            try db.demandStorage(of: repo)
            try mayChange(repo, db)
        }
        additions.life.mayDelete = { [mayDelete = additions.life.mayDelete] repo, db in
            try db.demandStorage(of: repo)
            try mayDelete(repo, db)
        }
    }
}

extension SQLConnection {
    fileprivate func demandStorage(of repo: RepoID) throws {
        let state = try value(
            Standing.State.self,
            "SELECT s.state FROM repositories r JOIN billing_standings s ON s.account = r.owner WHERE r.id = \(repo)"
        )
        guard state.map({ !$0.isFrozen }) ?? true else { throw BillingError.frozen }
    }
}
