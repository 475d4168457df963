import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/apps/new`: making an app of a model or of a program of one's own.
struct NewAppPages: Sendable {
    let apps: Apps
    let fit: Fit
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/apps/new") { request, context in
            _ = try ComputeRights.mustBeWhole(context.viewer, .write)
            return try await show(try await blank(request, context), nil, request, context)
        }
        router.post("/apps/new", use: create)
    }

    /// What the address says of it, with what can be told from the model.
    private func blank(_ request: Request, _ context: GalleryContext) async throws -> Fields {
        let query = try request.query()
        var fields = Fields { query[$0] }
        if let repo = query["repo"], !repo.isEmpty { (fields.source, fields.purpose) = (repo, .own) }
        if let model = query["model"], !model.isEmpty { fields.source = model }
        guard fields.purpose != .own, let name = RepoName(fields.source),
            let place = try? await apps.repositories.locate(.model, name, by: context.viewer),
            let model = try? await apps.repositories.details(of: place.id, by: context.viewer).repository
        else { return fields }
        if query["purpose"] == nil, model.pipelineTag == AppPurpose.questions.rawValue { fields.purpose = .questions }
        fields.name = String((model.title.isEmpty ? place.name.name : model.title).prefix(30))
        fields.text.licence = try await licence(of: place.id) ?? ""
        return fields
    }

    private func licence(of repo: RepoID) async throws -> String? {
        let tags = try await apps.database.read { db in try db.tags(of: [repo])[repo] }
        let licence = tags?.first { $0.hasPrefix("license:") }.map { String($0.dropFirst(8)) }
        return licence.flatMap { Licences.isKnown($0) ? $0 : nil }
    }

    @Sendable private func create(_ request: Request, context: GalleryContext) async throws -> Response {
        _ = try ComputeRights.mustBeWhole(context.viewer, .write)
        let body = try await request.bytes(upTo: MultipartForm.largest)
        let form = try MultipartForm(body, type: request.headers[.contentType] ?? "")
        let fields = Fields { form[$0] }
        let picture = form.file("picture").map { Array($0.bytes.readableBytesView) }
        let standing: AppStanding
        do {
            guard form["agreed"] == "1" else { throw AppError.notAgreed }
            // Before anything is paid for.
            let sizes = [PictureSize(320, 168)]
            _ = try await AppCover.drawn(picture, sizes)
            standing = try await apps.create(fields.draft(), by: context.viewer)
        } catch let error as any DomainError where error.problem.kind != .unauthenticated {
            let fault = FormFault(error.problem, Self.faults, context)
            return try await show(fields, fault, request, context)
        }
        if let picture { try await apps.setCover(picture, of: standing.app.id, by: context.viewer) }
        return pages.redirect(
            to: "/my/apps/\(standing.app.id)",
            flash: context.say("apps.made"),
            tone: .positive,
            request,
            context
        )
    }

    private func show(
        _ fields: Fields,
        _ fault: FormFault?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let page = NewAppPage(
            fields: fields,
            purposes: AppPurpose.allCases.map { purpose in
                FormChoice(
                    purpose.rawValue,
                    AppWords.purpose(purpose, context),
                    isChosen: purpose == fields.purpose
                )
            },
            licences: AppWords.licences(fields.text.licence, context),
            picker: FlavorPicker(
                try await apps.flavors.offers(for: .app),
                chosen: fields.flavor.used,
                free: try await apps.flavors.freeHours(by: context.viewer),
                currency: apps.billing.currency,
                error: fault?.error(at: "flavor"),
                need: try await fit.inferenceNeed(
                    of: fields.purpose == .own ? nil : RepoName(fields.source),
                    by: context.viewer
                ),
                context
            ),
            time: RunTimePicker(fields.flavor, error: fault?.error(at: "hours")),
            general: fault?.general,
            nameError: fault?.error(at: "name"),
            licenceError: fault?.error(at: "licence"),
            aboutError: fault?.error(at: "about"),
            sourceError: fault?.error(at: "source"),
            purposeError: fault?.error(at: "purpose"),
            pictureError: fault?.error(at: "picture"),
            agreedError: fault?.error(at: "agreed")
        )
        return try await pages.answer(
            page,
            title: context.say("apps.new"),
            status: fault == nil ? .ok : .unprocessableContent,
            place: "/apps",
            request,
            context
        )
    }

    /// Which field a problem is about, by its code.
    static let faults = FlavorWish.fields.merging(
        [
            "app-name": "name", "app-licence": "licence", "app-about": "about", "app-source": "source",
            "app-no-weights": "source", "app-no-program": "source", "app-not-own": "source", "repo-not-found": "source",
            "picture-unreadable": "picture", "picture-too-large": "picture", "picture-too-many-pixels": "picture",
            "app-not-agreed": "agreed", "app-no-environment": "purpose", "launcher-not-confined": "purpose",
        ]
    ) { first, _ in first }

    /// What was typed.
    struct Fields: Sendable {
        var name: String
        var source: String
        var purpose: AppPurpose
        var text: AppText
        var flavor: FlavorWish

        init(_ field: (String) -> String?) {
            name = field("name") ?? ""
            source = field("source")?.trimmingCharacters(in: .whitespaces) ?? ""
            purpose = field("purpose").flatMap(AppPurpose.init(rawValue:)) ?? .chat
            text = AppText(name: name, licence: field("licence") ?? "", about: field("about") ?? "")
            flavor = FlavorWish(field)
        }

        func draft() throws -> AppDraft {
            guard let source = RepoName(source) else { throw AppError.badSource }
            return AppDraft(
                text: text,
                purpose: purpose,
                source: source,
                used: try flavor.demandFlavor(),
                hours: try flavor.demandHours()
            )
        }
    }
}

/// `templates/apps/new.mustache`
struct NewAppPage: Page {
    static let template = "apps/new"

    let name: String
    let source: String
    let about: String
    let purposes: [FormChoice]
    let licences: [FormChoice]
    let picker: FlavorPicker
    let time: RunTimePicker
    let general: String?
    let nameError: String?
    let licenceError: String?
    let aboutError: String?
    let sourceError: String?
    let purposeError: String?
    let pictureError: String?
    let agreedError: String?

    init(
        fields: NewAppPages.Fields,
        purposes: [FormChoice],
        licences: [FormChoice],
        picker: FlavorPicker,
        time: RunTimePicker,
        general: String?,
        nameError: String?,
        licenceError: String?,
        aboutError: String?,
        sourceError: String?,
        purposeError: String?,
        pictureError: String?,
        agreedError: String?
    ) {
        (name, source, about) = (fields.name, fields.source, fields.text.about)
        self.purposes = purposes
        self.licences = licences
        self.picker = picker
        self.time = time
        self.general = general
        self.nameError = nameError
        self.licenceError = licenceError
        self.aboutError = aboutError
        self.sourceError = sourceError
        self.purposeError = purposeError
        self.pictureError = pictureError
        self.agreedError = agreedError
    }
}
