import Foundation
import GalleryModel
import GalleryServing
import NIOCore

/// A repository as the hub API tells of it.
struct RepoDescription: Sendable {
    var details: RepoDetails
    /// The commit it is described at; nil in lists that do not ask for it.
    var commit: GitOID?
    /// Files at that commit as a JSON array, where they are asked for.
    var siblings: ByteBuffer?

    /// Properties that the client chose come with the two ids alone.
    func write(_ properties: [RepoProperty], areChosen: Bool, to json: inout JSONWriter) {
        let repo = details.repository
        json.object { json in
            json.key("_id")
            // Clients expect 24 hexadecimal digits here.
            json.string(String(repo.id.rawValue.prefix(24)))
            json.key("id")
            json.string(repo.name.description)
            if !areChosen, repo.kind == .model {
                json.key("modelId")
                json.string(repo.name.description)
            }
            for property in properties { write(property, of: repo, to: &json) }
        }
    }

    private func write(_ property: RepoProperty, of repo: Repository, to json: inout JSONWriter) {
        switch property {
        case .author: json.member("author", repo.name.owner)
        case .sha: if let commit { json.member("sha", commit.hex) }
        case .createdAt: json.member("createdAt", repo.createdAt.wire)
        case .lastModified: json.member("lastModified", repo.updatedAt.wire)
        case .isPrivate: json.member("private", literal: repo.isPrivate ? "true" : "false")
        case .gated: json.member("gated", literal: repo.gating.hubJSON)
        case .disabled: json.member("disabled", literal: repo.isDisabled ? "true" : "false")
        case .downloads: json.member("downloads", literal: String(repo.downloads))
        case .downloadsAllTime: json.member("downloadsAllTime", literal: String(repo.downloadsAllTime))
        case .likes: json.member("likes", literal: String(repo.likes))
        case .trendingScore: json.member("trendingScore", literal: String(repo.hotness))
        case .usedStorage: json.member("usedStorage", literal: String(repo.usedBytes))
        case .pipelineTag: if let tag = repo.pipelineTag { json.member("pipeline_tag", tag) }
        case .libraryName: if repo.kind == .model, let name = repo.libraryName { json.member("library_name", name) }
        case .sdk: if !repo.sdk.isEmpty { json.member("sdk", repo.sdk) }
        case .description: if !repo.description.isEmpty { json.member("description", repo.description) }
        case .tags:
            json.key("tags")
            json.array { json in
                for tag in details.tags { json.string(tag) }
            }
        case .cardData: if let card = details.card?.cardJSON, !card.isEmpty { json.member("cardData", literal: card) }
        case .config:
            if let config = details.card?.configJSON, !config.isEmpty { json.member("config", literal: config) }
        case .safetensors:
            if let totals = details.card?.safetensorsJSON, !totals.isEmpty {
                json.member("safetensors", literal: totals)
            }
        case .transformersInfo:
            if repo.libraryName == "transformers" {
                json.member("transformersInfo", literal: #"{"auto_model":"AutoModel"}"#)
            }
        case .siblings: if let siblings { json.member("siblings", siblings) }
        case .runtime:
            if repo.kind == .app {
                json.member("runtime", literal: #"{"stage":"STOPPED","hardware":{"current":null,"requested":null}}"#)
            }
        case .spaces, .models, .datasets: json.member(property, literal: "[]")
        case .childrenModelCount: json.member(property, literal: "0")
        case .inferenceProviderMapping: json.member(property, literal: "{}")
        case .baseModels, .citation, .evalResults, .gguf, .host, .inference, .mainSize, .maskToken, .modelIndex,
            .papersWithCode, .region, .resourceGroup, .subdomain, .widgetData, .xetEnabled:
            // Known to clients, with nothing to say of it here.
            break
        }
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: StaticString, _ text: String) {
        key(name)
        string(text)
    }

    fileprivate mutating func member(_ name: StaticString, literal json: String) {
        key(name)
        self.literal(json)
    }

    fileprivate mutating func member(_ name: StaticString, _ json: ByteBuffer) {
        key(name)
        literal(json)
    }

    fileprivate mutating func member(_ property: RepoProperty, literal json: String) {
        key(text: property.rawValue)
        literal(json)
    }
}
