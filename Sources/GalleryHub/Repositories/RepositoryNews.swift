package import Foundation
package import GalleryDatabase
package import GalleryModel
import GalleryServing

/// What lists show of a repository may have changed, or it is gone: for whoever keeps copies of it.
package struct RepositoryChanged: Job {
    package static let kind = "search.reindex-repo"

    package var repo: RepoID
}

/// The same of everything that an account owns.
package struct OwnerChanged: Job {
    package static let kind = "search.reindex-owner"

    package var owner: AccountID
}

/// Only the numbers of these repositories have changed: views, downloads, likes, subscriptions.
package struct RepositoriesCounted: Job {
    package static let kind = "search.recount"

    package var repos: [RepoID]
}

extension SQLConnection {
    /// To be called in every transaction that changes what lists show of a repository, or deletes it. `record` does it.
    package func noteChange(of repo: RepoID, at now: Date) throws {
        try enqueue(RepositoryChanged(repo: repo), at: now, singleKey: "\(RepositoryChanged.kind) \(repo)")
    }

    /// The same where nobody looked at the clock.
    package func noteChange(of repo: RepoID) throws {
        guard let time = try value(Date.self, "SELECT updated_at FROM repositories WHERE id = \(repo)") else { return }
        try noteChange(of: repo, at: time)
    }

    /// To be called in every transaction that changes the name of an owner.
    package func noteChange(ofOwner owner: AccountID, at now: Date) throws {
        try enqueue(OwnerChanged(owner: owner), at: now, singleKey: "\(OwnerChanged.kind) \(owner)")
    }

    /// The same of one, where nobody looked at the clock.
    package func noteCounts(of repo: RepoID) throws {
        guard let time = try value(Date.self, "SELECT updated_at FROM repositories WHERE id = \(repo)") else { return }
        try noteCounts(of: [repo], at: time)
    }

    /// To be called in every transaction that changes a number lists are ordered by.
    package func noteCounts(of repos: [RepoID], at now: Date) throws {
        if repos.count == 1, let repo = repos.first {
            let key = "\(RepositoriesCounted.kind) \(repo)"
            try enqueue(RepositoriesCounted(repos: repos), at: now, delay: .seconds(2), singleKey: key)
        } else if !repos.isEmpty {
            try enqueue(RepositoriesCounted(repos: repos), at: now)
        }
    }
}
