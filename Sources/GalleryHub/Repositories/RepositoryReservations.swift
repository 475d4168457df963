package import GalleryDatabase
package import GalleryModel

/// Repositories that are made so that something can be put into them later.
extension Repositories {
    /// Deletes a private repository that has nothing but its first commit, and that nobody has touched since it was made under
    /// that name; answers whether it did. One that may not be deleted stays.
    package func discard(reserved repo: RepoID, named name: String, _ db: any SQLConnection) throws -> Bool {
        guard let found = try db.repository(repo), found.name.name == name, try db.isUntouched(repo) else {
            return false
        }
        do {
            try life.mayDelete(repo, db)
        } catch is any DomainError { return false }
        let now = world.now()
        try db.record(.repoDeleted, on: repo, at: now)
        try db.audit("asset.delete", on: repo.rawValue, by: nil, detail: ["name": found.name.description], world: world)
        try db.deleteRepository(repo)
        return true
    }
}

extension SQLConnection {
    fileprivate func isUntouched(_ repo: RepoID) throws -> Bool {
        let count = try value(
            Int.self,
            """
            SELECT COUNT(*) FROM repositories r WHERE r.id = \(repo) AND r.visibility = \(Visibility.owner)
                AND r.listing = \(RepoListing.draft) AND r.gating = \(Gating.off) AND r.title = '' AND r.description = ''
                AND (SELECT COUNT(*) FROM git_commits c WHERE c.repo = r.id) <= 1
                AND (SELECT COUNT(*) FROM git_refs f WHERE f.repo = r.id) <= 1
                AND NOT EXISTS (SELECT 1 FROM discussions d WHERE d.repo = r.id)
                AND NOT EXISTS (SELECT 1 FROM repository_readers v WHERE v.repo = r.id)
            """
        )
        return count == 1
    }
}
