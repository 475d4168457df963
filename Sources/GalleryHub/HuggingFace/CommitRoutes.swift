import GalleryModel
import GalleryServing
import Hummingbird
import NIOCore

/// Commits: what should be uploaded how, and the commit itself.
struct CommitRoutes {
    let files: Files
    let discussions: Discussions
    /// The largest body of a commit, in bytes.
    let maximumBody: Int64

    private static let maximumFiles = 5000
    /// A regular file of 10 MB as base64, with room for its name; anything larger belongs into LFS or Xet.
    private static let maximumLine = 32 << 20

    func add(to repos: RepoRouter) {
        repos.api(.post, "/preupload/:rev", use: preupload)
        repos.api(.post, "/commit/:rev", use: commit)
    }

    @Sendable private func preupload(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(PreuploadRequest.self, context: context, upTo: 8 << 20)
        guard body.files.count <= Self.maximumFiles else {
            throw Problem.invalid("too-many-files", "Ask for at most \(Self.maximumFiles) files at a time.")
        }
        let plans = try await files.plan(
            body.files.map { UploadCandidate(path: $0.path, size: $0.size, sample: $0.sampleBytes) },
            on: context.segment("rev"),
            of: repo.id,
            isProposal: request.query().truth("create_pr"),
            attributes: body.gitAttributes,
            ignore: body.gitIgnore,
            by: context.viewer
        )
        var json = JSONWriter(capacity: plans.count * 128)
        json.object { json in
            json.key("files")
            json.array { json in
                for plan in plans { json.plan(plan) }
            }
        }
        return Response(json: json.buffer)
    }

    @Sendable private func commit(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        if let announced = request.headers[.contentLength].flatMap({ Int64($0) }), announced > maximumBody {
            throw Self.tooLarge(maximumBody)
        }
        var lines = CommitLines(request.body, maximumLine: Self.maximumLine, maximumBody: maximumBody)
        guard let first = try await lines.next(), case .header(let header) = first else {
            throw Problem.invalid("commit-header-missing", "A commit starts with a line whose key is 'header'.")
        }
        var branch = try context.segment("rev")
        var proposal: Int?
        if try request.query().truth("create_pr") {
            let opened = try await discussions.propose(
                on: repo.id,
                title: header.summary,
                description: header.description ?? "",
                base: branch,
                by: context.viewer
            )
            (branch, proposal) = (opened.reference, opened.number)
        }
        let outcome: CommitOutcome
        do {
            outcome = try await commit(&lines, header, to: branch, of: repo.id, by: context.viewer)
        } catch {
            // Nobody asked for a pull request without changes.
            if let proposal { try? await discussions.abandon(proposal, of: repo.id, by: context.viewer) }
            throw error
        }
        let kind = try RepoKind(plural: Self.plural(of: request)) ?? .model
        let address = request.address(of: repo.name, kind, context)
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.key("success")
            json.boolean(true)
            json.key("commitOid")
            json.string(outcome.oid.hex)
            json.key("commitUrl")
            json.string("\(address)/commit/\(outcome.oid)")
            json.key("hookOutput")
            json.string("")
            if let proposal {
                json.key("pullRequestUrl")
                json.string("\(address)/discussions/\(proposal)")
            }
        }
        return Response(json: json.buffer)
    }

    private func commit(
        _ lines: inout CommitLines,
        _ header: CommitLine.Header,
        to branch: String,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> CommitOutcome {
        var draft = try await files.draft(on: branch, of: repo, by: viewer, parent: header.parentCommit)
        while let line = try await lines.next() {
            switch line {
            case .header:
                throw Problem.invalid("commit-header-repeated", "A commit has one line whose key is 'header'.")
            case .file(let path, let bytes): try await draft.put(path, bytes: bytes)
            case .largeFile(let path, let digest, let size): try draft.putLarge(path, digest: digest, size: size)
            case .deletedFile(let path): try draft.delete(path)
            case .deletedFolder(let path): try draft.deleteFolder(path)
            }
        }
        return try await files.commit(draft, title: header.summary, description: header.description ?? "")
    }

    private static func plural(of request: Request) throws -> String {
        String(request.uri.path.split(separator: "/").dropFirst().first ?? "")
    }

    fileprivate static func tooLarge(_ limit: Int64) -> Problem {
        Problem(
            .tooLarge,
            "commit-too-large",
            "The commit is larger than \(limit) bytes. Upload large files by LFS or Xet, or make several commits."
        )
    }
}

/// The lines of a commit as they arrive.
private struct CommitLines {
    private var body: RequestBody.AsyncIterator
    private var reader: LineReader
    private var isAtEnd = false
    private var received: Int64 = 0
    private let maximumBody: Int64

    init(_ body: RequestBody, maximumLine: Int, maximumBody: Int64) {
        self.body = body.makeAsyncIterator()
        reader = LineReader(maximumLineBytes: maximumLine)
        self.maximumBody = maximumBody
    }

    /// Nil at the end; empty lines are passed over.
    mutating func next() async throws -> CommitLine? {
        while true {
            if let line = try reader.nextLine() {
                if !line.isBlank { return try CommitLine(line) }
            } else if isAtEnd {
                guard let line = reader.lastLine(), !line.isBlank else { return nil }
                return try CommitLine(line)
            } else if let chunk = try await body.next() {
                received += Int64(chunk.readableBytes)
                guard received <= maximumBody else { throw CommitRoutes.tooLarge(maximumBody) }
                try reader.append(chunk)
            } else {
                isAtEnd = true
            }
        }
    }
}

extension ByteBuffer {
    fileprivate var isBlank: Bool {
        readableBytesView.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\t") }
    }
}

extension JSONWriter {
    fileprivate mutating func plan(_ plan: UploadPlan) {
        object { json in
            json.key("path")
            json.string(plan.path)
            json.key("uploadMode")
            json.string(plan.isLarge ? "lfs" : "regular")
            json.key("shouldIgnore")
            json.boolean(plan.isIgnored)
            if let oid = plan.currentOID {
                json.key("oid")
                json.string(oid)
            }
        }
    }
}
