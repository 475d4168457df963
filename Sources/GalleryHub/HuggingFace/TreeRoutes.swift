import GalleryModel
import GalleryServing
import GitObjects
import HTTPTypes
import Hummingbird
import NIOCore

/// Lists of files: `tree` and `paths-info`.
struct TreeRoutes {
    let files: Files

    private static let pageLimit = 1000
    /// A page that also tells last commits is shorter, as on the hub.
    private static let expandedPageLimit = 50
    private static let maximumPaths = 1000

    func add(to repos: RepoRouter) {
        repos.api(.get, "/tree/:rev", use: tree)
        repos.api(.get, "/tree/:rev/**", use: tree)
        repos.api(.post, "/paths-info/:rev", use: pathsInfo)
    }

    @Sendable private func tree(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let query = try request.query()
        let isExpanded = try query.truth("expand")
        let page = try await files.tree(
            context.remainingPath().trimmingSlashes,
            revision: context.segment("rev"),
            of: repo.id,
            recursive: query.truth("recursive"),
            withLastCommit: isExpanded,
            cursor: query["cursor"],
            limit: query.limit(
                standard: isExpanded ? Self.expandedPageLimit : Self.pageLimit,
                maximum: Self.pageLimit
            ),
            by: context.viewer
        )
        var response = Self.response(page.entries, isExpanded: isExpanded)
        if let next = page.next { response.headers[.link] = try request.nextLink(context, replacing: ["cursor": next]) }
        return response
    }

    @Sendable private func pathsInfo(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let wish = try await PathsWish(request, context)
        guard wish.paths.count <= Self.maximumPaths else {
            throw Problem.invalid("too-many-paths", "Ask for at most \(Self.maximumPaths) paths at a time.")
        }
        let page = try await files.entries(
            at: wish.paths.map(\.trimmingSlashes),
            revision: context.segment("rev"),
            of: repo.id,
            withLastCommit: wish.expand,
            by: context.viewer
        )
        return Self.response(page.entries, isExpanded: wish.expand)
    }

    private static func response(_ entries: [FileEntry], isExpanded: Bool) -> Response {
        var json = JSONWriter(capacity: entries.count * 160 + 2)
        json.array { json in
            for entry in entries { json.entry(entry, isExpanded: isExpanded) }
        }
        return Response(json: json.buffer)
    }
}

/// The body of `paths-info`: a form from Python, JSON from JavaScript.
private struct PathsWish {
    private struct Body: Decodable {
        var paths: [String]
        var expand: Bool?
    }

    var paths: [String]
    var expand: Bool

    init(_ request: Request, _ context: GalleryContext) async throws {
        if request.hasForm {
            let form = try await request.form(context: context)
            paths = form.values("paths")
            expand = try form.truth("expand")
        } else {
            let body = try await request.json(Body.self, context: context)
            paths = body.paths
            expand = body.expand ?? false
        }
    }
}

extension JSONWriter {
    /// A file or folder in `tree` and `paths-info`; with `isExpanded` its last commit and scan status are told too.
    mutating func entry(_ entry: FileEntry, isExpanded: Bool) {
        object { json in
            json.key("type")
            json.string(entry.isFolder ? "directory" : "file")
            json.key("oid")
            json.string(entry.oid.hex)
            json.key("size")
            json.integer(entry.size)
            json.key("path")
            json.string(entry.path.description)
            if entry.lfs != nil {
                json.key("lfs")
                json.pointer(of: entry, oidKey: "oid")
            }
            guard isExpanded else { return }
            if let commit = entry.lastCommit {
                json.key("lastCommit")
                json.object { json in
                    json.key("id")
                    json.string(commit.oid.hex)
                    json.key("title")
                    json.string(commit.title)
                    json.key("date")
                    json.date(commit.date)
                }
            }
            if !entry.isFolder {
                // Clients demand all three keys; nothing has scanned the file yet.
                json.key("securityFileStatus")
                json.literal(#"{"status":"unscanned","avScan":null,"pickleImportScan":null}"#)
            }
        }
    }

    /// What stands for a large file in git; `siblings` call the hash `sha256`, everything else `oid`.
    mutating func pointer(of entry: FileEntry, oidKey: StaticString) {
        guard let lfs = entry.lfs else { return null() }
        object { json in
            json.key(oidKey)
            json.string(lfs.oid.hex)
            json.key("size")
            json.integer(lfs.size)
            json.key("pointerSize")
            json.integer(entry.pointerSize)
        }
    }
}

extension String {
    var trimmingSlashes: String {
        var text = self[...]
        while text.hasPrefix("/") { text.removeFirst() }
        while text.hasSuffix("/") { text.removeLast() }
        return String(text)
    }
}

extension Response {
    /// JSON that is ready to send.
    init(json: ByteBuffer, status: HTTPResponse.Status = .ok) {
        self.init(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8", .contentLength: String(json.readableBytes)],
            body: .init(byteBuffer: json)
        )
    }
}
