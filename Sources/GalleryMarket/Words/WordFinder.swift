/// Finds any of many words in one pass over a text (Aho–Corasick).
struct WordFinder: Sendable {
    /// A word that stands in the text.
    struct Hit: Sendable, Equatable {
        /// As it is in the list.
        var word: String
        /// As it was written.
        var text: String
    }

    private struct Node {
        var next: [UInt32: Int] = [:]
        var fallback = 0
        /// The word that ends here.
        var word: Int?
        /// The nearest node down the fallbacks at which a word ends.
        var shorter = 0
    }

    private var nodes = [Node()]
    private var words: [(text: String, length: Int)] = []

    init(_ list: some Sequence<String>) {
        for word in list {
            let letters = WordText(word).letters
            guard !letters.isEmpty else { continue }
            var node = 0
            for letter in letters {
                if let next = nodes[node].next[letter] {
                    node = next
                } else {
                    nodes.append(Node())
                    nodes[node].next[letter] = nodes.count - 1
                    node = nodes.count - 1
                }
            }
            nodes[node].word = words.count
            words.append((word, letters.count))
        }
        link()
    }

    private mutating func link() {
        var queue = Array(nodes[0].next.values)
        var index = 0
        while index < queue.count {
            let node = queue[index]
            index += 1
            for (letter, child) in nodes[node].next {
                var back = nodes[node].fallback
                while back != 0, nodes[back].next[letter] == nil { back = nodes[back].fallback }
                let target = nodes[back].next[letter] ?? 0
                nodes[child].fallback = target == child ? 0 : target
                queue.append(child)
            }
            let back = nodes[node].fallback
            nodes[node].shorter = nodes[back].word == nil ? nodes[back].shorter : back
        }
    }

    var isEmpty: Bool { words.isEmpty }

    /// The first words found, in the order of their ends; none twice.
    func hits(in text: String, limit: Int = 5) -> [Hit] {
        guard !isEmpty else { return [] }
        let text = WordText(text)
        var hits: [Hit] = []
        var found: Set<Int> = []
        var node = 0
        for (index, letter) in text.letters.enumerated() {
            while node != 0, nodes[node].next[letter] == nil { node = nodes[node].fallback }
            node = nodes[node].next[letter] ?? 0
            var end = nodes[node].word == nil ? nodes[node].shorter : node
            while let word = nodes[end].word {
                let start = index - words[word].length + 1
                if text.standsAlone(from: start, to: index), found.insert(word).inserted {
                    hits.append(Hit(word: words[word].text, text: text.original(from: start, to: index)))
                    if hits.count == limit { return hits }
                }
                end = nodes[end].shorter
            }
        }
        return hits
    }
}
