import FileFormats
import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import GitObjects
import Hummingbird
import RichText

/// `/blob/REV/PATH`: one file and what can be shown of it.
struct FilePages: Sendable {
    let base: AssetPages

    func add(to router: some RouterMethods<GalleryContext>) {
        base.get("/blob/:rev/**", router) { request, context, asset in try await show(request, context, asset) }
    }

    private func show(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let (viewer, assets, now) = (context.viewer, base.assets, base.assets.world.now())
        let (revision, path) = (try context.segment("rev"), try context.remainingPath())
        let head = try await base.head(of: asset, .files, request, context)
        guard asset.may(.readFiles) else {
            return try await base.answerLocked(asset, head, request, context)
        }
        let escaped = PercentEncoding.encode(revision)
        let rest = "/\(escaped)/\(AssetAddress.escaped(path))"
        let tree = try await assets.files.entries(
            at: [path],
            revision: revision,
            of: asset.id,
            withLastCommit: true,
            by: viewer
        )
        if tree.entries.isEmpty, try RevisionPicker.brought(request) {
            let flash = context.say("asset.revision.without", ["path": path, "revision": revision])
            return base.pages.redirect(
                to: "\(asset.path)/tree/\(escaped)",
                flash: flash,
                tone: .warning,
                request,
                context
            )
        }
        if tree.entries.first?.isFolder == true {
            return base.pages.redirect(to: "\(asset.path)/tree\(rest)", request, context)
        }
        let query = try request.query()
        let isSource = query["view"] == "source"
        let file = try await assets.file(
            at: path,
            revision: revision,
            of: asset,
            isSource: isSource,
            isWhole: query["lines"] == "all",
            by: viewer
        )
        let references = try await assets.files.references(of: asset.id, by: viewer)
        let isBranch = references.branches.contains { $0.shortName == revision }
        let entry = file.entry
        let mayEdit = asset.may(.write) && isBranch
        let isEditable = mayEdit && file.isText && entry.lfs == nil && entry.size <= Int64(Assets.editLimit)
        let isReadme = path == Assets.readme && revision == "main"
        let page = FilePage(
            head: head,
            picker: RevisionPicker(
                references,
                current: revision,
                base: asset.path,
                page: "blob",
                suffix: "/" + AssetAddress.escaped(path)
            ),
            trail: PathTrail(path, asset: asset, revision: revision),
            fullPath: path,
            last: tree.entries.first?.lastCommit.map { CommitLine($0, of: asset, now: now, context) },
            size: context.formats.bytes(entry.size),
            sha256: entry.lfs?.oid.hex,
            downloadPath: "\(asset.path)/resolve\(rest)?download=true",
            rawPath: file.isText ? "\(asset.path)/resolve\(rest)" : nil,
            editPath: isEditable ? (isReadme ? "\(asset.path)/introduction" : "\(asset.path)/edit\(rest)") : nil,
            deletePath: mayEdit ? "\(asset.path)/delete\(rest)" : nil,
            permanentPath: GitOID(revision) == nil
                ? "\(asset.path)/blob/\(file.file.commit.hex)/\(AssetAddress.escaped(path))" : nil,
            views: views(of: file, isSource: isSource, path: "\(asset.path)/blob\(rest)", context),
            shown: FilePreviewPart(
                file,
                sourcePath: "\(asset.path)/resolve\(rest)",
                wholePath: "\(asset.path)/blob\(rest)?lines=all\(isSource ? "&view=source" : "")",
                context
            )
        )
        return try await base.answer(page, of: asset, title: path, request, context)
    }

    /// Two ways to look at what has a form and a source.
    private func views(
        of file: AssetFile,
        isSource: Bool,
        path: String,
        _ context: GalleryContext
    ) -> [FilePage.View] {
        let ending = file.entry.path.lastPart.lowercased().split(separator: ".").last.map(String.init) ?? ""
        guard ["md", "markdown", "ipynb", "csv", "tsv", "jsonl", "ndjson", "svg"].contains(ending),
            file.entry.size <= Assets.previewLimit
        else { return [] }
        return [
            FilePage.View(text: context.say("asset.view.shown"), path: path, isCurrent: !isSource),
            FilePage.View(text: context.say("asset.view.source"), path: path + "?view=source", isCurrent: isSource),
        ]
    }
}

struct FilePage: Page {
    static let template = "assets/file"

    struct View {
        let text: String
        let path: String
        let isCurrent: Bool
    }

    let head: AssetHead
    let picker: RevisionPicker
    let trail: PathTrail
    let fullPath: String
    let last: CommitLine?
    let size: String
    let sha256: String?
    let downloadPath: String
    let rawPath: String?
    let editPath: String?
    let deletePath: String?
    let permanentPath: String?
    let views: [View]
    let shown: FilePreviewPart
}

/// What is shown of a file, each kind in a section of its own: `templates/assets/preview.mustache`.
struct FilePreviewPart: Sendable {
    struct Cell: Sendable {
        let prose: String?
        let code: String?
        let raw: String?
        let count: String?
        let outputs: [Output]
    }

    struct Output: Sendable {
        let html: String
        let isError: Bool
    }

    struct TensorRow: Sendable {
        let name: String
        let type: String
        let shape: String
        let parameters: String
    }

    struct Fact: Sendable {
        let name: String
        let value: String
    }

    struct Tensors: Sendable {
        let format: String
        let summary: String
        let types: [Fact]
        let facts: [Fact]
        let hasFacts: Bool
        let rows: [TensorRow]
        let more: String?
    }

    struct Table: Sendable {
        let columns: [String]
        let rows: [[String]]
        let isCut: Bool
    }

    struct Columns: Sendable {
        let summary: String
        let columns: [Fact]
    }

    var lines: String?
    var wholePath: String?
    var encoding: String?
    var markdown: String?
    var notebook: [Cell] = []
    var isNotebook = false
    var hasMath = false
    var table: Table?
    var tensors: Tensors?
    var columns: Columns?
    var image: String?
    var alt = ""
    var message: String?

    private static let maximumTensors = 2000

    init(_ file: AssetFile, sourcePath: String, wholePath: String, _ context: GalleryContext) {
        let formats = context.formats
        switch file.preview {
        case .text(let lines, let isCut, let encoding):
            self.lines = Self.html(of: lines)
            self.wholePath = isCut ? wholePath : nil
            self.encoding = encoding == .utf8 ? nil : encoding.rawValue
        case .markdown(let text):
            markdown = text.html
            hasMath = text.hasMath
        case .notebook(let notebook):
            isNotebook = true
            self.notebook = notebook.cells.map(Self.cell)
            hasMath = notebook.cells.contains(where: \.hasMath)
        case .table(let head):
            table = Table(columns: head.columns, rows: head.rows, isCut: head.isCut)
        case .tensors(let file, let format):
            tensors = Self.tensors(of: file, format, context)
        case .columns(let schema):
            columns = Columns(
                summary: context.say(
                    "asset.columns.summary",
                    [
                        "rows": formats.number(schema.rows), "columns": formats.number(schema.columns.count),
                    ]
                ),
                columns: schema.columns.prefix(Self.maximumTensors).map { Fact(name: $0.name, value: $0.type) }
            )
        case .image:
            image = sourcePath
            alt = file.entry.path.lastPart
        case .empty:
            message = context.say("asset.preview.empty")
        case .tooLarge(let limit):
            message = context.say("asset.preview.large", ["limit": formats.bytes(limit)])
        case .unreadable:
            message = context.say("asset.preview.unreadable")
        case .broken(let format):
            message = context.say("asset.preview.broken", ["format": format])
        }
    }

    /// Numbered lines; the numbers are drawn by the style, so that they are not copied with the code.
    static func html(of lines: [String]) -> String {
        var html = ""
        html.reserveCapacity(lines.reduce(0) { $0 + $1.utf8.count + 90 })
        for (index, line) in lines.enumerated() {
            let id = "L\(index + 1)"
            html +=
                "<span class=\"code-line\" id=\"\(id)\"><a href=\"#\(id)\" tabindex=\"-1\" aria-hidden=\"true\"></a>\(line)\n</span>"
        }
        return html
    }

    private static func cell(_ cell: Notebook.Cell) -> Cell {
        Cell(
            prose: cell.kind == .prose ? cell.html : nil,
            code: cell.kind == .code ? cell.html : nil,
            raw: cell.kind == .raw ? cell.html : nil,
            count: cell.count.map(String.init),
            outputs: cell.outputs.map { Output(html: $0.html, isError: $0.isError) }
        )
    }

    private static func tensors(of file: TensorFile, _ format: String, _ context: GalleryContext) -> Tensors {
        let formats = context.formats
        let summary = context.say(
            "asset.tensors.summary",
            [
                "tensors": formats.number(file.tensors.count),
                "parameters": file.parameters.map(formats.count) ?? "∞",
            ]
        )
        let rest = file.tensors.count - maximumTensors
        return Tensors(
            format: format,
            summary: summary,
            types: file.types.map { Fact(name: $0.type, value: formats.count($0.parameters)) },
            facts: file.facts.map { Fact(name: $0.name, value: $0.value) },
            hasFacts: !file.facts.isEmpty,
            rows: file.tensors.prefix(maximumTensors).map { tensor in
                TensorRow(
                    name: String(tensor.name.prefix(300)),
                    type: tensor.type,
                    shape: "[" + tensor.shape.map(String.init).joined(separator: ", ") + "]",
                    parameters: tensor.parameters.map(formats.number) ?? "∞"
                )
            },
            more: rest > 0 ? context.say("asset.tensors.more", count: rest) : nil
        )
    }
}
