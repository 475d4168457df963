import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// The publishing form of an asset, as a page of its own.
struct PublishingFormPages: Sendable {
    let site: AssetPages
    let publishing: Publishing
    let agreements: Agreements

    func add(to router: some RouterMethods<GalleryContext>) {
        site.get("/publish", router, use: show)
        site.post("/publish", router, use: send)
    }

    private func show(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        let form = try await publishing.form(of: asset.id, by: context.viewer)
        return try await answer(asset, form, Extra(), .none, request, context)
    }

    private func send(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        let fields = try await site.pages.form(request, context)
        let present = try await publishing.form(of: asset.id, by: context.viewer)
        let form = Self.form(fields, present, asset.kind)
        let extra = Extra(fields)
        do {
            let before = try await publishing.standing(of: asset.id, by: context.viewer).listing
            guard before.next(on: publishing.sending) != nil else {
                _ = try await publishing.change(asset.id, form, by: context.viewer)
                return site.pages.redirect(
                    to: asset.path + "/settings",
                    flash: context.say("publishing.saved"),
                    request,
                    context
                )
            }
            let standing = try await publishing.publish(
                asset.id,
                form,
                version: extra.version,
                Versions.Words(notes: extra.notes, constraints: extra.constraints),
                accepting: AgreementKind.all(fields.values("accept")),
                by: context.viewer
            )
            let isPublished = standing.listing == .published
            return site.pages.redirect(
                to: asset.path,
                flash: isPublished ? context.say("publishing.published") : context.say("publishing.sent"),
                request,
                context
            )
        } catch let error as any DomainError {
            guard let faults = FormFaults(error, context) else { throw error }
            return try await answer(asset, form, extra, faults, request, context)
        }
    }

    private func answer(
        _ asset: Asset,
        _ form: PublishingForm,
        _ extra: Extra,
        _ faults: FormFaults,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let standing = try await publishing.standing(of: asset.id, by: context.viewer)
        let isNew = standing.listing.next(on: publishing.sending) != nil
        let texts = isNew ? try await agreements.current(for: .publishing) : []
        let page = PublishingFormPage(
            head: try await site.head(of: asset, .settings, request, context),
            asset: asset,
            form: form,
            extra: extra,
            isNew: isNew,
            isReviewed: publishing.sending == .send,
            agreements: texts.map { AgreementBox($0, ticked: extra.accepted, context) },
            faults: faults,
            context
        )
        return try await site.answer(page, of: asset, title: page.heading, status: .ofForm(request), request, context)
    }

    /// What comes along with a first publication.
    struct Extra: Sendable {
        var version = ""
        var notes = ""
        var constraints = ""
        var accepted: [String] = []

        init() {}

        init(_ fields: QueryParameters) {
            version = fields["version"] ?? ""
            notes = fields["notes"] ?? ""
            constraints = fields["constraints"] ?? ""
            accepted = fields.values("accept")
        }
    }

    private static func form(_ fields: QueryParameters, _ present: PublishingForm, _ kind: RepoKind) -> PublishingForm {
        var form = present
        form.visibility = fields["visibility"].flatMap(Visibility.init) ?? present.visibility
        form.named = names(fields["named"])
        form.title = fields["title"] ?? ""
        form.secondTitle = fields["secondTitle"] ?? ""
        form.description = fields["description"] ?? ""
        form.task = TaskNames.id(named: (fields["task"] ?? "").trimmed)
        form.licence = Licences.identifier((fields["licence"] ?? "").trimmed)
        form.isGated = fields["isGated"] != nil
        form.granted = names(fields["granted"])
        form.environment = fields["environment"].flatMap(NotebookEnvironment.init)
        let days = (fields["freeUseDays"] ?? "").trimmed
        // What is not a number is refused as no number of days is.
        form.freeUseDays = days.isEmpty ? nil : Int(days) ?? 0
        form.renews = fields["renews"] != nil
        form.isCodeOpen = fields["isCodeOpen"] != nil
        form.codeLicence = Licences.identifier((fields["codeLicence"] ?? "").trimmed)
        return form
    }

    static func names(_ text: String?) -> [String] {
        (text ?? "").split { $0.isNewline || ",，;；".contains($0) }.map { String($0).trimmed }.filter { !$0.isEmpty }
    }
}

/// `templates/publishing/form.mustache`
struct PublishingFormPage: Page {
    static let template = "publishing/form"

    struct Step: Sendable {
        let text: String
        let isCurrent: Bool
    }

    struct Choice: Sendable {
        let value: String
        let text: String
        let hint: String?
        let isChosen: Bool
    }

    let head: AssetHead
    let heading: String
    let lead: String
    let action: String
    let cancel: String
    let steps: [Step]
    let hasSteps: Bool
    let general: String?
    let facts: [EntryField]
    let licences: [String]
    let tasks: [TaskNames.Choice]
    let hasEnvironment: Bool
    let environments: [Choice]
    let environmentError: String?
    let visibilities: [Choice]
    let named: EntryField
    let gate: Bool
    let isGated: Bool
    let granted: EntryField
    let freeUse: EntryField?
    let renews: Bool
    let code: EntryField?
    let isCodeOpen: Bool
    let version: [EntryField]
    let hasVersion: Bool
    let constraints: [EntryField]
    let agreements: [AgreementBox]
    let hasAgreements: Bool
    let agreementError: String?
    let send: String

    private static let commonLicences = [
        "apache-2.0", "mit", "bsd-3-clause", "gpl-3.0", "lgpl-3.0", "agpl-3.0", "mpl-2.0", "cc-by-4.0", "cc-by-sa-4.0",
        "cc-by-nc-4.0", "cc0-1.0", "openrail", "llama3.1", "gemma", "other",
    ]

    init(
        head: AssetHead,
        asset: Asset,
        form: PublishingForm,
        extra: PublishingFormPages.Extra,
        isNew: Bool,
        isReviewed: Bool,
        agreements: [AgreementBox],
        faults: FormFaults,
        _ context: GalleryContext
    ) {
        let terms = PublishingTerms.of(asset.kind)
        self.head = head
        heading = isNew ? context.say("publishing.form.title") : context.say("publishing.form.edit")
        lead =
            !isNew
            ? context.say("publishing.form.edit.lead")
            : isReviewed ? context.say("publishing.form.lead.review") : context.say("publishing.form.lead.automatic")
        action = asset.path + "/publish"
        cancel = asset.path + (isNew ? "" : "/settings")
        var names = ["publishing.step.form", "publishing.step.check"]
        if isReviewed { names.append("publishing.step.review") }
        names.append("publishing.step.done")
        steps = names.enumerated().map { Step(text: context.say($0.element), isCurrent: $0.offset == 0) }
        hasSteps = isNew
        general = faults.general
        var facts = [
            EntryField(
                "title",
                context.say("publishing.field.title"),
                form.title,
                hint: terms.needsTitle
                    ? context.say("publishing.field.title.strict") : context.say("publishing.field.title.hint"),
                maximum: terms.titleLength.upperBound,
                isOptional: !terms.needsTitle,
                faults
            ),
            EntryField(
                "secondTitle",
                context.say("publishing.field.secondTitle"),
                form.secondTitle,
                maximum: 120,
                isOptional: true,
                faults
            ),
            EntryField(
                "description",
                context.say("publishing.field.description"),
                form.description,
                hint: context.say("publishing.field.description.hint"),
                maximum: 90,
                faults
            ),
        ]
        if terms.hasTask {
            facts.append(
                EntryField(
                    "task",
                    context.say("publishing.field.task"),
                    form.task,
                    isOptional: true,
                    list: "tasks",
                    faults
                )
            )
        }
        facts.append(
            EntryField(
                "licence",
                context.say("publishing.field.licence"),
                form.licence,
                hint: context.say("publishing.field.licence.hint"),
                isOptional: !terms.needsLicence,
                list: "licences",
                faults
            )
        )
        self.facts = facts
        licences = Self.commonLicences
        tasks = TaskNames.choices(isChinese: context.language == .chinese)
        hasEnvironment = terms.needsEnvironment
        environments = NotebookEnvironment.allCases.map {
            Choice(value: $0.rawValue, text: $0.rawValue, hint: nil, isChosen: $0 == form.environment)
        }
        environmentError = faults["environment"]
        visibilities = [
            ("everyone", "publishing.visibility.everyone", "publishing.visibility.everyone.hint"),
            ("named", "publishing.visibility.named", "publishing.visibility.named.hint"),
            ("owner", "publishing.visibility.owner", "publishing.visibility.owner.hint"),
        ].map { value, text, hint in
            Choice(
                value: value,
                text: context.say(text),
                hint: context.say(hint),
                isChosen: form.visibility.rawValue == value
            )
        }
        named = EntryField(
            "named",
            context.say("publishing.field.named"),
            form.named.joined(separator: "\n"),
            hint: context.say("publishing.field.people.hint"),
            isOptional: true,
            faults
        )
        gate = terms.allowsGating
        isGated = form.isGated
        granted = EntryField(
            "granted",
            context.say("publishing.field.granted"),
            form.granted.joined(separator: "\n"),
            hint: context.say("publishing.field.people.hint"),
            isOptional: true,
            faults
        )
        freeUse =
            terms.isSubscribed
            ? EntryField(
                "freeUseDays",
                context.say("publishing.field.freeUse"),
                form.freeUseDays.map(String.init) ?? "",
                hint: context.say("publishing.field.freeUse.hint"),
                maximum: 4,
                isOptional: true,
                faults
            ) : nil
        renews = form.renews
        code =
            terms.hasCode
            ? EntryField(
                "codeLicence",
                context.say("publishing.field.codeLicence"),
                form.codeLicence,
                isOptional: true,
                list: "licences",
                faults
            ) : nil
        isCodeOpen = form.isCodeOpen
        hasVersion = isNew && terms.hasVersions
        version = [
            EntryField(
                "version",
                context.say("publishing.field.version"),
                extra.version,
                hint: context.say("publishing.field.version.hint"),
                maximum: 29,
                isOptional: true,
                faults
            )
        ]
        constraints = [
            EntryField(
                "notes",
                context.say("publishing.field.notes"),
                extra.notes,
                maximum: 5000,
                isOptional: true,
                faults
            ),
            EntryField(
                "constraints",
                context.say("publishing.field.constraints"),
                extra.constraints,
                hint: context.say("publishing.field.constraints.hint"),
                maximum: 5000,
                isOptional: true,
                faults
            ),
        ]
        self.agreements = agreements
        hasAgreements = !agreements.isEmpty
        agreementError = faults["agreements"]
        send =
            !isNew
            ? context.say("publishing.save")
            : isReviewed ? context.say("publishing.send") : context.say("publishing.publish")
    }
}
