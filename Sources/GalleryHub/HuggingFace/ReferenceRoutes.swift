import GalleryModel
import GalleryServing
import GitObjects
import HTTPTypes
import Hummingbird
import NIOCore

/// Branches, tags, history and large files of a repository.
struct ReferenceRoutes {
    let files: Files

    private struct Branch: Decodable {
        var startingPoint: String?
        var emptyBranch: Bool?
        var overwrite: Bool?
    }

    private struct Tag: Decodable {
        var tag: String
        var message: String?
    }

    private struct Squash: Decodable {
        var message: String?
    }

    private struct LargeFileDeletion: Decodable {
        struct Deletions: Decodable {
            var sha: [String]
            var rewriteHistory: Bool?
        }

        var deletions: Deletions
    }

    func add(to repos: RepoRouter) {
        repos.api(.get, "/refs", use: references)
        repos.api(.get, "/commits/:rev", use: commits)
        repos.api(.post, "/branch/:rev", use: createBranch)
        repos.api(.delete, "/branch/:rev", use: deleteBranch)
        repos.api(.post, "/tag/:rev", use: createTag)
        repos.api(.delete, "/tag/:rev", use: deleteTag)
        repos.api(.post, "/super-squash/:rev", use: squash)
        repos.api(.get, "/lfs-files", use: largeFiles)
        repos.api(.post, "/lfs-files/batch", use: deleteLargeFiles)
    }

    @Sendable private func references(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let all = try await files.references(of: repo.id, by: context.viewer)
        let wantsPullRequests = try request.query().truth("include_prs")
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.references("branches", all.branches)
            json.references("converts", all.converts)
            json.references("tags", all.tags)
            if wantsPullRequests { json.references("pullRequests", all.pullRequests) }
        }
        return Response(json: json.buffer)
    }

    @Sendable private func commits(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let query = try request.query()
        let page = try await files.history(
            of: repo.id,
            from: context.segment("rev"),
            cursor: query["cursor"],
            limit: query.limit(standard: 50, maximum: 1000),
            by: context.viewer
        )
        let isFormatted = query.values("expand").contains("formatted")
        var json = JSONWriter(capacity: page.commits.count * 256 + 2)
        json.array { json in
            for commit in page.commits { json.commit(commit, isFormatted: isFormatted) }
        }
        var response = Response(json: json.buffer)
        response.headers[.totalCount] = String(page.total)
        if let next = page.next { response.headers[.link] = try request.nextLink(context, replacing: ["cursor": next]) }
        return response
    }

    @Sendable private func createBranch(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(Branch.self, context: context)
        try await files.createBranch(
            context.segment("rev"),
            from: body.startingPoint,
            isEmpty: body.emptyBranch ?? false,
            overwriting: body.overwrite ?? false,
            of: repo.id,
            by: context.viewer
        )
        return Response(json: ByteBuffer(string: "{}"))
    }

    @Sendable private func deleteBranch(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        try await files.deleteBranch(context.segment("rev"), of: repo.id, by: context.viewer)
        return Response(json: ByteBuffer(string: "{}"))
    }

    @Sendable private func createTag(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(Tag.self, context: context)
        try await files.createTag(
            body.tag,
            at: context.segment("rev"),
            message: body.message ?? "",
            of: repo.id,
            by: context.viewer
        )
        return Response(json: ByteBuffer(string: "{}"))
    }

    @Sendable private func deleteTag(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        try await files.deleteTag(context.segment("rev"), of: repo.id, by: context.viewer)
        return Response(json: ByteBuffer(string: "{}"))
    }

    @Sendable private func squash(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(Squash.self, context: context)
        _ = try await files.squash(
            context.segment("rev"),
            message: body.message ?? "Super-squash history",
            of: repo.id,
            by: context.viewer
        )
        return Response(json: ByteBuffer(string: "{}"))
    }

    @Sendable private func largeFiles(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let query = try request.query()
        let page = try await files.largeFiles(
            of: repo.id,
            cursor: query["cursor"],
            limit: query.limit(standard: 1000, maximum: 1000),
            by: context.viewer
        )
        var json = JSONWriter(capacity: page.files.count * 256 + 2)
        json.array { json in
            for file in page.files { json.largeFile(file) }
        }
        var response = Response(json: json.buffer)
        if let next = page.next { response.headers[.link] = try request.nextLink(context, replacing: ["cursor": next]) }
        return response
    }

    @Sendable private func deleteLargeFiles(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(LargeFileDeletion.self, context: context)
        let digests = try body.deletions.sha.map { text in
            guard let digest = SHA256Digest(text) else {
                throw Problem.invalid("oid-malformed", "'\(text.prefix(80))' is not a SHA-256.")
            }
            return digest
        }
        try await files.deleteLargeFiles(
            Set(digests),
            rewritingHistory: body.deletions.rewriteHistory ?? false,
            of: repo.id,
            by: context.viewer
        )
        return Response(json: ByteBuffer(string: "{}"))
    }
}

extension HTTPField.Name {
    // swift-format-ignore: NeverForceUnwrap
    static let totalCount = HTTPField.Name("X-Total-Count")!
}

extension JSONWriter {
    fileprivate mutating func references(_ name: StaticString, _ references: [Reference]) {
        key(name)
        array { json in
            for reference in references {
                json.object { json in
                    json.key("name")
                    json.string(reference.shortName)
                    json.key("ref")
                    json.string(reference.name)
                    json.key("targetCommit")
                    json.string(reference.target.hex)
                }
            }
        }
    }

    mutating func commit(_ commit: CommitSummary, isFormatted: Bool) {
        object { json in
            json.key("id")
            json.string(commit.oid.hex)
            json.key("title")
            json.string(commit.title)
            json.key("message")
            json.string(commit.description)
            json.key("date")
            json.date(commit.date)
            json.key("authors")
            json.array { json in
                json.object { json in
                    json.key("user")
                    json.string(commit.authorName)
                    json.key("avatar")
                    json.string("/avatars/\(commit.authorName).svg")
                }
            }
            guard isFormatted else { return }
            json.key("formatted")
            json.object { json in
                json.key("title")
                json.string(commit.title.htmlEscaped)
                json.key("message")
                json.string(commit.description.htmlEscaped)
            }
        }
    }

    fileprivate mutating func largeFile(_ file: LargeFile) {
        object { json in
            json.key("fileOid")
            json.string(file.oid.hex)
            json.key("filename")
            json.string(file.path.description)
            json.key("oid")
            json.string(file.oid.hex)
            json.key("pushedAt")
            json.date(file.pushedAt)
            if let reference = file.reference {
                json.key("ref")
                json.string(reference)
            }
            json.key("size")
            json.integer(file.size)
        }
    }
}

extension CommitSummary {
    /// The message without its title.
    var description: String {
        guard let end = message.firstIndex(of: "\n") else { return "" }
        return String(message[end...].drop { $0.isNewline })
    }
}
