import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import GitObjects
import Hummingbird

/// `/tree/REV/PATH`: the files of a version.
struct FolderPages: Sendable {
    let base: AssetPages
    private static let rows = 500

    func add(to router: some RouterMethods<GalleryContext>) {
        base.get("/tree/:rev", router) { request, context, asset in try await show("", request, context, asset) }
        base.get("/tree/:rev/**", router) { request, context, asset in
            try await show(context.remainingPath(), request, context, asset)
        }
        base.get("/tree", router) { request, context, asset in
            base.pages.redirect(to: "\(asset.path)/tree/main", request, context)
        }
        base.get("/files", router) { request, context, asset in
            base.pages.redirect(to: "\(asset.path)/tree/main", request, context)
        }
    }

    private func show(
        _ folder: String,
        _ request: Request,
        _ context: GalleryContext,
        _ asset: Asset
    ) async throws -> Response {
        let (viewer, files, now) = (context.viewer, base.assets.files, base.assets.world.now())
        let revision = try context.segment("rev")
        let head = try await base.head(of: asset, .files, request, context)
        guard asset.may(.readFiles) else {
            return try await base.answerLocked(asset, head, request, context)
        }
        if try !folder.isEmpty && RevisionPicker.brought(request),
            try await files.entries(at: [folder], revision: revision, of: asset.id, withLastCommit: false, by: viewer)
                .entries.isEmpty
        {
            let flash = context.say("asset.revision.without", ["path": folder, "revision": revision])
            let path = "\(asset.path)/tree/\(PercentEncoding.encode(revision))"
            return base.pages.redirect(to: path, flash: flash, tone: .warning, request, context)
        }
        let (_, entry) = try await files.entry(at: folder, revision: revision, of: asset.id, by: viewer)
        let rest = folder.isEmpty ? "" : "/" + AssetAddress.escaped(folder)
        if let entry, !entry.isFolder {
            let path = "\(asset.path)/blob/\(PercentEncoding.encode(revision))\(rest)"
            return base.pages.redirect(to: path, request, context)
        }
        let cursor = try request.query()["cursor"]
        let tree = try await files.tree(
            folder,
            revision: revision,
            of: asset.id,
            withLastCommit: true,
            cursor: cursor,
            limit: Self.rows,
            by: viewer
        )
        let history = try await files.history(of: asset.id, from: revision, limit: 1, by: viewer)
        let references = try await files.references(of: asset.id, by: viewer)
        let isBranch = references.branches.contains { $0.shortName == revision }
        let mayEdit = asset.may(.write) && isBranch
        let escaped = PercentEncoding.encode(revision)
        let listing = FolderListing(tree, asset: asset, revision: escaped, mayEdit: mayEdit, now: now, context)
        let page = FolderPage(
            head: head,
            picker: RevisionPicker(references, current: revision, base: asset.path, page: "tree", suffix: rest),
            trail: PathTrail(folder, asset: asset, revision: revision),
            last: history.commits.first.map { CommitLine($0, of: asset, now: now, context) },
            commitCount: context.say("asset.commits", count: history.total),
            commitsPath: "\(asset.path)/commits/\(escaped)",
            comparePath: "\(asset.path)/compare?to=\(escaped)",
            parentPath: folder.isEmpty
                ? nil
                : "\(asset.path)/tree/\(escaped)"
                    + (GitPath(folder).parent.map { $0.isRoot ? "" : "/" + AssetAddress.escaped($0.text) } ?? ""),
            rows: listing.rows,
            newPath: mayEdit ? "\(asset.path)/new/\(escaped)\(rest)" : nil,
            uploadPath: mayEdit && base.parts.hasUpload ? "\(asset.path)/upload/\(escaped)\(rest)" : nil,
            nextPath: tree.next.map { "\(request.uri.path)?cursor=\(PercentEncoding.encode($0))" },
            download: AssetSnippets.use(asset, origin: request.origin(context)).first?.code ?? "",
            archivePath: "\(asset.path)/archive/\(escaped)",
            mayEdit: mayEdit,
            notes: folder.isEmpty ? try await base.notes(on: asset, at: revision, request, context) : ""
        )
        let title = folder.isEmpty ? context.say("asset.tab.files") : folder
        return try await base.answer(page, of: asset, title: title, request, context)
    }
}

/// The rows of a folder.
struct FolderListing: Sendable {
    struct Row: Sendable {
        let name: String
        let path: String
        let icon: String
        let isFolder: Bool
        let size: String?
        let isLarge: Bool
        let change: String?
        let changePath: String?
        let moment: Moment?
        let downloadPath: String?
        let deletePath: String?
    }

    let rows: [Row]

    init(
        _ tree: TreePage,
        asset: Asset,
        revision: String,
        mayEdit: Bool,
        now: Date,
        _ context: GalleryContext
    ) {
        // Folders first, as people look for them.
        let entries = tree.entries.filter(\.isFolder) + tree.entries.filter { !$0.isFolder }
        rows = entries.map { entry in
            let rest = "/\(revision)/\(AssetAddress.escaped(entry.path.text))"
            return Row(
                name: entry.path.lastPart,
                path: "\(asset.path)/\(entry.isFolder ? "tree" : "blob")\(rest)",
                icon: entry.isFolder ? "folder" : "file",
                isFolder: entry.isFolder,
                size: entry.isFolder ? nil : context.formats.bytes(entry.size),
                isLarge: entry.lfs != nil,
                change: entry.lastCommit?.title,
                changePath: entry.lastCommit.map { "\(asset.path)/commit/\($0.oid.hex)" },
                moment: entry.lastCommit.map { context.formats.moment($0.date, now: now) },
                downloadPath: entry.isFolder ? nil : "\(asset.path)/resolve\(rest)?download=true",
                deletePath: mayEdit ? "\(asset.path)/delete\(rest)" : nil
            )
        }
    }
}

struct FolderPage: Page {
    static let template = "assets/folder"

    let head: AssetHead
    let picker: RevisionPicker
    let trail: PathTrail
    let last: CommitLine?
    let commitCount: String
    let commitsPath: String
    let comparePath: String
    let parentPath: String?
    let rows: [FolderListing.Row]
    let newPath: String?
    let uploadPath: String?
    let nextPath: String?
    let download: String
    let archivePath: String
    let mayEdit: Bool
    let notes: String
}

/// Instead of files that the viewer has no access to yet.
struct LockedPage: Page {
    static let template = "assets/locked"

    let head: AssetHead
    let heading: String
    let how: String
    let applyPath: String?

    init(head: AssetHead, _ asset: Asset, _ context: GalleryContext) {
        self.head = head
        applyPath = (asset.lock ?? .gated) == .gated ? "\(asset.path)/apply" : nil
        (heading, how) = AssetLock.words(asset.lock ?? .gated, context)
    }
}

/// Why files are not given out, in words.
enum AssetLock {
    static func words(_ lock: Asset.Lock, _ context: GalleryContext) -> (heading: String, how: String) {
        switch lock {
        case .gated: (context.say("asset.locked"), context.say("asset.locked.how"))
        case .codeClosed: (context.say("asset.closed"), context.say("asset.closed.how"))
        case .unsubscribed: (context.say("asset.unsubscribed"), context.say("asset.unsubscribed.how"))
        }
    }

    static func note(_ asset: Asset, _ context: GalleryContext) -> String? {
        switch asset.lock {
        case .codeClosed: context.say("asset.closed.how")
        case .unsubscribed: context.say("asset.unsubscribed.how")
        case .gated: nil
        case nil: asset.isKept ? context.say("asset.kept") : nil
        }
    }
}
