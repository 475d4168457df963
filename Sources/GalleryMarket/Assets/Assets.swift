import Foundation
package import GalleryDatabase
package import GalleryHub
package import GalleryModel
package import RichText

/// Assets as people read and edit them: introduction, files, previews, versions.
package struct Assets: Sendable {
    package static let readme = Files.introduction

    let database: any Database
    let files: Files
    let content: Content
    let world: World
    let texts: RenderedTexts

    package init(hub: HubSlices) {
        self.init(database: hub.database, files: hub.files, content: hub.content, world: hub.world)
    }

    package init(database: any Database, files: Files, content: Content, world: World) {
        self.database = database
        self.files = files
        self.content = content
        self.world = world
        texts = RenderedTexts()
    }

    /// The asset of that name; what the viewer may not see is missing.
    package func visit(_ kind: RepoKind, _ name: RepoName, by viewer: Viewer) async throws -> AssetVisit {
        try await database.read { db in
            guard let location = try db.repo(kind: kind, name: name) else { throw AssetError.unknown(name) }
            let facts = try db.facts(of: location.id, for: viewer)
            let rights = RepoAction.allCases.filter { AccessPolicy.refusal(of: $0, on: facts, to: viewer) == nil }
            guard rights.contains(.see), let details = try files.details(of: facts, by: viewer, db) else {
                throw AssetError.unknown(name)
            }
            if location.isMoved { return .moved(location.name) }
            return .asset(
                Asset(
                    repository: details.repository,
                    tags: details.tags,
                    card: Self.object(details.card?.cardJSON),
                    config: Self.object(details.card?.configJSON),
                    parameters: Self.parameters(details.card?.safetensorsJSON),
                    rights: Set(rights),
                    isCodeClosed: facts.isCodeClosed,
                    isKept: AccessPolicy.reach(facts, of: viewer) == .kept
                )
            )
        }
    }

    /// The README of a revision as it stands; nil where there is none that can be shown.
    package func readme(of asset: Asset, at revision: String = "main", by viewer: Viewer) async throws -> String? {
        guard asset.may(.readCard) else { return nil }
        return try await files.text(at: Self.readme, revision: revision, of: asset.id, by: viewer)
    }

    /// The README rendered, seen from the revision that is shown.
    package func introduction(of asset: Asset, by viewer: Viewer) async throws -> RenderedText? {
        guard asset.may(.readCard),
            let (_, entry) = try await unlessMissing({
                try await files.entry(at: Self.readme, revision: "main", of: asset.id, by: viewer)
            }), let entry, !entry.isFolder
        else { return nil }
        let place = LinkPlace(repository: asset.path, revision: "main")
        let key = "\(asset.path) \(entry.oid.hex)"
        var text = await texts.text(of: key)
        if text == nil, let source = try await files.text(at: Self.readme, revision: "main", of: asset.id, by: viewer) {
            let fresh = MarkdownText.render(source, in: place)
            await texts.keep(fresh, of: key)
            text = fresh
        }
        // A card of metadata alone introduces nothing.
        return text?.html.allSatisfy(\.isWhitespace) == false ? text : nil
    }

    /// Nil where a revision or file is missing.
    func unlessMissing<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value? {
        do {
            return try await body()
        } catch let error as FilesError {
            switch error {
            case .unknownRevision, .unknownEntry: return nil
            default: throw error
            }
        }
    }

    private static func object(_ json: String?) -> [String: CardValue] {
        guard let json, !json.isEmpty else { return [:] }
        return (try? JSONDecoder().decode([String: CardValue].self, from: Data(json.utf8))) ?? [:]
    }

    private static func parameters(_ json: String?) -> Int? {
        guard case .integer(let total)? = object(json)["total"] else { return nil }
        return total
    }
}

/// Rendered texts by what they were made of, so that a much read README is rendered once.
actor RenderedTexts {
    private static let maximumBytes = 32 << 20
    private var texts: [String: RenderedText] = [:]
    private var order: [String] = []
    private var bytes = 0

    func text(of key: String) -> RenderedText? { texts[key] }

    func keep(_ text: RenderedText, of key: String) {
        guard texts.updateValue(text, forKey: key) == nil else { return }
        order.append(key)
        bytes += text.html.utf8.count
        while bytes > Self.maximumBytes, order.count > 1 {
            bytes -= texts.removeValue(forKey: order.removeFirst())?.html.utf8.count ?? 0
        }
    }
}
