import GalleryDatabase
import GalleryModel
import GitObjects

/// Reads what clients call a revision.
enum Revision {
    /// A branch, a tag, a full reference, a commit's id or at least seven digits of it, or `HEAD`.
    static func resolve(
        _ text: String,
        of repo: RepoID,
        in reach: RepoReach = .whole,
        _ db: any SQLConnection
    ) throws -> ResolvedRevision {
        if let found = try find(text, of: repo, in: reach, db) { return found }
        throw FilesError.unknownRevision(text)
    }

    private static func find(
        _ text: String,
        of repo: RepoID,
        in reach: RepoReach,
        _ db: any SQLConnection
    ) throws -> ResolvedRevision? {
        guard !text.isEmpty, text.utf8.count <= 512 else { return nil }
        let kept = reach == .kept ? try db.keptReferences(of: repo) : []
        for name in candidates(for: text) {
            let reference = reach == .kept ? kept.first { $0.name == name } : try db.reference(name, of: repo)
            if let reference { return ResolvedRevision(commit: reference.target, reference: name) }
        }
        guard let (low, high) = range(of: text) else { return nil }
        let commits = try db.commits(between: low, and: high, of: repo)
        guard commits.count == 1, let commit = commits.first else { return nil }
        let isThere =
            switch reach {
            case .whole: true
            case .shown: try !db.isOnlyHidden(commit, of: repo)
            case .kept: try db.leads(kept, to: commit, of: repo)
            }
        return isThere ? ResolvedRevision(commit: commit) : nil
    }

    /// The branch or pull request that a commit may go to, as the viewer may write it.
    static func branch(
        _ text: String,
        of repo: RepoID,
        facts: RepoFacts,
        viewer: Viewer,
        _ db: any SQLConnection
    ) throws -> Reference {
        let name = branchName(text)
        try AccessPolicy.demand(.see, on: facts, by: viewer)
        guard let reference = try db.reference(name, of: repo) else {
            try AccessPolicy.demand(.write, on: facts, by: viewer)
            throw FilesError.unknownRevision(text)
        }
        let isOwnProposal =
            name.hasPrefix("refs/pr/") && viewer.account != nil && reference.createdBy == viewer.account?.id
        try AccessPolicy.demand(isOwnProposal ? .discuss : .write, on: facts, by: viewer)
        return reference
    }

    static func branchName(_ text: String) -> String {
        if text == "HEAD" { return Files.mainReference }
        return text.hasPrefix("refs/") && !text.hasPrefix(Reference.hidden) ? text : "refs/heads/" + text
    }

    static func candidates(for text: String) -> [String] {
        if text == "HEAD" { return [Files.mainReference] }
        if text.hasPrefix("refs/") { return text.hasPrefix(Reference.hidden) ? [] : [text] }
        if text.utf8.count == 40, GitOID(text) != nil { return [] }
        return ["refs/heads/" + text, "refs/tags/" + text]
    }

    /// The ids that start with these digits; nil unless there are 7 to 40.
    private static func range(of prefix: String) -> (GitOID, GitOID)? {
        guard (7...40).contains(prefix.utf8.count) else { return nil }
        let missing = 40 - prefix.utf8.count
        guard let low = GitOID(prefix + String(repeating: "0", count: missing)),
            let high = GitOID(prefix + String(repeating: "f", count: missing))
        else { return nil }
        return (low, high)
    }

    /// Whether a full reference may be made as a branch: below `refs/heads/` or `refs/convert/`.
    static func isValidBranch(_ name: String) -> Bool {
        ["refs/heads/", "refs/convert/"].contains {
            name.hasPrefix($0) && isValidName(String(name.dropFirst($0.count)))
        }
    }

    /// Git's rules for names of branches and tags, a little stricter.
    static func isValidName(_ name: String) -> Bool {
        guard (1...200).contains(name.utf8.count), name != "HEAD", name != "@", !name.hasPrefix("refs/"),
            !name.hasPrefix("-"), !name.hasSuffix("."), !name.contains(".."), !name.contains("@{"),
            !(name.utf8.count == 40 && GitOID(name) != nil)
        else { return false }
        let refused = Set(" ~^:?*[\\".utf8)
        guard name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && !refused.contains($0) }) else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") && !$0.hasSuffix(".") }
    }
}
