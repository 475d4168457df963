import GalleryModel
import GalleryServing
import SearchIndex

/// Where a list lies: every state of it stands in the address.
struct ListAddress: Sendable, Equatable {
    /// The facets that addresses may name, in the order in which pages show them.
    static let facets: [Facet] = [.mark, .task, .library, .license, .language, .tag, .access]

    var path: String
    /// Whether the kind is a choice, as in a search over all of them.
    var choosesKind: Bool
    var query: AssetQuery

    init(path: String, kind: RepoKind?, _ parameters: QueryParameters) throws {
        self.path = path
        choosesKind = kind == nil
        query = AssetQuery()
        query.text = parameters["q"]?.trimmingWhitespace ?? ""
        query.cursor = parameters["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        if let word = parameters["sort"], !word.isEmpty {
            guard let order = ShelfOrder(rawValue: word) else {
                let known = ShelfOrder.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem.invalid("sort-unknown", "'sort' does not know '\(word.prefix(50))'. It knows: \(known).")
            }
            query.order = order
        }
        for facet in Self.facets {
            let values = parameters.values(facet.parameter).filter { !$0.isEmpty }
            if !values.isEmpty {
                query.filters[facet] = values.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
            }
        }
        let kinds = kind.map { [$0.rawValue] } ?? parameters.values("kind").filter { RepoKind(rawValue: $0) != nil }
        if !kinds.isEmpty { query.filters[.kind] = kinds }
    }

    /// The address, from its first page on unless it names a cursor.
    var text: String {
        var items: [(String, String)] = []
        if !query.text.isEmpty { items.append(("q", query.text)) }
        for (name, value) in choices { items.append((name, value)) }
        if let order = query.order { items.append(("sort", order.rawValue)) }
        if let cursor = query.cursor { items.append(("cursor", cursor)) }
        guard !items.isEmpty else { return path }
        let list = items.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }
        return "\(path)?\(list.joined(separator: "&"))"
    }

    /// The chosen values, by the names that addresses give their facets.
    var choices: [(name: String, value: String)] {
        ((choosesKind ? [.kind] : []) + Self.facets).flatMap { facet in
            (query.filters[facet] ?? []).map { (facet.parameter, $0) }
        }
    }

    func isChosen(_ value: FacetValue) -> Bool { query.filters[value.facet]?.contains(value.text) ?? false }

    /// With a value chosen, or no longer.
    func toggling(_ value: FacetValue) -> ListAddress {
        changing { query in
            var values = query.filters[value.facet] ?? []
            if let index = values.firstIndex(of: value.text) {
                values.remove(at: index)
            } else {
                values.append(value.text)
            }
            query.filters[value.facet] = values.isEmpty ? nil : values
        }
    }

    /// With this kind alone, or all of them.
    func choosing(kind: RepoKind?) -> ListAddress {
        changing { $0.filters[.kind] = kind.map { [$0.rawValue] } }
    }

    /// Without any choice.
    var cleared: ListAddress {
        changing { query in
            query.filters = choosesKind ? [:] : query.filters.filter { $0.key == .kind }
        }
    }

    func ordered(_ order: ShelfOrder) -> ListAddress { changing { $0.order = order } }

    func page(_ cursor: String?) -> ListAddress { changing { $0.cursor = cursor } }

    private func changing(_ change: (inout AssetQuery) -> Void) -> ListAddress {
        var address = self
        address.query.cursor = nil
        change(&address.query)
        return address
    }
}

extension String {
    fileprivate var trimmingWhitespace: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
