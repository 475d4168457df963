/// A set of small whole numbers, a bit each.
package struct NumberSet: Sendable, Equatable {
    private var words: [UInt64] = []

    package init() {}

    package init(_ numbers: some Sequence<Int>) {
        for number in numbers { insert(number) }
    }

    /// Reads `12,5,77`, as databases join numbers.
    package init(joined list: String) {
        var list = list
        list.withUTF8 { bytes in
            var number = 0
            var hasDigits = false
            for byte in bytes {
                if byte >= 0x30, byte <= 0x39 {
                    number = number &* 10 &+ Int(byte &- 0x30)
                    hasDigits = true
                } else {
                    if hasDigits { insert(number) }
                    number = 0
                    hasDigits = false
                }
            }
            if hasDigits { insert(number) }
        }
    }

    /// Numbers below nought or beyond a billion are none of ours.
    package mutating func insert(_ number: Int) {
        guard number >= 0, number < 1_000_000_000 else { return }
        let index = number >> 6
        if index >= words.count { words.append(contentsOf: repeatElement(0, count: index + 1 - words.count)) }
        words[index] |= 1 << UInt64(number & 63)
    }

    package func contains(_ number: Int) -> Bool {
        let index = number >> 6
        return number >= 0 && index < words.count && words[index] & (1 << UInt64(number & 63)) != 0
    }

    package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// Those in both.
    package func intersection(_ other: NumberSet) -> NumberSet {
        var result = NumberSet()
        result.words = zip(words, other.words).map { $0 & $1 }
        return result
    }

    /// The numbers below `end`, ascending.
    func forEach(below end: Int, _ body: (Int) -> Void) {
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                let number = index << 6 + rest.trailingZeroBitCount
                guard number < end else { return }
                body(number)
                rest &= rest &- 1
            }
        }
    }
}
