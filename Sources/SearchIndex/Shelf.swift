/// By what lists are narrowed; named as in addresses and in the database.
package enum Facet: String, Sendable, CaseIterable {
    case kind, task, library, license, language, tag, mark, access, owner

    /// Whether every chosen value must hold; otherwise one of them suffices.
    var needsAll: Bool { self == .tag || self == .mark }
}

/// One value of a facet.
package struct FacetValue: Sendable, Hashable {
    package var facet: Facet
    package var text: String

    package init(_ facet: Facet, _ text: String) {
        self.facet = facet
        self.text = text
    }
}

/// An asset as the shelf knows it.
package struct ShelfEntry: Sendable, Equatable {
    /// Small and its own for good.
    package var number: Int
    /// Whether everybody may find it.
    package var isListed: Bool
    package var values: [FacetValue]
    package var ranks: ShelfRanks

    package init(number: Int, isListed: Bool, values: [FacetValue], ranks: ShelfRanks) {
        self.number = number
        self.isListed = isListed
        self.values = values
        self.ranks = ranks
    }
}

/// By what lists are ordered, each downwards.
package enum ShelfOrder: String, Sendable, CaseIterable {
    /// How well the text fits, then as `trending`.
    case relevance
    case trending, newest, updated, downloads, favourites, subscriptions
}

/// The numbers behind the orders.
package struct ShelfRanks: Sendable, Equatable {
    package var hotness = 0.0
    package var created = 0.0
    package var updated = 0.0
    package var downloads = 0.0
    package var favourites = 0.0
    package var subscriptions = 0.0

    package init() {}

    func value(_ order: ShelfOrder) -> Double {
        switch order {
        case .relevance, .trending: hotness
        case .newest: created
        case .updated: updated
        case .downloads: downloads
        case .favourites: favourites
        case .subscriptions: subscriptions
        }
    }
}

/// What lists need to know of every asset, kept in memory so that facets are counted exactly and at once.
///
/// It holds nothing that is not also in the database, and its answers are numbers: whether a viewer may see what they stand
/// for is asked of the database again.
package struct Shelf: Sendable {
    /// The database's version that it reflects.
    package var version: Int64 = 0

    private(set) var isListed: [Bool] = []
    private(set) var ranks: [ShelfRanks] = []
    /// Where an entry's values begin in `pool`, and how many there are.
    private(set) var starts: [UInt32] = []
    private(set) var counts: [UInt16] = []
    private(set) var pool: [UInt32] = []
    private(set) var values: [FacetValue] = []
    private var ids: [FacetValue: UInt32] = [:]
    private var wasted = 0

    package init() {}

    /// One more than the largest number ever put.
    var end: Int { ranks.count }

    func id(of value: FacetValue) -> UInt32? { ids[value] }

    /// Puts an entry in the place of the one with its number.
    package mutating func put(_ entry: ShelfEntry) {
        guard entry.number >= 0, entry.number < 1_000_000_000 else { return }
        if entry.number >= end { grow(to: entry.number + 1) }
        let own = entry.values.prefix(200).map { identify($0) }
        isListed[entry.number] = entry.isListed
        ranks[entry.number] = entry.ranks
        wasted += Int(counts[entry.number])
        starts[entry.number] = UInt32(pool.count)
        counts[entry.number] = UInt16(own.count)
        pool += own
        if wasted > pool.count / 2 + 10_000 { compact() }
    }

    /// Takes an asset off the shelf; its number is not used again.
    package mutating func remove(_ number: Int) {
        guard number >= 0, number < end else { return }
        isListed[number] = false
        ranks[number] = ShelfRanks()
        wasted += Int(counts[number])
        counts[number] = 0
    }

    private mutating func grow(to count: Int) {
        let missing = count - end
        isListed += repeatElement(false, count: missing)
        ranks += repeatElement(ShelfRanks(), count: missing)
        starts += repeatElement(0, count: missing)
        counts += repeatElement(0, count: missing)
    }

    private mutating func identify(_ value: FacetValue) -> UInt32 {
        if let id = ids[value] { return id }
        let id = UInt32(values.count)
        values.append(value)
        ids[value] = id
        return id
    }

    private mutating func compact() {
        var fresh: [UInt32] = []
        fresh.reserveCapacity(pool.count - wasted)
        for number in 0..<end {
            let start = Int(starts[number])
            starts[number] = UInt32(fresh.count)
            fresh += pool[start..<start + Int(counts[number])]
        }
        pool = fresh
        wasted = 0
    }
}
