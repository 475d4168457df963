import Testing

@testable import SearchIndex

struct ShelfTests {
    private func shelf(_ entries: [(kind: String, tags: [String], hotness: Double)], unlisted: Set<Int> = []) -> Shelf {
        var shelf = Shelf()
        for (number, entry) in entries.enumerated() {
            var ranks = ShelfRanks()
            ranks.hotness = entry.hotness
            shelf.put(
                ShelfEntry(
                    number: number,
                    isListed: !unlisted.contains(number),
                    values: [FacetValue(.kind, entry.kind)] + entry.tags.map { FacetValue(.tag, $0) },
                    ranks: ranks
                )
            )
        }
        return shelf
    }

    @Test func `lists are ordered and what is unlisted is left out`() {
        let shelf = shelf([("model", [], 1), ("model", [], 3), ("model", [], 2)], unlisted: [1])
        #expect(shelf.search(ShelfQuery()).numbers == [2, 0])
        var query = ShelfQuery()
        query.extras = NumberSet([1])
        #expect(shelf.search(query).numbers == [1, 2, 0])
    }

    @Test func `alternatives are counted as if none of them were chosen, tags as what is left`() {
        let shelf = shelf([
            ("model", ["a", "b"], 1), ("model", ["a"], 2), ("dataset", ["a"], 3), ("dataset", ["b"], 4),
        ])
        var query = ShelfQuery()
        query.filters = [.kind: ["model"], .tag: ["a"]]
        let answer = shelf.search(query)
        #expect(answer.numbers == [1, 0])
        #expect(answer.total == 2)
        #expect(answer.facets[.kind] == [.init(text: "model", count: 2), .init(text: "dataset", count: 1)])
        #expect(answer.facets[.tag] == [.init(text: "a", count: 2), .init(text: "b", count: 1)])
        query.filters = [.kind: ["model", "dataset"], .tag: ["a", "b"]]
        #expect(shelf.search(query).numbers == [0])
    }

    @Test func `a chosen value that nothing has is told with nought`() {
        var query = ShelfQuery()
        query.filters = [.tag: ["nobody"]]
        let answer = shelf([("model", ["a"], 1)]).search(query)
        #expect(answer.total == 0)
        #expect(answer.facets[.tag] == [.init(text: "nobody", count: 0)])
    }

    @Test func `the better fit comes first, then the hotter`() {
        let shelf = shelf([("model", [], 1), ("model", [], 2), ("model", [], 3), ("model", [], 4)])
        var query = ShelfQuery()
        query.order = .relevance
        query.matches = [NumberSet([0]), NumberSet([0, 1, 2])]
        #expect(shelf.search(query).numbers == [0, 2, 1])
    }

    @Test func `pages follow one another without loss or repetition while entries are put in`() throws {
        var entries = (0..<100).map { ("model", ["t\($0 % 7)"], Double($0 % 10)) }
        var shelf = shelf(entries)
        var seen: [Int] = []
        var query = ShelfQuery()
        query.limit = 7
        repeat {
            let answer = shelf.search(query)
            seen += answer.numbers
            query.after = answer.next.flatMap { ShelfCursor($0.description) }
            entries.append(("model", [], Double(entries.count % 10)))
            shelf.put(
                ShelfEntry(
                    number: entries.count - 1,
                    isListed: true,
                    values: [],
                    ranks: ShelfRanks(hotness: entries.last?.2)
                )
            )
        } while query.after != nil && seen.count < 1000
        #expect(Set(seen).count == seen.count)
        #expect(Set(seen).isSuperset(of: 0..<100))
    }

    @Test func `what is put again replaces and what is removed is gone`() {
        var shelf = shelf([("model", ["a"], 1), ("model", ["b"], 2)])
        for _ in 0..<30_000 {
            shelf.put(ShelfEntry(number: 0, isListed: true, values: [FacetValue(.tag, "c")], ranks: ShelfRanks()))
        }
        #expect(shelf.search(ShelfQuery()).facets[.tag] == [.init(text: "b", count: 1), .init(text: "c", count: 1)])
        #expect(shelf.pool.count < 40_000)
        shelf.remove(1)
        #expect(shelf.search(ShelfQuery()).numbers == [0])
    }

    @Test(arguments: ["", "1", "1.2", "1.2.3.4", "x.1.1", "-1.0.1", "1.zz!.3", "999.1.1"])
    func `text that is no cursor is refused`(_ text: String) {
        #expect(ShelfCursor(text) == nil)
    }

    @Test func `numbers are read as databases join them`() {
        let set = NumberSet(joined: "3,17,64,5000")
        #expect(set.count == 4)
        #expect(set.contains(64) && !set.contains(65) && !set.contains(-1))
        #expect(NumberSet(joined: "").isEmpty)
        #expect(set.intersection(NumberSet([17, 18])).count == 1)
    }
}

extension ShelfRanks {
    fileprivate init(hotness: Double?) {
        self.init()
        self.hotness = hotness ?? 0
    }
}
