import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import Hummingbird

/// `/my/exports`, for administrators.
struct ExportPages: Sendable {
    let exports: Exports
    let mine: MyGallery
    let world: World
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/my/exports", use: show)
    }

    private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        let past = try await exports.past(by: context.viewer)
        let counts = try await mine.counts(by: context.viewer)
        let now = world.now()
        let page = ExportsPage(
            menu: MyMenu.entries("exports", counts, context),
            kinds: MyMenu.kinds.map { FormChoice($0.rawValue, context.say("my.\($0.plural)")) },
            past: past.map { entry in
                let detail = entry.details
                let kind = RepoKind(rawValue: detail["kind"] ?? "").map { context.say("my.\($0.plural)") }
                let owner = detail["owner"].flatMap { $0.isEmpty ? nil : $0 }
                let parts = [kind, owner].compactMap { $0 }
                return ExportsPage.Entry(
                    format: (detail["format"] ?? "").uppercased(),
                    what: parts.isEmpty ? context.say("exports.all") : parts.joined(separator: " · "),
                    at: context.formats.moment(entry.at, now: now)
                )
            }
        )
        return try await pages.answer(page, title: context.say("my.exports"), request, context)
    }
}

/// `/my/exports`
struct ExportsPage: Page {
    static let template = "my/exports"

    struct Entry {
        let format: String
        let what: String
        let at: Moment
    }

    let menu: [SideEntry]
    let kinds: [FormChoice]
    let past: [Entry]
}
