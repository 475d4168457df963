import Foundation
import GalleryDatabase
import GalleryModel
import GitObjects

/// Which commit changed each path last: one record per commit and folder that it changed, shared by all later commits.
///
/// A record names what its commit changed in the folder and points to the folder's record before it. Every so often a
/// record holds the answer for all names, so that no search is long. A record may also say that everything beneath the
/// folder came with its commit.
enum FolderHistory {
    enum Form: String, SQLConvertible {
        /// The body holds the names changed by the commit.
        case names
        /// The body holds the answer for every name.
        case whole
        /// Everything in and beneath the folder is of this commit.
        case deep
    }

    private struct Step: Record {
        var revision: GitOID
        var form: Form
        var steps: Int
        var body: [UInt8]

        init(row: Row) throws {
            revision = try row.get("revision")
            form = try row.get("form")
            steps = try row.get("steps")
            body = try row.get("body")
        }
    }

    /// What is known of one name.
    private struct Answer {
        var commit: GitOID
        /// Whether everything beneath is of the same commit.
        var isDeep: Bool
    }

    private static let maximumSteps = 64

    // MARK: Asking

    /// The commit that last changed each of these names in a folder, as of the commit whose records begin at `start`.
    static func lastCommits(
        of names: [GitName],
        in folder: GitPath,
        from start: GitOID,
        of repo: RepoID,
        _ db: any SQLConnection
    ) throws -> [GitName: GitOID] {
        var revision = start
        var path = GitPath.root
        for part in folder.parts {
            guard let answer = try answers(for: [part], in: path, at: revision, of: repo, db)[part] else { return [:] }
            if answer.isDeep {
                return Dictionary(names.map { ($0, answer.commit) }, uniquingKeysWith: { first, _ in first })
            }
            revision = answer.commit
            path = path.appending(part)
        }
        return try answers(for: names, in: path, at: revision, of: repo, db).mapValues(\.commit)
    }

    private static func answers(
        for names: [GitName],
        in folder: GitPath,
        at revision: GitOID,
        of repo: RepoID,
        _ db: any SQLConnection
    ) throws -> [GitName: Answer] {
        var missing = Set(names)
        var result: [GitName: Answer] = [:]
        for step in try chain(of: folder, at: revision, of: repo, db) where !missing.isEmpty {
            switch step.form {
            case .deep:
                for name in missing { result[name] = Answer(commit: step.revision, isDeep: true) }
                missing = []
            case .names:
                for name in decodeNames(step.body) where missing.remove(name.name) != nil {
                    result[name.name] = Answer(commit: step.revision, isDeep: name.isDeep)
                }
            case .whole:
                let table = WholeFolder(bytes: step.body)
                for name in missing {
                    if let (commit, isDeep) = table?.find(name) {
                        result[name] = Answer(commit: commit, isDeep: isDeep)
                    }
                }
                missing = []
            }
        }
        return result
    }

    /// The folder's records from the newest to the first that answers everything.
    private static func chain(
        of folder: GitPath,
        at revision: GitOID,
        of repo: RepoID,
        _ db: any SQLConnection
    ) throws -> [Step] {
        try db.rows(
            Step.self,
            """
            WITH RECURSIVE chain (revision, form, previous, steps, body, n) AS (
                SELECT revision, form, previous, steps, body, 1 FROM git_folders
                WHERE repo = \(repo) AND revision = \(revision) AND path = \(folder.text)
                UNION ALL
                SELECT f.revision, f.form, f.previous, f.steps, f.body, chain.n + 1
                FROM chain JOIN git_folders f
                    ON f.repo = \(repo) AND f.revision = chain.previous AND f.path = \(folder.text)
                WHERE chain.form = 'names' AND chain.n <= 256
            )
            SELECT revision, form, steps, body FROM chain ORDER BY n
            """
        )
    }

    // MARK: Noting

    /// Notes what a commit changed. `start` is where the records of its parent begin, nil for a first commit.
    static func note(
        _ folders: [TreeEdit.ChangedFolder],
        by commit: GitOID,
        after start: GitOID?,
        of repo: RepoID,
        _ db: any SQLConnection
    ) throws {
        guard let start else {
            try insert(.deep, body: [], previous: nil, steps: 0, path: .root, commit: commit, of: repo, db)
            return
        }
        let new = Set(folders.filter(\.isNew).map(\.path))
        for folder in folders {
            // What lies in a new folder is told by the folder's own entry above it.
            if folder.isNew, !folder.path.isRoot { continue }
            if folder.isNew {
                try insert(.deep, body: [], previous: nil, steps: 0, path: .root, commit: commit, of: repo, db)
                continue
            }
            let names = folder.names.map { ChangedName(name: $0, isDeep: new.contains(folder.path.appending($0))) }
            try noteNames(names, in: folder.path, by: commit, after: start, of: repo, db)
        }
    }

    private static func noteNames(
        _ names: [ChangedName],
        in path: GitPath,
        by commit: GitOID,
        after start: GitOID,
        of repo: RepoID,
        _ db: any SQLConnection
    ) throws {
        guard let (previous, isDeep) = try record(of: path, from: start, of: repo, db) else { return }
        if isDeep {
            // The folder had no record of its own: it gets one that says whose all the rest is.
            try insert(.deep, body: [], previous: nil, steps: 0, path: path, commit: previous, of: repo, db)
        }
        let steps =
            try db.value(
                Int.self,
                "SELECT steps FROM git_folders WHERE repo = \(repo) AND revision = \(previous) AND path = \(path.text)"
            )
            ?? 0
        if steps + 1 < maximumSteps {
            try insert(
                .names,
                body: encodeNames(names),
                previous: previous,
                steps: steps + 1,
                path: path,
                commit: commit,
                of: repo,
                db
            )
        } else {
            try noteWhole(names, in: path, by: commit, previous: previous, of: repo, db)
        }
    }

    /// Writes out the answer for every name, so that the chain begins anew.
    private static func noteWhole(
        _ names: [ChangedName],
        in path: GitPath,
        by commit: GitOID,
        previous: GitOID,
        of repo: RepoID,
        _ db: any SQLConnection
    ) throws {
        var table = WholeFolder()
        for name in names { table.set(name.name, to: commit, isDeep: name.isDeep) }
        for step in try chain(of: path, at: previous, of: repo, db) {
            switch step.form {
            case .names:
                for name in decodeNames(step.body) { table.set(name.name, to: step.revision, isDeep: name.isDeep) }
            case .whole: if let older = WholeFolder(bytes: step.body) { table.add(older) }
            case .deep: table.rest = step.revision
            }
        }
        try insert(.whole, body: table.bytes, previous: nil, steps: 0, path: path, commit: commit, of: repo, db)
    }

    /// The commit of the record for a folder, as of `start`; deep when it is only told by a folder above it.
    private static func record(
        of folder: GitPath,
        from start: GitOID,
        of repo: RepoID,
        _ db: any SQLConnection
    ) throws -> (GitOID, isDeep: Bool)? {
        var revision = start
        var path = GitPath.root
        for part in folder.parts {
            guard let answer = try answers(for: [part], in: path, at: revision, of: repo, db)[part] else { return nil }
            if answer.isDeep { return (answer.commit, true) }
            revision = answer.commit
            path = path.appending(part)
        }
        return (revision, false)
    }

    private static func insert(
        _ form: Form,
        body: [UInt8],
        previous: GitOID?,
        steps: Int,
        path: GitPath,
        commit: GitOID,
        of repo: RepoID,
        _ db: any SQLConnection
    ) throws {
        try db.execute(
            """
            INSERT INTO git_folders (repo, revision, path, form, previous, steps, body)
            VALUES (\(repo), \(commit), \(path.text), \(form), \(previous), \(steps), \(body))
            ON CONFLICT (repo, revision, path) DO NOTHING
            """
        )
    }

    // MARK: Names

    private struct ChangedName {
        var name: GitName
        var isDeep: Bool
    }

    /// A name cannot hold a slash, so one behind it marks what is deep.
    private static func encodeNames(_ names: [ChangedName]) -> [UInt8] {
        names.flatMap { $0.name.bytes + ($0.isDeep ? [UInt8(ascii: "/"), 0] : [0]) }
    }

    private static func decodeNames(_ bytes: [UInt8]) -> [ChangedName] {
        bytes.split(separator: 0).map { part in
            part.last == UInt8(ascii: "/")
                ? ChangedName(name: GitName(Array(part.dropLast())), isDeep: true)
                : ChangedName(name: GitName(Array(part)), isDeep: false)
        }
    }
}
