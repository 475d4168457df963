import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import GitObjects
import HTTPTypes
import Hummingbird

/// `/edit/REV/PATH`, `/new/REV/FOLDER`, `/delete/REV/PATH`: texts changed in the browser, each change a commit.
struct EditPages: Sendable {
    let base: AssetPages

    func add(to router: some RouterMethods<GalleryContext>) {
        base.get("/edit/:rev/**", router) { request, context, asset in try await edit(request, context, asset) }
        base.post("/edit/:rev/**", router) { request, context, asset in try await save(request, context, asset) }
        base.get("/new/:rev", router) { request, context, asset in try await begin(request, context, asset) }
        base.get("/new/:rev/**", router) { request, context, asset in try await begin(request, context, asset) }
        base.post("/new/:rev", router) { request, context, asset in try await create(request, context, asset) }
        base.post("/new/:rev/**", router) { request, context, asset in try await create(request, context, asset) }
        base.get("/delete/:rev/**", router) { request, context, asset in try await ask(request, context, asset) }
        base.post("/delete/:rev/**", router) { request, context, asset in try await delete(request, context, asset) }
    }

    // MARK: Editing

    private func edit(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        try asset.demand(.write, of: context.viewer)
        let (branch, path) = (try context.segment("rev"), try context.remainingPath())
        let (text, file) = try await base.assets.editableText(at: path, on: branch, of: asset, by: context.viewer)
        let form = EditForm(path: path, text: text, base: file.hex)
        return try await answer(form, branch: branch, request, context, asset)
    }

    private func save(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let (branch, path) = (try context.segment("rev"), try context.remainingPath())
        var form = EditForm(try await base.pages.form(request, context))
        form.path = path
        return try await commit(form, branch: branch, request, context, asset)
    }

    // MARK: New files

    private func begin(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        try asset.demand(.write, of: context.viewer)
        let folder = try context.remainingPath()
        let name = try request.query()["name"] ?? ""
        let form = EditForm(path: (folder.isEmpty ? "" : folder + "/") + name, text: "", base: "", isNew: true)
        return try await answer(form, branch: try context.segment("rev"), request, context, asset)
    }

    private func create(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        var form = EditForm(try await base.pages.form(request, context))
        form.isNew = true
        form.path = form.path.trimmingCharacters(in: .whitespacesAndNewlines)
        return try await commit(form, branch: try context.segment("rev"), request, context, asset)
    }

    private func commit(
        _ form: EditForm,
        branch: String,
        _ request: Request,
        _ context: GalleryContext,
        _ asset: Asset
    ) async throws -> Response {
        var form = form
        do {
            let saved = try await base.assets.save(form.edited, on: branch, of: asset, by: context.viewer)
            switch saved {
            case .saved, .unchanged:
                let place = "\(asset.path)/blob/\(PercentEncoding.encode(branch))/\(AssetAddress.escaped(form.path))"
                let key = saved == .unchanged ? "asset.unchanged" : "asset.saved"
                return base.pages.redirect(
                    to: place,
                    flash: context.say(key, ["name": form.path]),
                    request,
                    context
                )
            case .conflict(let base, let patch):
                if form.isNew, base != nil {
                    form.pathError = context.say("asset.exists")
                } else {
                    form.base = base?.hex ?? ""
                    form.conflict = PatchText(patch).html
                }
                return try await answer(form, branch: branch, status: .conflict, request, context, asset)
            }
        } catch let error as any DomainError where [.unprocessable, .tooLarge].contains(error.problem.kind) {
            form.pathError = context.say(error.problem)
            return try await answer(form, branch: branch, status: .unprocessableContent, request, context, asset)
        }
    }

    private func answer(
        _ form: EditForm,
        branch: String,
        status: HTTPResponse.Status = .ok,
        _ request: Request,
        _ context: GalleryContext,
        _ asset: Asset
    ) async throws -> Response {
        let references = try await base.assets.files.references(of: asset.id, by: context.viewer)
        guard references.branches.contains(where: { $0.shortName == branch }) else { throw AssetError.noBranch(branch) }
        let escaped = PercentEncoding.encode(branch)
        let name = GitPath(form.path).lastPart
        let back =
            form.isNew
            ? "\(asset.path)/tree/\(escaped)" : "\(asset.path)/blob/\(escaped)/\(AssetAddress.escaped(form.path))"
        let page = EditPage(
            head: try await base.head(of: asset, .files, request, context),
            trail: PathTrail(form.isNew ? "" : form.path, asset: asset, revision: branch),
            action: request.uri.path,
            branch: branch,
            isNew: form.isNew,
            path: form.path,
            pathError: form.pathError,
            text: form.text,
            base: form.base,
            commitTitle: form.title,
            placeholder: form.isNew
                ? context.say("asset.commit.create") : context.say("asset.commit.update", ["name": name]),
            commitDescription: form.description,
            conflict: form.conflict,
            cancelPath: back
        )
        let title = context.say(form.isNew ? "asset.newFile" : "asset.edit")
        return try await base.answer(page, of: asset, title: title, status: status, request, context)
    }

    // MARK: Deleting

    private func ask(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        try asset.demand(.write, of: context.viewer)
        let (branch, path) = (try context.segment("rev"), try context.remainingPath())
        let files = base.assets.files
        let (commit, entry) = try await files.entry(at: path, revision: branch, of: asset.id, by: context.viewer)
        guard let entry else { throw FilesError.unknownEntry(path: path, commit: commit) }
        let page = DeletePage(
            head: try await base.head(of: asset, .files, request, context),
            action: request.uri.path,
            path: path,
            branch: branch,
            isFolder: entry.isFolder,
            size: entry.isFolder ? nil : context.formats.bytes(entry.size),
            placeholder: context.say("asset.commit.delete", ["name": GitPath(path).lastPart]),
            cancelPath:
                "\(asset.path)/\(entry.isFolder ? "tree" : "blob")/\(PercentEncoding.encode(branch))/\(AssetAddress.escaped(path))"
        )
        return try await base.answer(page, of: asset, title: context.say("asset.delete"), request, context)
    }

    private func delete(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let (branch, path) = (try context.segment("rev"), try context.remainingPath())
        let form = try await base.pages.form(request, context)
        _ = try await base.assets.delete(path, title: form["title"] ?? "", on: branch, of: asset, by: context.viewer)
        let folder = GitPath(path).parent.map { $0.isRoot ? "" : "/" + AssetAddress.escaped($0.text) } ?? ""
        // The folder goes with its last file.
        let isThere =
            try await base.assets.files
            .entry(at: GitPath(path).parent?.text ?? "", revision: branch, of: asset.id, by: context.viewer).entry
            != nil
        return base.pages.redirect(
            to: "\(asset.path)/tree/\(PercentEncoding.encode(branch))\(isThere ? folder : "")",
            flash: context.say("asset.deleted", ["name": path]),
            request,
            context
        )
    }
}

/// The fields of an editor.
struct EditForm: Sendable {
    var path: String
    var text: String
    var base: String
    var title = ""
    var description = ""
    var isNew = false
    var pathError: String?
    /// How the text of others leads to this one.
    var conflict: String?

    init(path: String, text: String, base: String, isNew: Bool = false) {
        self.path = path
        self.text = text
        self.base = base
        self.isNew = isNew
    }

    init(_ fields: QueryParameters) {
        path = fields["path"] ?? ""
        text = fields["text"] ?? ""
        base = fields["base"] ?? ""
        title = fields["title"] ?? ""
        description = fields["description"] ?? ""
    }

    var edited: EditedFile {
        EditedFile(path: path, text: text, base: GitOID(base), title: title, description: description)
    }
}

struct EditPage: Page {
    static let template = "assets/edit"

    let head: AssetHead
    let trail: PathTrail
    let action: String
    let branch: String
    let isNew: Bool
    let path: String
    let pathError: String?
    let text: String
    let base: String
    let commitTitle: String
    let placeholder: String
    let commitDescription: String
    let conflict: String?
    let cancelPath: String
}

struct DeletePage: Page {
    static let template = "assets/delete"

    let head: AssetHead
    let action: String
    let path: String
    let branch: String
    let isFolder: Bool
    let size: String?
    let placeholder: String
    let cancelPath: String
}

extension Asset {
    /// Throws where the viewer may not, so that no form is shown that would be refused.
    func demand(_ action: RepoAction, of viewer: Viewer) throws {
        guard !may(action) else { return }
        _ = try viewer.mustBeSignedIn()
        throw Problem.notYours
    }
}
