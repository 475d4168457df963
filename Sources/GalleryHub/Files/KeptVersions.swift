import Foundation
package import GalleryDatabase
package import GalleryModel
import GitObjects

/// What subscribers keep of an asset that is delisted: main as it stood then, and the versions `x.x.x` offered until then.
extension Reference {
    /// Stands for main where only what is kept is shown.
    static let kept = hidden + "kept"
}

extension SQLConnection {
    /// Notes what everybody could see of a repository that disappears from sight now.
    func keepShown(of repo: RepoID, at now: Date) throws {
        try execute(
            """
            INSERT INTO git_refs (repo, name, target, message, created_by, created_at)
            SELECT h.repo, \(Reference.kept), h.target, '', NULL, \(now)
            FROM repositories r JOIN git_refs h ON h.repo = r.id AND h.name = \(Files.mainReference)
            WHERE r.id = \(repo) AND r.visibility <> 'owner'
            ON CONFLICT (repo, name) DO NOTHING
            """
        )
    }

    func forgetKept(of repo: RepoID) throws {
        try execute("DELETE FROM git_refs WHERE repo = \(repo) AND name = \(Reference.kept)")
    }

    /// The references that subscribers of a delisted asset see, under the names that they know.
    package func keptReferences(of repo: RepoID) throws -> [Reference] {
        guard var main = try reference(Reference.kept, of: repo) else { return [] }
        let end = main.createdAt
        let versions = try rows(
            Reference.self,
            """
            SELECT name, target, message, created_by, created_at FROM git_refs
            WHERE repo = \(repo) AND name > 'refs/tags/' AND name < 'refs/tags0' AND created_at <= \(end) ORDER BY name
            """
        )
        main.name = Files.mainReference
        return [main] + versions.filter(\.isVersion)
    }

    /// Whether one of the references leads to the commit, directly or by what came before.
    func leads(_ references: [Reference], to commit: GitOID, of repo: RepoID) throws -> Bool {
        if references.contains(where: { $0.target == commit }) { return true }
        guard let depth = try self.commit(commit, of: repo)?.depth else { return false }
        for slice in Set(references.map(\.target)).sorted().slices(of: 500) {
            let found = try value(
                Int.self,
                """
                WITH RECURSIVE line (oid, parent, depth) AS (
                    SELECT oid, parent, depth FROM git_commits
                    WHERE repo = \(repo) AND oid IN (\(values: slice)) AND depth >= \(depth)
                    UNION
                    SELECT c.oid, c.parent, c.depth
                    FROM line JOIN git_commits c ON c.repo = \(repo) AND c.oid = line.parent
                    WHERE line.depth > \(depth)
                )
                SELECT COUNT(*) FROM line WHERE oid = \(commit)
                """
            )
            if (found ?? 0) > 0 { return true }
        }
        return false
    }

    /// Those of the large contents that are in something kept.
    func keptContents(among digests: [SHA256Digest], of repo: RepoID) throws -> [SHA256Digest] {
        guard !digests.isEmpty else { return [] }
        let targets = try keptReferences(of: repo).map(\.target)
        let marks = try Marks(of: repo, from: targets, store: GitStore(), self)
        return try rows(
            BlobFacts.self,
            """
            SELECT oid, size, content, lfs_size FROM git_blobs
            WHERE repo = \(repo) AND content IN (\(values: Set(digests)))
            """
        ).filter { marks.blobs.contains($0.oid) }.compactMap(\.content)
    }

    /// Whether a commit is held by nothing but a version that was taken offline or is not decided on yet.
    func isOnlyHidden(_ commit: GitOID, of repo: RepoID) throws -> Bool {
        let hidden = try value(
            Int.self,
            """
            SELECT COUNT(*) FROM git_refs
            WHERE repo = \(repo) AND name > 'refs/gallery/' AND name < 'refs/gallery0' AND target = \(commit)
            """
        )
        guard (hidden ?? 0) > 0 else { return false }
        return try !leads(references(of: repo).filter { !$0.name.hasPrefix(Reference.hidden) }, to: commit, of: repo)
    }
}

extension Files {
    /// The commit that a revision means to a viewer who may do this with the repository.
    func commit(
        _ revision: String,
        of repo: RepoID,
        for action: RepoAction = .see,
        by viewer: Viewer,
        _ db: any SQLConnection
    ) throws -> GitOID {
        try find(revision, of: repo, for: action, by: viewer, db).commit
    }

    func find(
        _ revision: String,
        of repo: RepoID,
        for action: RepoAction,
        by viewer: Viewer,
        _ db: any SQLConnection
    ) throws -> ResolvedRevision {
        let facts = try db.facts(of: repo, for: viewer)
        try AccessPolicy.demand(action, on: facts, by: viewer)
        return try Revision.resolve(revision, of: repo, in: AccessPolicy.reach(facts, of: viewer), db)
    }

    /// What is shown of a repository to a viewer who may see it: where they reach only what is kept, as main stood then.
    package func details(of facts: RepoFacts, by viewer: Viewer, _ db: any SQLConnection) throws -> RepoDetails? {
        guard var repository = try db.repository(facts.id) else { return nil }
        guard AccessPolicy.reach(facts, of: viewer) == .kept else {
            return RepoDetails(
                repository: repository,
                tags: try db.tags(of: [facts.id])[facts.id] ?? [],
                card: try db.card(of: facts.id)
            )
        }
        let head = try db.reference(Reference.kept, of: facts.id)?.target
        repository.head = head
        guard let head, let commit = try db.commit(head, of: facts.id) else {
            return RepoDetails(repository: repository, tags: [], card: nil)
        }
        let kept = try RepoCardKeeper(store: store).read(commit.tree, of: facts.id, facts.kind, db)
        repository.pipelineTag = kept.card.pipelineTag
        repository.libraryName = kept.card.library(with: kept.config)
        return RepoDetails(
            repository: repository,
            tags: kept.card.tags(with: kept.config).shown,
            card: RepoCard(cardJSON: kept.card.json, config: kept.config)
        )
    }
}
