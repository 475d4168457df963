import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/console/marks`: which assets are official, featured, commercial.
struct MarkPages: Sendable {
    let marking: Marking
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/console/marks", use: show)
        router.post("/console/marks", use: set)
    }

    private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        let query = try request.query()
        let cursor = query["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        let text = (query["q"] ?? "").trimmed
        let mark = Mark(rawValue: query["mark"] ?? "")
        let found = try await marking.assets(containing: text, mark: mark, after: cursor ?? "", by: context.viewer)
        let page = MarksPage(
            menu: ConsoleMenu.entries("marks", context),
            text: text,
            marks: [FormChoice("", context.say("marks.all"), isChosen: mark == nil)]
                + Mark.allCases.map { FormChoice($0.rawValue, MarksPage.word($0, context), isChosen: $0 == mark) },
            back: request.uri.string,
            isSearch: !text.isEmpty || mark != nil,
            assets: found.assets.map { MarksPage.Row($0, context) },
            pager: try request.pager(next: found.next, isFirst: cursor == nil)
        )
        return try await pages.answer(page, title: context.say("marks.title"), place: "/console", request, context)
    }

    private func set(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        guard let mark = Mark(rawValue: form["mark"] ?? "") else {
            throw Problem.invalid("mark-unknown", "There is no such mark.")
        }
        try await marking.set(mark, form["on"] == "1", of: RepoID(form["asset"] ?? ""), by: context.viewer)
        let back = Pages.localPath(form["back"]).flatMap { $0.hasPrefix("/console/marks") ? $0 : nil }
        return pages.redirect(
            to: back ?? "/console/marks",
            flash: form["on"] == "1"
                ? context.say("marks.set", ["name": form["name"] ?? ""])
                : context.say("marks.taken", ["name": form["name"] ?? ""]),
            request,
            context
        )
    }
}

/// `templates/console/marks.mustache`
struct MarksPage: Page {
    static let template = "console/marks"

    struct Choice: Sendable {
        let mark: String
        let text: String
        let isOn: Bool
        /// What the button sends.
        let next: String
    }

    struct Row: Sendable {
        let id: String
        let name: String
        let title: String?
        let path: String
        let icon: String
        let state: Badge
        let choices: [Choice]
        let isCommercial: Bool

        init(_ asset: MarkedAsset, _ context: GalleryContext) {
            id = asset.repo.rawValue
            name = asset.name.description
            title = asset.title.isEmpty ? nil : asset.title
            path = AssetAddress.path(asset.kind, asset.name)
            icon = AssetAddress.kinds.contains(asset.kind) ? asset.kind.rawValue : "file"
            state = StateBadge(asset.listing).badge(context.words)
            choices = [Mark.official, .featured].compactMap { mark in
                let isOn = asset.marks.contains(mark)
                guard isOn || asset.listing == .published else { return nil }
                return Choice(
                    mark: mark.rawValue,
                    text: MarksPage.word(mark, context),
                    isOn: isOn,
                    next: isOn ? "0" : "1"
                )
            }
            isCommercial = asset.marks.contains(.commercial)
        }
    }

    let menu: [SideEntry]
    let text: String
    let marks: [FormChoice]
    let back: String
    let isSearch: Bool
    let assets: [Row]
    let pager: Pager

    static func word(_ mark: Mark, _ context: GalleryContext) -> String {
        switch mark {
        case .official: context.say("discovery.mark.official")
        case .featured: context.say("discovery.mark.featured")
        case .commercial: context.say("discovery.mark.commercial")
        }
    }
}
