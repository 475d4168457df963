import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import SearchIndex

/// What the index is made of, for one repository.
struct SearchSource: Sendable {
    var repo: RepoID
    var name: RepoName
    var ownerNickname: String
    var gating: Gating
    var title: String
    var description: String
    var facets: AssetFacets
    /// Of a model, where its files tell.
    var parameters: Int64

    init(row: Row, tags: [String]) throws {
        repo = try row.get("id")
        name = try RepoName(owner: row.get("owner_name"), name: row.get("name"))
        ownerNickname = try row.get("nickname")
        gating = try row.get("gating")
        title = try row.get("title")
        description = try row.get("description")
        let card = Self.object(try row.optional("card"))
        let library: String = try row.get("library_name")
        facets = AssetFacets(
            kind: try row.get("kind"),
            owner: name.owner,
            task: try row.get("pipeline_tag"),
            library: library.isEmpty ? card["library_name"] as? String ?? card["framework"] as? String ?? "" : library,
            gating: gating,
            tags: tags,
            marks: try Mark.allCases.filter { try row.get($0.column) }
        )
        parameters = (Self.object(try row.optional("safetensors"))["total"] as? NSNumber)?.int64Value ?? 0
    }

    func text(_ introduction: String?) -> AssetText {
        AssetText(
            name: name.name,
            owner: name.owner,
            nickname: name.owner == ownerNickname ? "" : ownerNickname,
            titles: [title],
            tags: [Facet.task, .library, .tag, .license].flatMap { facets[$0] }
                + facets[.task].compactMap(TaskNames.chinese),
            description: description,
            introduction: introduction
        )
    }

    private static func object(_ json: String?) -> [String: Any] {
        guard let json, !json.isEmpty, json.utf8.count < 1 << 20 else { return [:] }
        return (try? JSONSerialization.jsonObject(with: Data(json.utf8))) as? [String: Any] ?? [:]
    }
}
