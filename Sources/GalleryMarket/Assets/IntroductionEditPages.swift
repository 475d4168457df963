import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import RichText

/// `/introduction`: the base settings and the text of an asset, with a preview, saved by itself as a draft.
struct IntroductionEditPages: Sendable {
    let base: AssetPages

    func add(to router: some RouterMethods<GalleryContext>) {
        base.get("/introduction", router) { request, context, asset in try await edit(request, context, asset) }
        base.post("/introduction", router) { request, context, asset in try await save(request, context, asset) }
        base.post("/introduction/draft", router) { request, context, asset in
            try await keep(request, context, asset)
        }
        base.post("/introduction/preview", router) { request, context, asset in
            try await preview(request, context, asset)
        }
    }

    private func edit(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        try asset.demand(.write, of: context.viewer)
        let viewer = context.viewer
        let (_, entry) = try await base.assets.files.entry(
            at: Assets.readme,
            revision: "main",
            of: asset.id,
            by: viewer
        )
        var readme = ReadmeText(try await base.assets.readme(of: asset, by: viewer) ?? "")
        var form = IntroductionForm(readme, base: entry?.oid.hex ?? "", kind: asset.kind)
        if let draft = try await base.assets.draft(of: asset, by: viewer), draft.text != readme.text {
            let current = readme.text
            readme = ReadmeText(draft.text)
            form = IntroductionForm(readme, base: entry?.oid.hex ?? "", kind: asset.kind)
            form.draftFrom = context.formats.moment(draft.savedAt, now: base.assets.world.now())
            if draft.base != entry?.oid {
                form.conflict = PatchText(Assets.patch(Assets.readme, from: current, to: draft.text)).html
            }
        }
        return try await answer(form, request, context, asset)
    }

    private func save(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let fields = try await base.pages.form(request, context)
        var form = IntroductionForm(fields, kind: asset.kind)
        switch fields["action"] {
        case "discard":
            try await base.assets.dropDraft(of: asset, by: context.viewer)
            return base.pages.redirect(
                to: "\(asset.path)/introduction",
                flash: context.say("asset.draft.dropped"),
                request,
                context
            )
        case "preview":
            form.preview = rendered(form, asset)
            return try await answer(form, request, context, asset)
        default: break
        }
        form.errors = form.settings.faults()
        let readme = form.readme
        if readme.fault != nil { form.errors["metadata"] = "metadata-invalid" }
        guard form.errors.isEmpty else {
            return try await answer(form, status: .unprocessableContent, request, context, asset)
        }
        let edited = EditedFile(
            path: Assets.readme,
            text: readme.text,
            base: GitOID(form.base),
            title: form.title.isEmpty ? "Update README.md" : form.title
        )
        switch try await base.assets.save(edited, on: "main", of: asset, by: context.viewer) {
        case .saved, .unchanged:
            try await base.assets.dropDraft(of: asset, by: context.viewer)
            let flash = context.say("asset.introduction.saved")
            return base.pages.redirect(to: asset.path, flash: flash, request, context)
        case .conflict(let oid, let patch):
            form.base = oid?.hex ?? ""
            form.conflict = PatchText(patch).html
            return try await answer(form, status: .conflict, request, context, asset)
        }
    }

    /// Keeps what is written so far, and tells the page's script how its form and its metadata agree now.
    private func keep(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let form = IntroductionForm(try await base.pages.form(request, context), kind: asset.kind)
        let begun = GitOID(form.base)
        try await base.assets.keepDraft(form.readme.text, base: begun, of: asset, by: context.viewer)
        let (_, entry) = try await base.assets.files.entry(
            at: Assets.readme,
            revision: "main",
            of: asset.id,
            by: context.viewer
        )
        return try APIRoutes.answer(KeptIntroduction(form, isStale: entry?.oid != begun))
    }

    private func preview(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        try asset.demand(.write, of: context.viewer)
        let form = IntroductionForm(try await base.pages.form(request, context), kind: asset.kind)
        return try base.pages.fragment(IntroductionPreview(html: rendered(form, asset)), request, context)
    }

    private func rendered(_ form: IntroductionForm, _ asset: Asset) -> String {
        let place = LinkPlace(repository: asset.path, revision: "main", idPrefix: "preview-")
        return MarkdownText.render(form.body, in: place).html
    }

    private func answer(
        _ form: IntroductionForm,
        status: HTTPResponse.Status = .ok,
        _ request: Request,
        _ context: GalleryContext,
        _ asset: Asset
    ) async throws -> Response {
        let page = IntroductionEditPage(
            form,
            head: try await base.head(of: asset, .introduction, request, context),
            asset: asset,
            context
        )
        let title = context.say("asset.introduction.edit")
        return try await base.answer(page, of: asset, title: title, status: status, request, context)
    }
}

/// What the editor's script hears when its draft was kept: the values of its fields by their names.
private struct KeptIntroduction: Encodable {
    let texts: [String: String]
    let boxes: [String: Bool]
    /// Whether somebody changed the introduction meanwhile.
    let isStale: Bool

    init(_ form: IntroductionForm, isStale: Bool) {
        let settings = form.settings
        texts = [
            "metadata": form.metadata, "before": form.metadata, "licence": settings.licence,
            "languages": settings.languages.joined(separator: ", "), "framework": settings.framework,
            "task": settings.task, "hardware": settings.hardware.joined(separator: ", "),
            "minimumFlavor": settings.minimumFlavor,
        ]
        boxes = ["training": settings.isTrainedDistributed, "inference": settings.isServedDistributed]
        self.isStale = isStale
    }
}

struct IntroductionPreview: Page {
    static let template = "assets/introduction-preview"

    let html: String
}

struct IntroductionEditPage: Page {
    static let template = "assets/introduction-edit"

    let head: AssetHead
    let action: String
    let draftAction: String
    let previewAction: String
    let cancelPath: String
    let assetName: String
    let licence: String
    let licenceError: String?
    let licences: [String]
    let languages: String
    let languagesError: String?
    let framework: String
    let frameworkError: String?
    let frameworks: [String]
    let task: String
    let taskError: String?
    let tasks: [TaskNames.Choice]
    let hasHardware: Bool
    let hardware: String
    let hardwareError: String?
    let hardwareNames: [String]
    let minimumFlavor: String
    let minimumFlavorError: String?
    let isTrainedDistributed: Bool
    let isServedDistributed: Bool
    let metadata: String
    let metadataError: String?
    let isMetadataOpen: Bool
    let body: String
    let base: String
    let commitTitle: String
    let conflict: String?
    let preview: String?
    let draftFrom: Moment?

    init(_ form: IntroductionForm, head: AssetHead, asset: Asset, _ context: GalleryContext) {
        func error(_ field: String) -> String? {
            form.errors[field].map {
                $0 == "metadata-invalid" ? context.say("asset.metadata.invalid") : context.say("asset.setting.invalid")
            }
        }
        self.head = head
        action = "\(asset.path)/introduction"
        draftAction = "\(asset.path)/introduction/draft"
        previewAction = "\(asset.path)/introduction/preview"
        cancelPath = asset.path
        assetName = asset.name.description
        licence = form.settings.licence
        licenceError = error("licence")
        licences = AssetChoices.licences
        languages = form.settings.languages.joined(separator: ", ")
        languagesError = error("languages")
        framework = form.settings.framework
        frameworkError = error("framework")
        frameworks = AssetChoices.frameworks
        task = form.settings.task
        taskError = error("task")
        tasks = TaskNames.choices(isChinese: context.language == .chinese)
        hasHardware = asset.kind == .model || asset.kind == .algorithm
        hardware = form.settings.hardware.joined(separator: ", ")
        hardwareError = error("hardware")
        hardwareNames = AssetChoices.hardware
        minimumFlavor = form.settings.minimumFlavor
        minimumFlavorError = error("minimumFlavor")
        isTrainedDistributed = form.settings.isTrainedDistributed
        isServedDistributed = form.settings.isServedDistributed
        metadata = form.metadata
        metadataError = error("metadata")
        isMetadataOpen = form.errors["metadata"] != nil
        body = form.body
        base = form.base
        commitTitle = form.title
        conflict = form.conflict
        preview = form.preview
        draftFrom = form.draftFrom
    }
}
