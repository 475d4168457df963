import GalleryBlobs
import GalleryModel
import GalleryServing
import GitObjects
import HTTPTypes
import Hummingbird
import NIOCore

/// The bytes of files: `resolve` for what a file is, `raw` for what git stores.
struct ResolveRoutes {
    let files: Files
    let content: Content
    let counters: EventCounter

    func add(to router: Router<GalleryContext>) {
        for kind in RepoKind.allCases {
            let base = "\(kind.pathPrefix):owner/:name"
            router.get("\(base)/resolve/:rev/**") { request, context in
                try await resolve(request, context, kind, isRaw: false)
            }
            router.get("\(base)/raw/:rev/**") { request, context in
                try await resolve(request, context, kind, isRaw: true)
            }
        }
        router.get("api/resolve-cache/:plural/:owner/:name/:rev/**") { request, context in
            guard let kind = RepoKind(plural: try context.segment("plural")) else { throw HTTPError(.notFound) }
            return try await resolve(request, context, kind, isRaw: false)
        }
        // Clients ask for `name/resolve/…` where the namespace is missing.
        router.get(":owner/resolve/:rev/**") { _, context -> Response in throw AccessError.notFound(to: context.viewer)
        }
    }

    private func resolve(
        _ request: Request,
        _ context: GalleryContext,
        _ kind: RepoKind,
        isRaw: Bool
    ) async throws -> Response {
        let name = try RepoName(owner: context.segment("owner"), name: context.segment("name"))
        let lookup = try await files.lookUp(
            context.remainingPath(),
            at: context.segment("rev"),
            kind: kind,
            name: name,
            by: context.viewer
        )
        switch lookup {
        case .moved(let name):
            return request.redirect(to: name, ownerIndex: kind.pathPrefix.isEmpty ? 0 : 1)
        case .found(let file):
            return try await answer(request, context, file, isRaw: isRaw)
        }
    }

    private func answer(
        _ request: Request,
        _ context: GalleryContext,
        _ file: ResolvedFile,
        isRaw: Bool
    ) async throws -> Response {
        let entry = file.entry
        let pointer = isRaw ? entry.lfs?.bytes : nil
        let size = pointer?.count ?? Int(entry.size)
        let response = FileResponse(
            size: size,
            tag: EntityTag(pointer == nil ? entry.etag : entry.oid.hex),
            contentType: MediaType.ofFile(named: entry.path.lastPart),
            disposition: ContentDisposition(
                try request.query().truth("download") ? .attachment : .inline,
                fileName: entry.path.lastPart
            ),
            headers: [.repoCommit: file.commit.hex]
        )
        return try await response.answer(request, context) { range in
            await counters.count(.download, of: file.facts.id, by: context.viewer, at: context.clientAddress)
            if let pointer { return .bytes(ByteBuffer(bytes: pointer[range])) }
            guard let digest = entry.content ?? entry.lfs?.oid else {
                return .bytes(ByteBuffer(bytes: try await files.bytes(of: file)[range]))
            }
            let reader = try await content.reader(of: digest)
            guard let pieces = reader.pieces(range) else { return .sequence(reader.stream(range)) }
            return .pieces(pieces)
        }
    }
}

extension HTTPField.Name {
    // swift-format-ignore: NeverForceUnwrap
    static let repoCommit = HTTPField.Name("X-Repo-Commit")!
}
