import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/new`
struct CreationPages: Sendable {
    let creation: Creation
    let pages: Pages

    /// The fields that problems of the slices below are about.
    private static let fields = [
        "repository-exists": "name", "repository-name-invalid": "name", "owner-unknown": "owner",
        "namespace-not-yours": "owner", "repositories-too-many": "owner",
    ]

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/new") { request, context in
            let query = try request.query()
            var new = NewAsset(kind: Self.kind(query["kind"]), owner: query["owner"], name: query["name"] ?? "")
            new.licence = ""
            return try await show(new, nil, request, context)
        }
        router.post("/new") { request, context in
            let form = try await pages.form(request, context)
            func text(_ name: String) -> String {
                (form[name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
            }
            let new = NewAsset(
                kind: Self.kind(form["kind"]),
                owner: text("owner").isEmpty ? nil : text("owner"),
                name: text("name"),
                title: text("title"),
                licence: text("licence"),
                description: text("description"),
                isPublic: form["visibility"] == "everyone"
            )
            do {
                let repository = try await creation.create(new, by: context.viewer)
                let name = repository.name
                return pages.redirect(
                    to:
                        "/\(new.kind.pathPrefix)\(PercentEncoding.encode(name.owner))/\(PercentEncoding.encode(name.name))/upload/main",
                    flash: context.say("creation.done", ["name": name.description]),
                    request,
                    context
                )
            } catch let error as any DomainError where error.problem.kind != .unauthenticated {
                return try await show(new, error.problem, request, context)
            }
        }
    }

    private static func kind(_ text: String?) -> RepoKind {
        let kind = text.flatMap { RepoKind(rawValue: $0) ?? RepoKind(plural: $0) } ?? .model
        return NewAsset.kinds.contains(kind) ? kind : .model
    }

    private func show(
        _ new: NewAsset,
        _ problem: Problem?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let account = try context.viewer.mustBeSignedIn()
        let owners = try await creation.owners(for: context.viewer)
        let sentence = problem.map { context.say($0) }
        let field = problem.flatMap { $0.members["field"] ?? Self.fields[$0.code] }
        let known = ["name", "title", "licence", "description", "owner"]
        func error(_ name: String) -> String? { field == name ? sentence : nil }
        let owner = new.owner ?? account.name
        let page = CreationPage(
            journey: AssetJourney(beginning: context),
            tabs: NewAsset.kinds.map { kind in
                Tab(
                    Self.word(kind, context),
                    "/new?kind=\(kind.rawValue)",
                    icon: kind.rawValue,
                    isCurrent: kind == new.kind
                )
            },
            kind: new.kind.rawValue,
            owners: owners.map { .init(value: $0, text: $0, isChosen: $0 == owner) },
            ownerError: error("owner"),
            name: new.name,
            nameError: error("name"),
            title: new.title,
            titleError: error("title"),
            licences: ([""] + Creation.licences).map {
                .init(
                    value: $0,
                    text: $0.isEmpty ? context.say("creation.licence.none") : $0,
                    isChosen: $0 == new.licence
                )
            },
            licenceError: error("licence"),
            description: new.description,
            descriptionError: error("description"),
            isPublic: new.isPublic,
            error: field.map(known.contains) == true ? nil : sentence
        )
        return try await pages.answer(
            page,
            title: context.say("creation.title"),
            status: problem == nil ? .ok : .unprocessableContent,
            request,
            context
        )
    }

    private static func word(_ kind: RepoKind, _ context: GalleryContext) -> String {
        switch kind {
        case .dataset: context.say("creation.kind.dataset")
        case .algorithm: context.say("creation.kind.algorithm")
        case .notebook: context.say("creation.kind.notebook")
        default: context.say("creation.kind.model")
        }
    }
}

struct CreationPage: Page {
    static let template = "creation/new"

    struct Choice {
        let value: String
        let text: String
        let isChosen: Bool
    }

    let journey: AssetJourney
    let tabs: [Tab]
    let kind: String
    let owners: [Choice]
    let ownerError: String?
    let name: String
    let nameError: String?
    let title: String
    let titleError: String?
    let licences: [Choice]
    let licenceError: String?
    let description: String
    let descriptionError: String?
    let isPublic: Bool
    let error: String?
}
