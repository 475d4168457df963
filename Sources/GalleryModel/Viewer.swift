/// What an account may do on the whole site, beyond its own assets.
package enum SiteRole: String, Sendable, Codable, CaseIterable {
    case user, reviewer, admin
}

/// What a credential may be used for; never more than its account may do.
package enum Scope: String, Sendable, Codable, CaseIterable {
    case read, write, admin
}

/// Who asks: the first thing every use case is told.
package struct Viewer: Sendable, Equatable {
    /// A signed-in account as of this request.
    package struct Account: Sendable, Equatable {
        package var id: AccountID
        package var name: String
        package var role: SiteRole

        package init(id: AccountID, name: String, role: SiteRole) {
            self.id = id
            self.name = name
            self.role = role
        }
    }

    /// Nil for a visitor.
    package var account: Account?
    /// What the credential allows; a browser session allows everything its account may do.
    package var scope: Scope
    /// The only repository the credential is good for, where it is bound to one.
    package var onlyRepo: RepoID?
    /// What the credential of a run's worker reads besides; nil for credentials of people.
    package var workerReads: Set<RepoID>?

    package init(account: Account?, scope: Scope = .admin, onlyRepo: RepoID? = nil) {
        self.account = account
        self.scope = scope
        self.onlyRepo = onlyRepo
    }

    /// The worker of somebody's run: it reads the run's inputs, commits to its product, and does nothing else in that
    /// account's name.
    package static func worker(of account: Account, writes: RepoID?, reads: Set<RepoID>) -> Viewer {
        // A repository that there is not binds what has no product to none.
        var viewer = Viewer(account: account, scope: writes == nil ? .read : .write, onlyRepo: writes ?? RepoID(""))
        viewer.workerReads = reads
        return viewer
    }

    package static let visitor = Viewer(account: nil, scope: .read)

    /// The account, or `Problem.signInFirst` for a visitor.
    package func mustBeSignedIn() throws -> Account {
        guard let account else { throw Problem.signInFirst }
        return account
    }
}
