import Foundation
package import GalleryModel
import GalleryDatabase
import GitObjects

/// The references of a repository, as clients list them.
package struct RepoReferences: Sendable, Equatable {
    package var branches: [Reference] = []
    package var tags: [Reference] = []
    package var converts: [Reference] = []
    package var pullRequests: [Reference] = []
}

extension Reference {
    /// What begins so keeps commits alive, is not listed and leads nowhere for clients.
    package static let hidden = "refs/gallery/"

    /// Without what every reference of its sort begins with.
    package var shortName: String {
        for prefix in ["refs/heads/", "refs/tags/", Self.hidden, "refs/convert/", "refs/"] where name.hasPrefix(prefix)
        {
            return String(name.dropFirst(prefix.count))
        }
        return name
    }

    /// Whether it is a version of the form `1.2.3`, whose commit outlives squashes and deletions; also one taken offline.
    package var isVersion: Bool {
        guard name.hasPrefix("refs/tags/") || name.hasPrefix(Self.hidden) else { return false }
        let parts = shortName.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3
            && parts.allSatisfy { (1...9).contains($0.utf8.count) && $0.utf8.allSatisfy { (48...57).contains($0) } }
    }
}

extension Files {
    package func references(of repo: RepoID, by viewer: Viewer) async throws -> RepoReferences {
        try await database.read { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.see, on: facts, by: viewer)
            let isKept = AccessPolicy.reach(facts, of: viewer) == .kept
            var result = RepoReferences()
            for reference in try isKept ? db.keptReferences(of: repo) : db.references(of: repo)
            where !reference.name.hasPrefix(Reference.hidden) {
                if reference.name.hasPrefix("refs/heads/") {
                    result.branches.append(reference)
                } else if reference.name.hasPrefix("refs/tags/") {
                    result.tags.append(reference)
                } else if reference.name.hasPrefix("refs/pr/") {
                    result.pullRequests.append(reference)
                } else {
                    result.converts.append(reference)
                }
            }
            return result
        }
    }

    /// Makes a branch from a revision (main, when none is given), or with no files; `overwriting` moves one that exists.
    package func createBranch(
        _ branch: String,
        from revision: String? = nil,
        isEmpty: Bool = false,
        overwriting: Bool = false,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws {
        let now = world.now()
        let name = Revision.branchName(branch)
        guard Revision.isValidBranch(name) else { throw FilesError.badReferenceName(branch) }
        let account = try viewer.mustBeSignedIn()
        try await database.write { db in
            try AccessPolicy.demand(.write, on: db.facts(of: repo, for: viewer), by: viewer)
            let existing = try db.reference(name, of: repo)
            if existing != nil, !overwriting { throw FilesError.referenceExists(name) }
            let target =
                try isEmpty
                ? emptyCommit(by: account, at: now, in: repo, db)
                : Revision.resolve(revision ?? "main", of: repo, db).commit
            if let existing {
                guard existing.target != target else { return }
                try writer.move(name, from: existing.target, to: target, of: repo, by: account.id, at: now, db)
            } else {
                try insert(name, to: target, by: account, of: repo, at: now, db)
            }
        }
    }

    package func deleteBranch(_ branch: String, of repo: RepoID, by viewer: Viewer) async throws {
        let name = Revision.branchName(branch)
        let now = world.now()
        try await database.write { db in
            try AccessPolicy.demand(.write, on: db.facts(of: repo, for: viewer), by: viewer)
            guard let reference = try db.reference(name, of: repo) else { throw FilesError.unknownRevision(branch) }
            guard name != Self.mainReference, !name.hasPrefix("refs/pr/") else { throw FilesError.cannotDelete(name) }
            try delete(reference, of: repo, by: viewer, at: now, db)
        }
    }

    /// Names a revision for good, with a few words.
    package func createTag(
        _ tag: String,
        at revision: String,
        message: String = "",
        of repo: RepoID,
        by viewer: Viewer
    ) async throws {
        let now = world.now()
        let account = try viewer.mustBeSignedIn()
        guard Revision.isValidName(tag) else { throw FilesError.badReferenceName(tag) }
        let name = "refs/tags/" + tag
        try await database.write { db in
            try AccessPolicy.demand(.write, on: db.facts(of: repo, for: viewer), by: viewer)
            let target = try Revision.resolve(revision, of: repo, db).commit
            guard try db.reference(name, of: repo) == nil else { throw FilesError.referenceExists(name) }
            try insert(name, to: target, message: String(message.prefix(5000)), by: account, of: repo, at: now, db)
        }
    }

    package func deleteTag(_ tag: String, of repo: RepoID, by viewer: Viewer) async throws {
        let name = tag.hasPrefix("refs/tags/") ? tag : "refs/tags/" + tag
        let now = world.now()
        try await database.write { db in
            try AccessPolicy.demand(.write, on: db.facts(of: repo, for: viewer), by: viewer)
            guard let reference = try db.reference(name, of: repo) else { throw FilesError.unknownRevision(tag) }
            try delete(reference, of: repo, by: viewer, at: now, db)
        }
    }

    func insert(
        _ name: String,
        to target: GitOID,
        message: String = "",
        by account: Viewer.Account,
        of repo: RepoID,
        at now: Date,
        _ db: any SQLConnection
    ) throws {
        let count = try db.value(Int.self, "SELECT COUNT(*) FROM git_refs WHERE repo = \(repo)") ?? 0
        guard count < limits.references else { throw FilesError.tooManyReferences(limit: limits.references) }
        try db.insertReference(name, to: target, message: message, by: account.id, of: repo, at: now)
        try writer.tell(
            ReferenceMove(repo: repo, name: name, old: nil, new: target, by: account.id, at: now),
            db
        )
    }

    private func delete(
        _ reference: Reference,
        of repo: RepoID,
        by viewer: Viewer,
        at now: Date,
        _ db: any SQLConnection
    ) throws {
        guard try db.deleteReference(reference.name, of: repo) else { throw FilesError.stale }
        try writer.tell(
            ReferenceMove(
                repo: repo,
                name: reference.name,
                old: reference.target,
                new: nil,
                by: viewer.account?.id,
                at: now
            ),
            db
        )
        try collector.credit(repo, db)
    }

    /// A commit without files, for branches that begin anew.
    private func emptyCommit(
        by account: Viewer.Account,
        at now: Date,
        in repo: RepoID,
        _ db: any SQLConnection
    ) throws -> GitOID {
        try db.insertTree(Tree.empty.oid, base: nil, steps: 0, body: [], into: repo, at: now)
        let author = CommitWriter.Author(id: account.id, name: account.name)
        return try writer.insert(
            tree: Tree.empty.oid,
            parent: nil,
            folders: [],
            message: "initial commit",
            by: author,
            at: now,
            in: repo,
            db
        ).oid
    }
}
