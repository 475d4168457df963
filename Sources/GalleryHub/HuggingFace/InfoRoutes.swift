import GalleryModel
import GalleryServing
import GitObjects
import Hummingbird
import NIOCore

/// What one repository is: facts, card and list of files.
struct InfoRoutes {
    let repositories: Repositories
    let files: Files
    private let siblings = LRUCache<Siblings, ByteBuffer>(limit: 32 << 20)

    /// Which list of files was made before; commits never change.
    private struct Siblings: Hashable, Sendable {
        var repo: RepoID
        var commit: GitOID
        var withBlobs: Bool
    }

    init(repositories: Repositories, files: Files) {
        self.repositories = repositories
        self.files = files
    }

    func add(to repos: RepoRouter) {
        repos.api(.get, "", use: info)
        repos.api(.get, "/revision/:rev", use: info)
    }

    @Sendable private func info(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let query = try request.query()
        let chosen = try RepoProperty.chosen(query.values("expand"))
        let withBlobs = try query.truth("blobs")
        let properties = chosen ?? RepoProperty.standard
        let details = try await repositories.details(of: repo.id, by: context.viewer)
        var description = RepoDescription(details: details, commit: details.repository.head)
        if context.parameters["rev"] != nil {
            description.commit = try await files.resolve(context.segment("rev"), of: repo.id, by: context.viewer).commit
        }
        if properties.contains(.siblings), let commit = description.commit {
            description.siblings = try await list(
                Siblings(repo: repo.id, commit: commit, withBlobs: withBlobs),
                by: context.viewer
            )
        }
        var json = JSONWriter(capacity: 2048 + (description.siblings?.readableBytes ?? 0))
        description.write(properties, areChosen: chosen != nil, to: &json)
        return Response(json: json.buffer)
    }

    private func list(_ key: Siblings, by viewer: Viewer) async throws -> ByteBuffer {
        if let known = siblings[key] { return known }
        // A long list is no work for an event loop.
        return try await withTaskExecutorPreference(globalConcurrentExecutor) { try await newList(key, by: viewer) }
    }

    private func newList(_ key: Siblings, by viewer: Viewer) async throws -> ByteBuffer {
        var json = JSONWriter(capacity: 4096)
        var pages: [TreePage] = []
        repeat {
            pages.append(
                try await files.tree(
                    revision: key.commit.hex,
                    of: key.repo,
                    recursive: true,
                    cursor: pages.last?.next,
                    limit: 10_000,
                    by: viewer
                )
            )
        } while pages.last?.next != nil
        json.array { json in
            for entry in pages.lazy.flatMap(\.entries) where !entry.isFolder {
                json.sibling(entry, withBlob: key.withBlobs)
            }
        }
        siblings.set(key, to: json.buffer, cost: json.buffer.readableBytes)
        return json.buffer
    }
}

extension JSONWriter {
    fileprivate mutating func sibling(_ entry: FileEntry, withBlob: Bool) {
        object { json in
            json.key("rfilename")
            json.string(entry.path.description)
            guard withBlob else { return }
            json.key("size")
            json.integer(entry.size)
            json.key("blobId")
            json.string(entry.oid.hex)
            if entry.lfs != nil {
                json.key("lfs")
                json.pointer(of: entry, oidKey: "sha256")
            }
        }
    }
}
