import Foundation
import GalleryModel
import HTTPTypes
import Hummingbird
import NIOCore

/// Styles, scripts and drawings, held in memory under one hash, so that browsers keep them for good.
struct StaticFiles: Sendable {
    struct File: Sendable {
        let bytes: ByteBuffer
        let type: String
    }

    private static let types = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "png": "image/png", "webp": "image/webp", "txt": "text/plain; charset=utf-8",
    ]
    /// The style sheet that all of `Web/styles` becomes.
    static let styleSheet = "gallery.css"

    /// Libraries for the browser, from the packages that set-up installs. One that is not there is empty: what needs it does
    /// without.
    private static let vendored = ["vendor/katex.js": "/usr/share/javascript/katex/katex.min.js"]

    let files: [String: File]
    /// Of all contents together.
    let hash: String
    /// The names of the sprite's symbols.
    let icons: Set<String>

    init(root: URL) throws {
        var contents: [String: Data] = [:]
        contents[Self.styleSheet] = try Self.styles(in: root.appending(path: "styles"))
        contents["icons.svg"] = try Data(contentsOf: root.appending(path: "icons.svg"))
        for folder in ["scripts", "images"] {
            let folder = root.appending(path: folder)
            for file in try WebError.files(in: folder) where Self.types[file.pathExtension] != nil {
                contents["\(folder.lastPathComponent)/\(file.lastPathComponent)"] = try Data(contentsOf: file)
            }
        }
        for (path, source) in Self.vendored {
            contents[path] = (try? Data(contentsOf: URL(fileURLWithPath: source))) ?? Data()
        }
        var everything: [UInt8] = []
        for (path, data) in contents.sorted(by: { $0.key < $1.key }) { everything += path.utf8 + data }
        hash = String(SHA256Digest.of(everything).hex.prefix(12))
        files = contents.reduce(into: [:]) { files, entry in
            let suffix = entry.key.split(separator: ".").last.map(String.init) ?? ""
            files[entry.key] = File(bytes: ByteBuffer(bytes: entry.value), type: Self.types[suffix] ?? "")
        }
        let sprite = String(decoding: contents["icons.svg"] ?? Data(), as: UTF8.self)
        icons = Set(sprite.matches(of: /<symbol id="([a-z-]+)"/).map { String($0.1) })
    }

    /// `/static/<hash>/<path>`; throws where there is no such file.
    func address(of path: String) throws -> String {
        guard files[path] != nil else { throw TemplateText.Fault("there is no static file '\(path)'") }
        return "/static/\(hash)/\(path)"
    }

    /// All style sheets in one, each in its cascade layer.
    private static func styles(in folder: URL) throws -> Data {
        var sheet = "@layer tokens, base, components, utilities;\n"
        for file in try WebError.files(in: folder, suffix: "css") {
            let name = file.deletingPathExtension().lastPathComponent
            let layer = ["tokens", "base", "utilities"].contains(name) ? name : "components"
            sheet += "@layer \(layer) {\n\(try String(contentsOf: file, encoding: .utf8))\n}\n"
        }
        return Data(sheet.utf8)
    }
}

/// `/static/<hash>/…`
struct StaticRoutes: Sendable {
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/static/:hash/**") { _, context in try answer(context) }
    }

    private func answer(_ context: GalleryContext) throws -> Response {
        let files = try pages.web.contents().assets
        guard let file = files.files[try context.remainingPath()] else {
            throw Problem(.missing, "static-missing", "There is no such file.")
        }
        // A page of yesterday may ask for its old files: it gets today's, and keeps them no longer than that.
        let isCurrent = context.parameters["hash"].map { $0 == files.hash } ?? false
        let headers: HTTPFields = [
            .contentType: file.type, .contentLength: String(file.bytes.readableBytes),
            .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
            .xContentTypeOptions: "nosniff",
        ]
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: file.bytes))
    }
}
