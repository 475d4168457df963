import Foundation
import GalleryModel
import GalleryServing
import SearchIndex

/// A list of assets of one kind, or what a search over all kinds found.
struct AssetListPage: Page {
    static let template = "discovery/list"

    struct Choice {
        let text: String
        let count: String
        let path: String
        let isChosen: Bool
    }

    struct Group {
        let title: String
        let choices: [Choice]
        /// Those that are shown when asked for.
        let more: [Choice]
        let moreText: String?
    }

    struct Order {
        let text: String
        let path: String
        let isChosen: Bool
    }

    struct Field {
        let name: String
        let value: String
    }

    let heading: String
    let placeholder: String
    let action: String
    let query: String
    let fields: [Field]
    let kinds: [Choice]
    let hasKinds: Bool
    let groups: [Group]
    let hasGroups: Bool
    let chosen: [Choice]
    let chosenCount: String?
    let clearPath: String?
    let total: String
    let orders: [Order]
    let order: String
    let rows: [AssetRow]
    let hasRows: Bool
    let pager: Pager?
    let emptyTitle: String
    let emptyText: String
    let uploadHint: String?
    /// Where one of this kind is made.
    let newPath: String?
    let newText: String

    /// Of each facet. Longer lists are searched for rather than read.
    static let valuesOffered = 30
    private static let shownAtOnce = 8

    init(_ address: ListAddress, kind: RepoKind?, _ list: AssetList, _ reader: Reader) {
        let words = reader.words
        let query = address.query
        let isNarrowed = !address.choices.isEmpty
        heading = Self.heading(kind, query, words)
        placeholder = Self.placeholder(kind, words)
        action = address.path
        newPath = kind.map { "/new?kind=\($0.rawValue)" }
        newText = Self.newText(kind, words)
        self.query = query.text
        fields = address.choices.map(Field.init) + (query.order.map { [Field(name: "sort", value: $0.rawValue)] } ?? [])
        kinds = kind == nil ? Self.kinds(address, list, reader) : []
        hasKinds = kind == nil
        groups = ListAddress.facets.compactMap { Self.group($0, address, list, reader) }
        hasGroups = !groups.isEmpty
        chosen = ListAddress.facets.flatMap { facet in
            (query.filters[facet] ?? []).map { text in
                let value = FacetValue(facet, text)
                return Choice(
                    text: Self.name(of: value, reader),
                    count: "",
                    path: address.toggling(value).text,
                    isChosen: true
                )
            }
        }
        chosenCount = chosen.isEmpty ? nil : reader.formats.number(chosen.count)
        clearPath = chosen.isEmpty ? nil : address.cleared.text
        total = words.say("discovery.total", count: list.total)
        let usual = query.effectiveOrder
        orders = ShelfOrder.allCases.filter { $0 != .relevance || !query.text.isEmpty }.map { order in
            Order(text: Self.name(of: order, words), path: address.ordered(order).text, isChosen: order == usual)
        }
        order = Self.name(of: usual, words)
        rows = list.assets.map { AssetRow($0, showsKind: kind == nil, reader) }
        hasRows = !rows.isEmpty
        pager = Pager(
            first: query.cursor == nil ? nil : address.page(nil).text,
            next: list.next.map { address.page($0).text }
        )
        if query.text.isEmpty, !isNarrowed {
            emptyTitle = words.say("discovery.none.title")
            emptyText = words.say("discovery.none.text")
            uploadHint = Self.command(kind)
        } else {
            emptyTitle = words.say("discovery.nothing.title")
            emptyText = words.say(isNarrowed ? "discovery.nothing.narrowed" : "discovery.nothing.text")
            uploadHint = nil
        }
    }

    var title: String { heading }

    private static func command(_ kind: RepoKind?) -> String {
        switch kind {
        case nil, .model: "hf upload OWNER/NAME ./folder"
        case .dataset: "hf upload OWNER/NAME ./folder --repo-type dataset"
        case let kind?: "gallery-cli upload OWNER/NAME ./folder --repo-type \(kind.rawValue)"
        }
    }

    private static func newText(_ kind: RepoKind?, _ words: Phrases) -> String {
        switch kind {
        case .dataset: words.say("creation.new.dataset")
        case .algorithm: words.say("creation.new.algorithm")
        case .notebook: words.say("creation.new.notebook")
        default: words.say("creation.new.model")
        }
    }

    private static func kinds(_ address: ListAddress, _ list: AssetList, _ reader: Reader) -> [Choice] {
        let counts = list.facets[.kind] ?? []
        let chosen = address.query.filters[.kind] ?? []
        let all = Choice(
            text: reader.words.say("discovery.kinds.all"),
            count: reader.formats.number(counts.reduce(0) { $0 + $1.count }),
            path: address.choosing(kind: nil).text,
            isChosen: chosen.isEmpty
        )
        let shown: [RepoKind] = [.model, .dataset, .algorithm, .notebook]
        return [all]
            + shown.map { kind in
                Choice(
                    text: heading(kind, AssetQuery(), reader.words),
                    count: reader.formats.number(counts.first { $0.text == kind.rawValue }?.count ?? 0),
                    path: address.choosing(kind: kind).text,
                    isChosen: chosen == [kind.rawValue]
                )
            }
    }

    private static func group(_ facet: Facet, _ address: ListAddress, _ list: AssetList, _ reader: Reader) -> Group? {
        let counts = list.facets[facet] ?? []
        // That everything is open to all is no choice.
        guard facet != .access || counts.contains(where: { $0.text == "gated" }) else { return nil }
        var choices = counts.map { count in
            let value = FacetValue(facet, count.text)
            return Choice(
                text: name(of: value, reader),
                count: reader.formats.number(count.count),
                path: address.toggling(value).text,
                isChosen: address.isChosen(value)
            )
        }
        guard !choices.isEmpty else { return nil }
        choices = choices.filter(\.isChosen) + choices.filter { !$0.isChosen }
        // One more line is no longer than the line that would offer it.
        let shown =
            choices.count <= shownAtOnce + 1 ? choices.count : max(shownAtOnce, choices.filter(\.isChosen).count)
        let more = Array(choices.dropFirst(shown))
        return Group(
            title: title(of: facet, reader.words),
            choices: Array(choices.prefix(shown)),
            more: more,
            moreText: more.isEmpty ? nil : reader.words.say("discovery.more", count: more.count)
        )
    }

    private static func heading(_ kind: RepoKind?, _ query: AssetQuery, _ words: Phrases) -> String {
        switch kind {
        case .model: words.say("discovery.models")
        case .dataset: words.say("discovery.datasets")
        case .algorithm: words.say("discovery.algorithms")
        case .notebook: words.say("discovery.notebooks")
        case .app, .image, .workflow, .case, .skill, nil: words.say("discovery.search")
        }
    }

    private static func placeholder(_ kind: RepoKind?, _ words: Phrases) -> String {
        switch kind {
        case .model: words.say("discovery.search.models")
        case .dataset: words.say("discovery.search.datasets")
        case .algorithm: words.say("discovery.search.algorithms")
        case .notebook: words.say("discovery.search.notebooks")
        case .app, .image, .workflow, .case, .skill, nil: words.say("discovery.search.all")
        }
    }

    private static func title(of facet: Facet, _ words: Phrases) -> String {
        switch facet {
        case .kind: words.say("discovery.facet.kind")
        case .task: words.say("discovery.facet.task")
        case .library: words.say("discovery.facet.library")
        case .license: words.say("discovery.facet.license")
        case .language: words.say("discovery.facet.language")
        case .tag: words.say("discovery.facet.tag")
        case .mark: words.say("discovery.facet.mark")
        case .access: words.say("discovery.facet.access")
        case .owner: words.say("discovery.facet.owner")
        }
    }

    private static func name(of order: ShelfOrder, _ words: Phrases) -> String {
        switch order {
        case .relevance: words.say("discovery.sort.relevance")
        case .trending: words.say("discovery.sort.trending")
        case .newest: words.say("discovery.sort.newest")
        case .updated: words.say("discovery.sort.updated")
        case .downloads: words.say("discovery.sort.downloads")
        case .favourites: words.say("discovery.sort.favourites")
        case .subscriptions: words.say("discovery.sort.subscriptions")
        }
    }

    private static func name(of value: FacetValue, _ reader: Reader) -> String {
        switch value.facet {
        case .task: TaskNames.name(of: value.text, isChinese: reader.isChinese)
        case .license: LicenseNames.name(of: value.text, isChinese: reader.isChinese)
        case .language: LanguageNames.name(of: value.text, isChinese: reader.isChinese)
        case .mark: Mark(rawValue: value.text).map(reader.mark) ?? value.text
        case .access: reader.words.say(value.text == "gated" ? "discovery.access.gated" : "discovery.access.open")
        case .kind: RepoKind(rawValue: value.text).map(reader.kind) ?? value.text
        case .library, .tag, .owner: value.text
        }
    }
}

/// What human languages are called.
enum LanguageNames {
    private static let chinese = Locale(identifier: "zh_Hans")
    private static let english = Locale(identifier: "en")

    /// The name of an ISO 639 code; the code itself where it has none.
    static func name(of code: String, isChinese: Bool) -> String {
        if code == "multilingual" { return isChinese ? "多语言" : "Multilingual" }
        guard (2...3).contains(code.utf8.count) else { return code }
        return (isChinese ? chinese : english).localizedString(forLanguageCode: code) ?? code
    }
}
