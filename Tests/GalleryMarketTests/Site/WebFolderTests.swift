import Foundation
import GalleryServing
import Testing

/// The folder of the pages is whole: what is named exists, and what exists is named.
struct WebFolderTests {
    private let web: WebFolder
    private let sources: String

    init() throws {
        // Reading it fails for a template that does not parse or names a text, an icon or a file that is not there.
        web = try WebFolder(Settings().web)
        let root = web.root.deletingLastPathComponent()
        sources = try [
            "Sources/GalleryMarket", "Sources/GalleryCompute", "Sources/GalleryServing", "Sources/GalleryHub",
            "Web/templates",
        ]
        .flatMap { try Self.files(in: root.appending(path: $0)) }
        .map { try String(contentsOf: $0, encoding: .utf8) }
        .joined(separator: "\n")
    }

    /// Keys that are put together from a part of ours: never mentioned as a whole.
    private static let families = [
        "state.", "problem.", "layout.theme.", "problem.status.", "notification.", "notifications.kind.",
        "notifications.group.", "outbox.state.", "comments.order.", "asset.kind.", "asset.tab.", "discussion.state.",
        "discussion.event.",
        "console.menu.", "audit.action.", "audit.detail.", "accounts.role.", "settings.", "my.", "role.", "growth.",
        "mail.", "reference.", "jobs.", "storage.", "words.list.", "agreements.asked.", "billing.state.",
        "billing.next.", "billing.period.", "billing.kind.",
        "flavors.tariff.", "custom.rule.", "runs.kind.", "runs.state.", "runs.stage.", "runs.reason.",
        "flavors.service.", "flavors.reason.",
        "training.step.", "training.task.", "training.fault.", "training.record.", "training.unreadable.",
        "training.group.",
        "training.none.", "training.role.", "services.done.", "services.state.", "services.tab.", "services.try.",
    ]

    @Test func `every text is there in both languages`() {
        for (key, entry) in web.catalogue.entries {
            #expect(!entry.en.isEmpty && !entry.zh.isEmpty, "\(key) lacks a language")
            #expect(!entry.en.contains(where: Self.isHan) || entry.en == entry.zh, "\(key) speaks Chinese in English")
            #expect(Self.places(entry.en) == Self.places(entry.zh), "\(key) has other places in each language")
        }
    }

    @Test func `every text is used`() {
        let quoted = Set(sources.utf8.split(separator: UInt8(ascii: "\"")).map { Substring($0) })
        let placed = Set(sources.components(separatedBy: "[[").dropFirst().map { $0.prefix { $0 != "]" } })
        let unused = web.catalogue.entries.keys.filter { key in
            !Self.families.contains { key.hasPrefix($0) } && !quoted.contains(key[...]) && !placed.contains(key[...])
        }
        #expect(unused.sorted() == [], "these texts of Web/text are used nowhere")
    }

    @Test func `every text that a source names exists`() {
        let named = ["say(\"", "NavigationEntry(\""].flatMap { call in
            sources.components(separatedBy: call).dropFirst().map { String($0.prefix { $0 != "\"" }) }
        }
        .filter { !$0.contains("\\") }
        let missing = Set(named).filter { web.catalogue.entries[$0] == nil }
        #expect(missing.sorted() == [], "the catalogue lacks these texts")
        #expect(!named.isEmpty)
    }

    @Test func `no page carries scripts or styles within`() throws {
        for (name, text) in try templates() {
            #expect(!text.contains(/\sstyle\s*=/), "\(name) has an inline style")
            #expect(!text.contains(/\son[a-z]+\s*=\s*"/), "\(name) has an inline script")
            #expect(!text.contains(/<script(?![^>]*\ssrc=)/), "\(name) has an inline script")
            #expect(!text.contains("<style"), "\(name) has an inline style sheet")
        }
    }

    @Test func `every form that changes something carries a token`() throws {
        for (name, text) in try templates() {
            for form in text.components(separatedBy: "<form").dropFirst() where form.contains(/^[^>]*method="post"/) {
                let body = form.components(separatedBy: "</form>").first ?? ""
                #expect(body.contains("{{> components/csrf}}"), "a form of \(name) has no {{> components/csrf}}")
            }
        }
    }

    @Test func `behaviours stay small`() throws {
        for file in try Self.files(in: web.root.appending(path: "scripts")) {
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").count
            #expect(lines <= 120, "\(file.lastPathComponent) has \(lines) lines")
        }
    }

    private func templates() throws -> [(name: String, text: String)] {
        try Self.files(in: web.root.appending(path: "templates")).map {
            ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
        }
    }

    private static func files(in folder: URL) throws -> [URL] {
        let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (walk?.compactMap { $0 as? URL } ?? []).filter { !$0.hasDirectoryPath }
    }

    private static func places(_ text: String) -> Set<String> {
        Set(text.matches(of: /\{\{([a-zA-Z.]+)\}\}/).map { String($0.1) })
    }

    private static func isHan(_ character: Character) -> Bool {
        character.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
    }
}
