/// What a list asks the shelf.
package struct ShelfQuery: Sendable {
    /// What the text fits, the best fits first, each within the next; nil where there is no text.
    package var matches: [NumberSet]?
    /// Unlisted assets that the viewer may find.
    package var extras = NumberSet()
    package var filters: [Facet: [String]] = [:]
    package var order = ShelfOrder.trending
    package var after: ShelfCursor?
    package var limit = 30
    /// How many values of each facet are told, the commonest first; chosen ones are always told.
    package var valueLimit = 100

    package init() {}
}

/// Where a page ended, so that the next begins there whatever has been put in before.
package struct ShelfCursor: Sendable, Equatable, CustomStringConvertible {
    package let tier: Int
    var rank: Double
    var number: Int

    init(tier: Int, rank: Double, number: Int) {
        self.tier = tier
        self.rank = rank
        self.number = number
    }

    /// Nil for text that was never a cursor.
    package init?(_ text: String) {
        let parts = text.utf8.count < 100 ? text.split(separator: ".", omittingEmptySubsequences: false) : []
        guard parts.count == 3, let tier = Int(parts[0]), let bits = UInt64(parts[1], radix: 36),
            let number = Int(parts[2]), (0...100).contains(tier), !Double(bitPattern: bits).isNaN
        else { return nil }
        self.init(tier: tier, rank: Double(bitPattern: bits), number: number)
    }

    package var description: String { "\(tier).\(String(rank.bitPattern, radix: 36)).\(number)" }

    /// Whether it comes earlier in a list.
    @inline(__always)
    func precedes(_ other: ShelfCursor) -> Bool {
        if tier != other.tier { return tier < other.tier }
        if rank != other.rank { return rank > other.rank }
        return number > other.number
    }
}

package struct ShelfAnswer: Sendable, Equatable {
    package struct Count: Sendable, Equatable {
        package var text: String
        package var count: Int

        package init(text: String, count: Int) {
            self.text = text
            self.count = count
        }
    }

    /// The page, in order.
    package var numbers: [Int]
    /// How many fit altogether.
    package var total: Int
    /// For each facet, how many would be left with a value chosen; of one whose values are alternatives, regardless of those
    /// chosen already.
    package var facets: [Facet: [Count]]
    package var next: ShelfCursor?
    /// The widest of the matches that the page needed.
    package var deepest = 0
}

extension Shelf {
    /// One pass over what the text fits: narrows, counts, and keeps the first of the order.
    package func search(_ query: ShelfQuery) -> ShelfAnswer {
        var tally = Tally(self, query)
        if let widest = query.matches?.last {
            widest.forEach(below: end) { tally.look(at: $0) }
        } else {
            for number in 0..<end { tally.look(at: number) }
        }
        return tally.answer()
    }
}

/// The work of one search.
private struct Tally {
    private let shelf: Shelf
    private let query: ShelfQuery
    private let tiers: [NumberSet]
    /// For each value the bit of the choice that it satisfies.
    private var choiceOf: [UInt64]
    /// The choices that an entry must satisfy, and those of them where one value of a facet suffices.
    private var wanted: UInt64 = 0
    private var alternatives: [UInt64: Facet] = [:]
    private var counts: [Int32]
    private var total = 0
    private var page: [ShelfCursor] = []

    init(_ shelf: Shelf, _ query: ShelfQuery) {
        self.shelf = shelf
        self.query = query
        tiers = query.order == .relevance ? query.matches ?? [] : []
        counts = Array(repeating: 0, count: shelf.values.count)
        choiceOf = Array(repeating: 0, count: shelf.values.count)
        var bit: UInt64 = 1
        for facet in Facet.allCases {
            let texts = query.filters[facet] ?? []
            for group in facet.needsAll ? texts.map({ [$0] }) : texts.isEmpty ? [] : [texts] {
                guard bit != 0 else { break }
                for text in group {
                    if let id = shelf.id(of: FacetValue(facet, text)) { choiceOf[Int(id)] |= bit }
                }
                wanted |= bit
                if !facet.needsAll { alternatives[bit] = facet }
                bit <<= 1
            }
        }
    }

    mutating func look(at number: Int) {
        guard shelf.isListed[number] || query.extras.contains(number) else { return }
        let start = Int(shelf.starts[number])
        let end = start + Int(shelf.counts[number])
        var missing: UInt64 = 0
        if wanted != 0 {
            var held: UInt64 = 0
            for index in start..<end { held |= choiceOf[Int(shelf.pool[index])] }
            missing = wanted & ~held
        }
        if missing == 0 {
            total += 1
            for index in start..<end { counts[Int(shelf.pool[index])] += 1 }
            keep(number)
        } else if let facet = alternatives[missing] {
            // Only this choice is in the way: another value of the same facet would let it in.
            for index in start..<end where shelf.values[Int(shelf.pool[index])].facet == facet {
                counts[Int(shelf.pool[index])] += 1
            }
        }
    }

    private mutating func keep(_ number: Int) {
        var tier = 0
        while tier + 1 < tiers.count, !tiers[tier].contains(number) { tier += 1 }
        let place = ShelfCursor(tier: tier, rank: shelf.ranks[number].value(query.order), number: number)
        if let after = query.after, !after.precedes(place) { return }
        if page.count > query.limit {
            guard let last = page.last, place.precedes(last) else { return }
            page.removeLast()
        }
        var (low, high) = (0, page.count)
        while low < high {
            let middle = (low + high) / 2
            if page[middle].precedes(place) { low = middle + 1 } else { high = middle }
        }
        page.insert(place, at: low)
    }

    func answer() -> ShelfAnswer {
        let shown = page.prefix(query.limit)
        return ShelfAnswer(
            numbers: shown.map(\.number),
            total: total,
            facets: facets(),
            next: page.count > query.limit ? shown.last : nil,
            deepest: page.last?.tier ?? 0
        )
    }

    private func facets() -> [Facet: [ShelfAnswer.Count]] {
        var ids: [Facet: [Int]] = [:]
        for id in counts.indices where counts[id] > 0 { ids[shelf.values[id].facet, default: []].append(id) }
        var result = ids.mapValues { ids in
            ids.sorted { left, right in
                counts[left] != counts[right]
                    ? counts[left] > counts[right] : shelf.values[left].text < shelf.values[right].text
            }
            .prefix(query.valueLimit)
            .map { ShelfAnswer.Count(text: shelf.values[$0].text, count: Int(counts[$0])) }
        }
        for (facet, texts) in query.filters {
            for text in texts where !(result[facet] ?? []).contains(where: { $0.text == text }) {
                let count = shelf.id(of: FacetValue(facet, text)).map { Int(counts[Int($0)]) } ?? 0
                result[facet, default: []].append(ShelfAnswer.Count(text: text, count: count))
            }
        }
        return result
    }
}
