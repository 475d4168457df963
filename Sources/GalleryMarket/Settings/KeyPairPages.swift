import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/settings/keys`: access keys with their secret keys, which are shown once.
struct KeyPairPages: Sendable {
    private static let path = "/settings/keys"

    let keyPairs: KeyPairs
    let shownOnce: ShownOnce
    let world: World
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get(RouterPath(Self.path), use: show)
        router.post(RouterPath(Self.path), use: create)
        router.post("/settings/keys/:key/deletion", use: delete)
    }

    private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        // The access key, a space, and its secret key.
        let issued = try await shownOnce.take(for: Self.path, context).map { $0.split(separator: " ").map(String.init) }
        return try await page(FormField(), issued: issued, request, context)
    }

    private func create(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        let name = form["name"] ?? ""
        do {
            let issued = try await keyPairs.create(name: name, by: context.viewer)
            let both = "\(issued.pair.accessKey) \(issued.secretKey)"
            return try await shownOnce.redirect(to: Self.path, showing: both, pages, request, context)
        } catch let error as KeyPairError {
            return try await page(FormField(name, error: context.say(error.problem)), issued: nil, request, context)
        }
    }

    private func delete(_ request: Request, context: GalleryContext) async throws -> Response {
        _ = try await pages.form(request, context)
        try await keyPairs.delete(context.segment("key"), by: context.viewer)
        return pages.redirect(to: Self.path, flash: context.say("settings.keys.deleted"), request, context)
    }

    private func page(
        _ name: FormField,
        issued: [String]?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let now = world.now()
        let page = KeyPairsPage(
            menu: SettingsMenu.entries("keys", context),
            issued: issued.map { .init(accessKey: $0[0], secretKey: $0[1]) },
            name: name,
            keys: try await keyPairs.list(by: context.viewer).map { pair in
                KeyPairsPage.Entry(
                    accessKey: pair.accessKey,
                    name: pair.name,
                    created: context.formats.moment(pair.createdAt, now: now),
                    used: pair.lastUsedAt.map { context.formats.moment($0, now: now) }
                )
            }
        )
        return try await pages.answer(
            page,
            title: context.say("settings.keys"),
            status: name.error == nil ? .ok : .unprocessableContent,
            headers: [.cacheControl: "no-store"],
            request,
            context
        )
    }
}

/// `/settings/keys`
struct KeyPairsPage: Page {
    static let template = "settings/keys"

    struct Issued {
        let accessKey: String
        let secretKey: String
    }

    struct Entry {
        let accessKey: String
        let name: String
        let created: Moment
        let used: Moment?
    }

    let menu: [SideEntry]
    let issued: Issued?
    let name: FormField
    let keys: [Entry]
}
