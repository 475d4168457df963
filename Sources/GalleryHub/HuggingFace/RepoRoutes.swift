import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// The life of repositories: create, delete, move, duplicate, settings.
struct RepoRoutes {
    let repositories: Repositories
    let files: Files

    func add(to repos: RepoRouter) {
        let router = repos.router
        router.post("api/repos/create", use: create)
        router.delete("api/repos/delete", use: delete)
        router.post("api/repos/move", use: move)
        repos.api(.post, "/duplicate", use: duplicate)
        repos.api(.put, "/settings", use: settings)
        repos.api(.get, "/auth-check", use: checkReading)
        repos.api(.get, "/auth-check/write", use: checkWriting)
    }

    @Sendable private func create(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await request.json(CreateRepoRequest.self, context: context)
        let kind = try Self.kind(body.type)
        var name = body.name
        var owner = body.organization
        // Some clients send the full name.
        if owner == nil, let full = RepoName(name) { (owner, name) = (full.owner, full.name) }
        let new = NewRepository(
            kind: kind,
            owner: owner,
            name: name,
            visibility: try Visibility(hubWord: body.visibility, isPrivate: body.isPrivate),
            sdk: body.sdk
        )
        let created: Repository
        do {
            created = try await repositories.create(new, by: context.viewer)
        } catch RepositoryError.exists(let kind, let name) {
            let owner = name.owner.isEmpty ? owner ?? context.viewer.account?.name ?? "" : name.owner
            throw RepositoryError.exists(kind, name).problem(
                at: request.address(of: RepoName(owner: owner, name: name.name), kind, context)
            )
        }
        try await commit(body.files ?? [], to: created, by: context.viewer)
        return answer(created, request, context).warning(of: created)
    }

    /// The first files that JavaScript clients send along.
    private func commit(_ first: [CreateRepoRequest.File], to repo: Repository, by viewer: Viewer) async throws {
        guard !first.isEmpty else { return }
        var draft = try await files.draft(on: "main", of: repo.id, by: viewer)
        for file in first { try await draft.put(file.path, bytes: file.bytes()) }
        _ = try await files.commit(draft, title: "initial commit")
    }

    @Sendable private func delete(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await request.json(DeleteRepoRequest.self, context: context)
        let name = try Self.name(body.name, owner: body.organization, context.viewer)
        let location = try await repositories.locate(Self.kind(body.type), name, by: context.viewer)
        // A former name must not delete what bears another one today.
        guard !location.isMoved else { throw AccessError.notFound(to: context.viewer) }
        try await repositories.delete(location.id, by: context.viewer)
        return Response(json: ByteBuffer(string: "{}"))
    }

    @Sendable private func move(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await request.json(MoveRepoRequest.self, context: context)
        let from = try Self.name(body.fromRepo, owner: nil, context.viewer)
        let to = try Self.name(body.toRepo, owner: nil, context.viewer)
        let location = try await repositories.locate(Self.kind(body.type), from, by: context.viewer)
        return answer(try await repositories.move(location.id, to: to, by: context.viewer), request, context)
    }

    @Sendable private func duplicate(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(DuplicateRepoRequest.self, context: context)
        let name = try Self.name(body.repository, owner: nil, context.viewer)
        let visibility = try Visibility(hubWord: body.visibility, isPrivate: body.isPrivate)
        do {
            let copy = try await repositories.duplicate(repo.id, to: name, visibility: visibility, by: context.viewer)
            return answer(copy, request, context).warning(of: copy)
        } catch RepositoryError.exists(let kind, _) {
            throw RepositoryError.exists(kind, name).problem(at: request.address(of: name, kind, context))
        }
    }

    @Sendable private func settings(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        let body = try await request.json(RepoSettingsRequest.self, context: context)
        let changed = try await repositories.change(
            repo.id,
            RepositorySettings(
                visibility: Visibility(hubWord: body.visibility, isPrivate: body.isPrivate),
                gating: body.gating,
                discussionsDisabled: body.discussionsDisabled
            ),
            by: context.viewer
        )
        var json = JSONWriter(capacity: 128)
        json.object { json in
            json.key("private")
            json.boolean(changed.isPrivate)
            json.key("gated")
            json.literal(changed.gating.hubJSON)
        }
        return Response(json: json.buffer).warning(of: changed)
    }

    @Sendable private func checkReading(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        try await repositories.check(.readFiles, on: repo.id, by: context.viewer)
        return Response(json: ByteBuffer(string: "{}"))
    }

    @Sendable private func checkWriting(
        _ request: Request,
        context: GalleryContext,
        repo: RepoLocation
    ) async throws -> Response {
        try await repositories.check(.write, on: repo.id, by: context.viewer)
        return Response(json: ByteBuffer(string: "{}"))
    }

    private func answer(_ repo: Repository, _ request: Request, _ context: GalleryContext) -> Response {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            json.key("url")
            json.string(request.address(of: repo.name, repo.kind, context))
            json.key("name")
            json.string(repo.name.description)
            json.key("id")
            json.string(repo.id.rawValue)
        }
        return Response(json: json.buffer)
    }

    private static func kind(_ type: String?) throws -> RepoKind {
        guard let kind = RepoKind(hubType: type ?? "model") else {
            throw Problem.invalid("repository-type-unknown", "'type' must be one of model, dataset, space.")
        }
        return kind
    }

    /// `name` alone belongs to the owner given, or to the viewer.
    private static func name(_ text: String, owner: String?, _ viewer: Viewer) throws -> RepoName {
        if let full = RepoName(text), owner == nil { return full }
        guard !text.contains("/"), !text.isEmpty else {
            throw Problem.invalid("repository-name-invalid", "'\(text.prefix(200))' is not of the form owner/name.")
        }
        return RepoName(owner: try owner ?? viewer.mustBeSignedIn().name, name: text)
    }
}

extension RepositoryError {
    /// The client reads the address of what exists from the body: without it `exist_ok` fails.
    fileprivate func problem(at address: String) -> Problem {
        var problem = problem
        problem.members["url"] = address
        return problem
    }
}

extension Response {
    /// Tells clients why what they made public is private still; the form is that of `X-HF-Warning`.
    fileprivate func warning(of repo: Repository) -> Response {
        guard repo.awaitsPublication || repo.listing == .inReview else { return self }
        var response = self
        response.headers[.hubWarning] =
            repo.listing == .inReview
            ? "publishing; \(repo.name) is being reviewed and stays private until it is approved."
            : "publishing; \(repo.name) stays private until its publishing form is complete. Fill it in on the asset's page."
        return response
    }
}

extension HTTPField.Name {
    // swift-format-ignore: NeverForceUnwrap
    fileprivate static let hubWarning = HTTPField.Name("X-HF-Warning")!
}

extension Request {
    /// Where a repository is shown, at the host that the client used.
    func address(of name: RepoName, _ kind: RepoKind, _ context: GalleryContext) -> String {
        "\(origin(context))/\(kind.pathPrefix)\(name)"
    }
}

extension Gating {
    /// As the hub says it: `false`, `"auto"` or `"manual"`.
    var hubJSON: String {
        switch self {
        case .off: "false"
        case .automatic: "\"auto\""
        case .manual: "\"manual\""
        }
    }
}
