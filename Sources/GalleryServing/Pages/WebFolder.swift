package import Foundation
import Mustache
import Synchronization

/// Everything that lies in `Web/`, ready for use: texts, templates in each language, static files.
struct WebContents: Sendable {
    let catalogue: Catalogue
    let assets: StaticFiles
    let libraries: [Language: MustacheLibrary]

    init(root: URL) throws {
        catalogue = try Catalogue(folder: root.appending(path: "text"))
        assets = try StaticFiles(root: root)
        var libraries: [Language: MustacheLibrary] = [:]
        let sources = try Self.templates(in: root.appending(path: "templates"))
        for language in Language.allCases {
            let text = TemplateText(catalogue: catalogue, language: language, assets: assets)
            var library = MustacheLibrary()
            for (name, source) in sources {
                do {
                    try library.register(text.expand(source), named: name)
                } catch {
                    throw WebError.template(name, "\(error)")
                }
            }
            libraries[language] = library
        }
        self.libraries = libraries
    }

    /// The page's template filled with its values, and with `shared` where it has none.
    func render(_ page: any Page, _ shared: [String: Any], in language: Language) throws -> String {
        let name = type(of: page).template
        let html = libraries[language]?.render(Frame(page: page, shared: shared), withTemplate: name)
        guard let html else { throw WebError.template(name, "there is no such file") }
        return html
    }

    /// By name: `publishing/review` for `templates/publishing/review.mustache`.
    static func templates(in folder: URL) throws -> [(name: String, text: String)] {
        let start = folder.standardizedFileURL.path.count + 1
        return try WebError.files(in: folder, suffix: "mustache").map { file in
            let path = file.deletingPathExtension().standardizedFileURL.path
            return (String(path.dropFirst(start)), try String(contentsOf: file, encoding: .utf8))
        }
    }
}

/// The folder `Web/`, read once, or again whenever a file in it changes.
package final class WebFolder: Sendable {
    private struct State {
        var contents: WebContents
        var stamp: Int
        var checkedAt: ContinuousClock.Instant
    }

    package let root: URL
    private let reloads: Bool
    private let state: Mutex<State>

    /// Reads all of it, so that a fault is found when the server starts.
    package init(_ settings: Settings.Web) throws {
        root = try Self.locate(settings.root)
        reloads = settings.reload.isOn
        let contents = try WebContents(root: root)
        state = Mutex(State(contents: contents, stamp: 0, checkedAt: .now))
        if reloads { state.withLock { $0.stamp = Self.stamp(of: root) } }
    }

    /// Every text of the pages.
    package var catalogue: Catalogue { (try? contents().catalogue) ?? .empty }

    func contents() throws -> WebContents {
        try state.withLock { state in
            guard reloads, ContinuousClock.now - state.checkedAt > .milliseconds(300) else { return state.contents }
            let stamp = Self.stamp(of: root)
            if stamp != state.stamp {
                state.contents = try WebContents(root: root)
                state.stamp = stamp
            }
            state.checkedAt = .now
            return state.contents
        }
    }

    /// The folder that is named, else the one installed or checked out with this program.
    private static func locate(_ named: String) throws -> URL {
        let isWeb = { (folder: URL) in
            FileManager.default.fileExists(atPath: folder.appending(path: "templates").path)
        }
        if !named.isEmpty {
            let folder = URL(fileURLWithPath: named, isDirectory: true)
            guard isWeb(folder) else { throw WebError.missing([folder.path]) }
            return folder
        }
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        var places = [program.deletingLastPathComponent().appending(path: "../share/gallery/web").standardizedFileURL]
        var folder = program.deletingLastPathComponent()
        for _ in 0..<6 {
            places.append(folder.appending(path: "Web"))
            folder.deleteLastPathComponent()
        }
        guard let found = places.first(where: isWeb) else { throw WebError.missing([places[0].path, "Web"]) }
        return found
    }

    /// Changes when a file is added, removed or written.
    private static func stamp(of root: URL) -> Int {
        var hasher = Hasher()
        for file in (try? WebError.files(in: root)) ?? [] {
            let values = try? file.resourceValues(forKeys: [.contentModificationDateKey, .fileSizeKey])
            hasher.combine(file.path)
            hasher.combine(values?.contentModificationDate)
            hasher.combine(values?.fileSize)
        }
        return hasher.finalize()
    }
}
