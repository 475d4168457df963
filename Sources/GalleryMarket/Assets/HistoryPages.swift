import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import GitObjects
import Hummingbird
import RichText

/// `/commits/REV`, `/commit/OID`, `/compare/A..B`: what changed, when, and by whom.
struct HistoryPages: Sendable {
    let base: AssetPages
    private static let rows = 50

    func add(to router: some RouterMethods<GalleryContext>) {
        base.get("/commits/:rev", router) { request, context, asset in try await list(request, context, asset) }
        base.get("/commit/:rev", router) { request, context, asset in try await commit(request, context, asset) }
        base.get("/compare", router) { request, context, asset in try await choose(request, context, asset) }
        base.get("/compare/:rev", router) { request, context, asset in try await compare(request, context, asset) }
    }

    private func list(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let (files, now) = (base.assets.files, base.assets.world.now())
        let revision = try context.segment("rev")
        let history = try await files.history(
            of: asset.id,
            from: revision,
            cursor: try request.query()["cursor"],
            limit: Self.rows,
            by: context.viewer
        )
        let references = try await files.references(of: asset.id, by: context.viewer)
        let page = HistoryPage(
            head: try await base.head(of: asset, .files, request, context),
            picker: RevisionPicker(references, current: revision, base: asset.path, page: "commits", suffix: ""),
            count: context.say("asset.commits", count: history.total),
            commits: history.commits.map { CommitLine($0, of: asset, now: now, context) },
            treePath: "\(asset.path)/tree/\(PercentEncoding.encode(revision))",
            nextPath: history.next.map { "\(request.uri.path)?cursor=\($0)" }
        )
        return try await base.answer(page, of: asset, title: context.say("asset.history"), request, context)
    }

    private func commit(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let (files, now) = (base.assets.files, base.assets.world.now())
        let summary = try await files.commit(try context.segment("rev"), of: asset.id, by: context.viewer)
        let message = summary.message.dropFirst(summary.title.count).trimmingCharacters(in: .whitespacesAndNewlines)
        let page = CommitPageValues(
            head: try await base.head(of: asset, .files, request, context),
            line: CommitLine(summary, of: asset, now: now, context),
            oid: summary.oid.hex,
            message: message.isEmpty ? nil : message,
            treePath: "\(asset.path)/tree/\(summary.oid.hex)",
            parent: summary.parent.map { String($0.hex.prefix(8)) },
            parentPath: summary.parent.map { "\(asset.path)/commit/\($0.hex)" },
            notes: try await base.notes(on: asset, at: summary.oid.hex, isChange: true, request, context),
            difference: try await difference(from: nil, to: summary.oid.hex, request, context, asset)
        )
        return try await base.answer(page, of: asset, title: summary.title, request, context)
    }

    /// The form that names two revisions.
    private func choose(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let query = try request.query()
        if let from = query["from"], let to = query["to"], !from.isEmpty, !to.isEmpty {
            let range = PercentEncoding.encode("\(from)..\(to)")
            return base.pages.redirect(to: "\(asset.path)/compare/\(range)", request, context)
        }
        return try await answer(from: query["from"] ?? "main", to: query["to"] ?? "main", nil, request, context, asset)
    }

    private func compare(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let text = try context.segment("rev")
        guard let dots = text.firstRange(of: "..") else { throw AssetError.badComparison }
        var to = text[dots.upperBound...]
        // Three dots, as other sites have them, mean the same here.
        if to.first == "." { to.removeFirst() }
        let from = String(text[..<dots.lowerBound])
        guard !from.isEmpty, !to.isEmpty else { throw AssetError.badComparison }
        let difference = try await difference(from: from, to: String(to), request, context, asset)
        return try await answer(from: from, to: String(to), difference, request, context, asset)
    }

    private func answer(
        from: String,
        to: String,
        _ difference: DifferencePart?,
        _ request: Request,
        _ context: GalleryContext,
        _ asset: Asset
    ) async throws -> Response {
        let references = try await base.assets.files.references(of: asset.id, by: context.viewer)
        let page = ComparePage(
            head: try await base.head(of: asset, .files, request, context),
            formPath: "\(asset.path)/compare",
            from: from,
            to: to,
            names: (references.branches + references.tags).prefix(500).map(\.shortName),
            difference: difference
        )
        return try await base.answer(page, of: asset, title: context.say("asset.compare"), request, context)
    }

    private func difference(
        from: String?,
        to: String,
        _ request: Request,
        _ context: GalleryContext,
        _ asset: Asset
    ) async throws -> DifferencePart? {
        guard asset.may(.readFiles) else { return nil }
        let difference = try await base.assets.files.difference(from: from, to: to, of: asset.id, by: context.viewer)
        return DifferencePart(difference, of: asset, context)
    }
}

struct HistoryPage: Page {
    static let template = "assets/history"

    let head: AssetHead
    let picker: RevisionPicker
    let count: String
    let commits: [CommitLine]
    let treePath: String
    let nextPath: String?
}

struct CommitPageValues: Page {
    static let template = "assets/commit"

    let head: AssetHead
    let line: CommitLine
    let oid: String
    let message: String?
    let treePath: String
    let parent: String?
    let parentPath: String?
    let notes: String
    let difference: DifferencePart?
}

struct ComparePage: Page {
    static let template = "assets/compare"

    let head: AssetHead
    let formPath: String
    let from: String
    let to: String
    let names: [String]
    let difference: DifferencePart?
}

/// Files that differ between two versions: `templates/assets/difference.mustache`.
struct DifferencePart: Sendable {
    struct File: Sendable {
        let name: String
        let path: String?
        let anchor: String
        let tone: String
        let state: String
        let added: String?
        let removed: String?
        let rows: String?
        let note: String?
    }

    let summary: String
    let files: [File]
    let isSame: Bool
    let isCut: Bool
    private static let maximumBytes = 3 << 20

    init(_ difference: VersionDifference, of asset: Asset, _ context: GalleryContext) {
        var budget = Self.maximumBytes
        var files: [File] = []
        var (added, removed) = (0, 0)
        for (index, file) in difference.files.enumerated() {
            let patch = PatchText(file.patch)
            added += patch.added
            removed += patch.removed
            budget -= patch.html.utf8.count
            files.append(Self.file(file, patch, index, isShown: budget > 0, at: difference.to, asset, context))
        }
        self.files = files
        isSame = files.isEmpty
        isCut = difference.isCut
        let formats = context.formats
        summary = context.say(
            "asset.diff.summary",
            count: files.count,
            ["added": formats.number(added), "removed": formats.number(removed)]
        )
    }

    private static func file(
        _ file: FileDifference,
        _ patch: PatchText,
        _ index: Int,
        isShown: Bool,
        at commit: GitOID,
        _ asset: Asset,
        _ context: GalleryContext
    ) -> File {
        let (tone, state) =
            switch (file.old, file.new) {
            case (nil, _): ("positive", context.say("asset.diff.added"))
            case (_, nil): ("danger", context.say("asset.diff.removed"))
            default: ("neutral", context.say("asset.diff.changed"))
            }
        let isLarge = file.old?.lfs != nil || file.new?.lfs != nil
        let formats = context.formats
        var note: String?
        if isLarge || patch.isBinary {
            let sizes = [file.old, file.new].map { $0.map { formats.bytes($0.size) } ?? "—" }
            note = context.say(
                isLarge ? "asset.diff.large" : "asset.diff.binary",
                ["old": sizes[0], "new": sizes[1]]
            )
        } else if !isShown {
            note = context.say("asset.diff.unshown")
        } else if patch.isCut {
            note = context.say("asset.diff.cut")
        } else if patch.html.isEmpty {
            note = context.say("asset.diff.mode")
        }
        let hasRows = !isLarge && !patch.isBinary && isShown && !patch.html.isEmpty
        return File(
            name: file.path.text,
            path: file.new.map { _ in "\(asset.path)/blob/\(commit.hex)/\(AssetAddress.escaped(file.path.text))" },
            anchor: "diff-\(index + 1)",
            tone: tone,
            state: state,
            added: hasRows && patch.added > 0 ? formats.number(patch.added) : nil,
            removed: hasRows && patch.removed > 0 ? formats.number(patch.removed) : nil,
            rows: hasRows ? patch.html : nil,
            note: note
        )
    }
}
