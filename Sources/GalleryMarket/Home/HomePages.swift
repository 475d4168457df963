import GalleryModel
import GalleryServing
import Hummingbird

/// `/`
struct HomePages: Sendable {
    let discovery: Discovery
    let setup: Setup
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/") { request, context in
            if try await setup.isOpen() { return pages.redirect(to: "/setup", request, context) }
            let contents = try await discovery.home(by: context.viewer)
            let page = HomePage(
                contents,
                origin: request.origin(context),
                viewer: context.viewer,
                Reader(context, now: discovery.world.now())
            )
            return try await pages.answer(page, title: context.say("home.title"), request, context)
        }
    }
}

struct HomePage: Page {
    static let template = "home/home"

    struct Kind {
        let text: String
        let count: String
        let path: String
        let icon: String
    }

    struct Section {
        let title: String
        let path: String
        let rows: [AssetRow]
    }

    let origin: String
    let kinds: [Kind]
    let own: Section?
    let selected: Section?
    let columns: [Section]
    let newest: Section?
    let isEmpty: Bool
    /// What an empty gallery says to those who run it, to others who are signed in, and to visitors.
    let isOperator: Bool
    let emptyText: String

    init(_ contents: HomeContents, origin: String, viewer: Viewer, _ reader: Reader) {
        let words = reader.words
        self.origin = origin
        let all: [(RepoKind, String)] = [
            (.model, words.say("discovery.models")), (.dataset, words.say("discovery.datasets")),
            (.algorithm, words.say("discovery.algorithms")), (.notebook, words.say("discovery.notebooks")),
        ]
        kinds = all.map { kind, text in
            Kind(
                text: text,
                count: reader.formats.number(contents.counts[kind] ?? 0),
                path: "/\(kind.plural)",
                icon: AssetRow.icon(of: kind)
            )
        }
        func section(_ title: String, _ path: String, _ assets: [AssetCard], showsKind: Bool) -> Section? {
            guard !assets.isEmpty else { return nil }
            return Section(title: title, path: path, rows: assets.map { AssetRow($0, showsKind: showsKind, reader) })
        }
        let name = viewer.account?.name ?? ""
        own = section(words.say("home.own"), "/\(name)", contents.own, showsKind: true)
        selected = section(words.say("home.selected"), "/search?mark=featured", contents.selected, showsKind: true)
        columns = [
            section(words.say("home.models"), "/models", contents.models, showsKind: false),
            section(words.say("home.datasets"), "/datasets", contents.datasets, showsKind: false),
        ].compactMap(\.self)
        newest = section(words.say("home.newest"), "/search?sort=newest", contents.newest, showsKind: true)
        isEmpty = contents.isEmpty
        isOperator = viewer.account?.role == .admin
        emptyText = words.say(isOperator ? "home.empty.operator" : "home.empty.text")
    }
}
