import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import GitObjects
import HTTPTypes
import RichText

/// Introductions and their drafts over `/api/v1`.
struct IntroductionRoutes: Sendable {
    private static let path = "assets/{kind}/{owner}/{name}/introduction"

    let assets: Assets

    func add(to api: APIRoutes) {
        api.group("Introductions") { api in
            api.get(
                Self.path,
                "Show an introduction: its text, its settings, and what a change must begin with",
                for: .everyone,
                answers: IntroductionBody.self
            ) { call in
                try await show(asset(of: call), by: call.viewer)
            }
            api.send(
                .put,
                Self.path,
                "Write the introduction, unless somebody changed it meanwhile",
                body: NewIntroductionBody.self,
                answers: IntroductionBody.self
            ) { call in
                let asset = try await asset(of: call)
                try await write(call.body, to: asset, by: call.viewer)
                return try await show(asset, by: call.viewer)
            }
            api.send(
                .post,
                "\(Self.path)/preview",
                "Render a text as the introduction would be",
                body: IntroductionTextBody.self,
                answers: IntroductionPreviewBody.self
            ) { call in
                let asset = try await asset(of: call)
                try asset.demand(.write, of: call.viewer)
                guard call.body.text.utf8.count <= Assets.editLimit else { throw AssetError.draftTooLarge }
                let place = LinkPlace(repository: asset.path, revision: "main")
                return IntroductionPreviewBody(html: MarkdownText.render(call.body.text, in: place).html)
            }
            addDrafts(to: api)
        }
    }

    private func addDrafts(to api: APIRoutes) {
        let path = "\(Self.path)/draft"
        api.get(path, "Show one's own draft of the introduction", answers: IntroductionDraftBody.self) { call in
            let asset = try await asset(of: call)
            try asset.demand(.write, of: call.viewer)
            guard let draft = try await assets.draft(of: asset, by: call.viewer) else { throw AssetError.noDraft }
            return IntroductionDraftBody(draft)
        }
        api.send(.put, path, "Keep a draft for oneself", body: IntroductionTextBody.self) { call in
            try await assets.keepDraft(
                call.body.text,
                base: call.body.base.flatMap { GitOID($0) },
                of: asset(of: call),
                by: call.viewer
            )
        }
        api.send(.delete, path, "Drop one's draft") { call in
            try await assets.dropDraft(of: asset(of: call), by: call.viewer)
        }
    }

    private func asset<Body>(of call: APICall<Body>) async throws -> Asset {
        let kind = try call.path("kind")
        let name = try RepoName(owner: call.path("owner"), name: call.path("name"))
        guard let kind = RepoKind(plural: kind) ?? RepoKind(rawValue: kind) else { throw AssetError.unknown(name) }
        switch try await assets.visit(kind, name, by: call.viewer) {
        case .asset(let asset): return asset
        case .moved(let name):
            guard case .asset(let asset) = try await assets.visit(kind, name, by: call.viewer) else {
                throw AssetError.unknown(name)
            }
            return asset
        }
    }

    private func show(_ asset: Asset, by viewer: Viewer) async throws -> IntroductionBody {
        guard asset.may(.readCard) else {
            throw AccessError(.gated, name: asset.repository.name, kind: asset.kind, viewer: viewer)
        }
        let text = try await assets.readme(of: asset, by: viewer)
        let entry =
            text == nil
            ? nil : try await assets.files.entry(at: Assets.readme, revision: "main", of: asset.id, by: viewer).entry
        return IntroductionBody(ReadmeText(text ?? ""), base: entry?.oid.hex, kind: asset.kind)
    }

    private func write(_ body: NewIntroductionBody, to asset: Asset, by viewer: Viewer) async throws {
        var readme = ReadmeText(body.text)
        guard readme.fault == nil else { throw AssetError.badSettings(["metadata"]) }
        if let settings = body.settings?.settings {
            let faults = settings.faults()
            guard faults.isEmpty else { throw AssetError.badSettings(faults.keys.sorted()) }
            readme.set(settings, for: asset.kind)
        }
        let message = body.message ?? ""
        let edited = EditedFile(
            path: Assets.readme,
            text: readme.text,
            base: body.base.flatMap { GitOID($0) },
            title: message.isEmpty ? "Update README.md" : message
        )
        switch try await assets.save(edited, on: "main", of: asset, by: viewer) {
        case .saved, .unchanged: try await assets.dropDraft(of: asset, by: viewer)
        case .conflict(let base, let patch):
            throw AssetError.introductionChanged(base: base?.hex ?? "", patch: patch)
        }
    }
}

struct IntroductionBody: Codable, Sendable {
    /// README.md as it stands: metadata and text.
    var text: String
    var settings: IntroductionSettingsBody
    /// To be sent along with a change; null where there is no introduction yet.
    var base: String?

    init(_ readme: ReadmeText, base: String?, kind: RepoKind) {
        text = readme.text
        settings = IntroductionSettingsBody(readme.settings(for: kind))
        self.base = base
    }
}

/// The base settings, which stand in the metadata.
struct IntroductionSettingsBody: Codable, Sendable {
    var licence: String?
    var languages: [String]?
    var framework: String?
    var task: String?
    var hardware: [String]?
    var minimumFlavor: String?
    var isTrainedDistributed: Bool?
    var isServedDistributed: Bool?

    init(_ settings: AssetSettings) {
        licence = settings.licence
        languages = settings.languages
        framework = settings.framework
        task = settings.task
        hardware = settings.hardware
        minimumFlavor = settings.minimumFlavor
        isTrainedDistributed = settings.isTrainedDistributed
        isServedDistributed = settings.isServedDistributed
    }

    var settings: AssetSettings {
        var settings = AssetSettings()
        settings.licence = licence ?? ""
        settings.languages = languages ?? []
        settings.framework = framework ?? ""
        settings.task = TaskNames.id(named: task ?? "")
        settings.hardware = hardware ?? []
        settings.minimumFlavor = minimumFlavor ?? ""
        settings.isTrainedDistributed = isTrainedDistributed ?? false
        settings.isServedDistributed = isServedDistributed ?? false
        return settings
    }
}

struct NewIntroductionBody: Codable, Sendable {
    /// README.md as it shall be: metadata and text.
    var text: String
    /// Written into the metadata; what is left out is removed from it. Null leaves the metadata as it is.
    var settings: IntroductionSettingsBody?
    /// As it came with the text that is changed; null where there was none.
    var base: String?
    /// The title of the commit.
    var message: String?
}

struct IntroductionTextBody: Codable, Sendable {
    var text: String
    var base: String?
}

struct IntroductionPreviewBody: Codable, Sendable {
    var html: String
}

struct IntroductionDraftBody: Codable, Sendable {
    var text: String
    var base: String?
    var savedAt: String

    init(_ draft: IntroductionDraft) {
        text = draft.text
        base = draft.base?.hex
        savedAt = draft.savedAt.wire
    }
}
