import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import GitObjects
import Hummingbird

/// The menu that leads to the same place at another revision.
struct RevisionPicker: Sendable {
    struct Choice: Sendable {
        let name: String
        let path: String
        let isCurrent: Bool
    }

    let current: String
    /// Whether a commit is shown, and no branch or tag.
    let isCommit: Bool
    let branches: [Choice]
    let tags: [Choice]
    let hasTags: Bool

    private static let maximum = 200

    /// Whether a version was picked while something in another one was looked at, which this one may not have.
    static func brought(_ request: Request) throws -> Bool { try request.query()["picked"] != nil }

    /// `suffix` is what stands behind the revision, with its slash.
    init(_ references: RepoReferences, current: String, base: String, page: String, suffix: String) {
        func choices(_ references: [Reference]) -> [Choice] {
            references.prefix(Self.maximum).map { reference in
                Choice(
                    name: reference.shortName,
                    path: "\(base)/\(page)/\(PercentEncoding.encode(reference.shortName))\(suffix)"
                        + (suffix.isEmpty ? "" : "?picked"),
                    isCurrent: reference.shortName == current
                )
            }
        }
        branches = choices(references.branches)
        tags = choices(references.tags.reversed())
        hasTags = !tags.isEmpty
        isCommit = !(branches + tags).contains(where: \.isCurrent)
        self.current = isCommit && GitOID(current) != nil ? String(current.prefix(8)) : current
    }
}

/// A path of files as links.
struct PathTrail: Sendable {
    struct Step: Sendable {
        let name: String
        let path: String
        let isLast: Bool
    }

    let rootName: String
    let rootPath: String
    let steps: [Step]
    let isRoot: Bool

    init(_ path: String, asset: Asset, revision: String) {
        let parts = path.split(separator: "/").map(String.init)
        let root = "\(asset.path)/tree/\(PercentEncoding.encode(revision))"
        rootName = asset.name.name
        rootPath = root
        steps = parts.indices.map { index in
            Step(
                name: parts[index],
                path: root + "/" + AssetAddress.escaped(parts[...index].joined(separator: "/")),
                isLast: index == parts.count - 1
            )
        }
        isRoot = parts.isEmpty
    }
}

/// A commit in a line of a page.
struct CommitLine: Sendable {
    let title: String
    let path: String
    let short: String
    let author: String
    let authorPath: String?
    let avatar: String?
    let moment: Moment

    init(_ commit: CommitSummary, of asset: Asset, now: Date, _ context: GalleryContext) {
        title = commit.title.isEmpty ? commit.oid.hex.prefix(8).description : commit.title
        path = "\(asset.path)/commit/\(commit.oid.hex)"
        short = String(commit.oid.hex.prefix(8))
        author = commit.authorName
        let isKnown = commit.author != nil && !commit.authorName.isEmpty
        authorPath = isKnown ? "/\(PercentEncoding.encode(commit.authorName))" : nil
        avatar = isKnown ? "/avatars/\(PercentEncoding.encode(commit.authorName)).svg" : nil
        moment = context.formats.moment(commit.date, now: now)
    }
}
