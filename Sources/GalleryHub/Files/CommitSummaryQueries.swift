import Foundation
import GalleryDatabase
import GalleryModel
import GitObjects

extension SQLConnection {
    /// Commits as lists show them, by id.
    func summaries(of oids: some Collection<GitOID>, in repo: RepoID) throws -> [GitOID: CommitSummary] {
        var result: [GitOID: CommitSummary] = [:]
        for slice in Array(oids).slices(of: 500) {
            let found = try rows(
                CommitRow.self,
                "SELECT \(sql: CommitRow.columns) FROM git_commits WHERE repo = \(repo) AND oid IN (\(values: slice))"
            )
            for summary in try summaries(of: found) { result[summary.oid] = summary }
        }
        return result
    }

    /// The same for rows at hand, in their order, with the authors' names of today.
    func summaries(of commits: [CommitRow]) throws -> [CommitSummary] {
        let names = try accounts(Set(commits.compactMap(\.author)))
            .reduce(into: [AccountID: String]()) { $0[$1.id] = $1.name }
        return commits.map { row in
            let commit = try? Commit(bytes: row.body)
            var message = commit?.message ?? row.title
            while message.last?.isNewline == true { message.removeLast() }
            return CommitSummary(
                oid: row.oid,
                title: row.title,
                message: message,
                date: row.committedAt,
                authorName: row.author.flatMap { names[$0] } ?? commit?.author.name ?? "",
                author: row.author,
                parent: row.parent,
                tree: row.tree
            )
        }
    }
}
