/// An amount in millionths of the gallery's currency: exact, never a fraction.
package struct Money: Sendable, Hashable, Comparable {
    /// The largest amount that is taken from outside: a thousand million of the currency.
    package static let largest = Money(micros: 1_000_000_000_000_000)
    package static let zero = Money(micros: 0)

    package var micros: Int64

    package init(micros: Int64) { self.micros = micros }

    /// What people write, as `12`, `12.5` or `0.000001`; nil for anything else.
    package init?(_ text: String) {
        let isNegative = text.hasPrefix("-")
        let parts = text.drop { isNegative && $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }),
            parts[0].count <= 10, parts.count == 1 || parts[1].count <= 6, text.utf8.filter({ $0 == 45 }).count < 2,
            let whole = Int64(parts[0]),
            let fraction = Int64(parts.count == 1 ? "0" : parts[1] + String(repeating: "0", count: 6 - parts[1].count))
        else { return nil }
        let amount = whole * 1_000_000 + fraction
        guard amount <= Self.largest.micros else { return nil }
        micros = isNegative ? -amount : amount
    }

    /// As `12.50`: two places at least, and as many as it has.
    package var text: String {
        let (whole, rest) = micros.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var fraction = String(rest)
        fraction = String(repeating: "0", count: 6 - fraction.count) + fraction
        while fraction.count > 2, fraction.last == "0" { fraction.removeLast() }
        return "\(micros < 0 ? "-" : "")\(whole).\(fraction)"
    }

    /// What `seconds` cost where this is the price of an hour: exact, then rounded once to the nearest millionth, half of
    /// one upwards. This is the only place where money is rounded.
    package func cost(ofSeconds seconds: Int64) -> Money {
        Money(micros: (micros * seconds + 1800) / 3600)
    }

    package static func < (left: Money, right: Money) -> Bool { left.micros < right.micros }
    package static func + (left: Money, right: Money) -> Money { Money(micros: left.micros + right.micros) }
    package static func - (left: Money, right: Money) -> Money { Money(micros: left.micros - right.micros) }
    package static func += (left: inout Money, right: Money) { left.micros += right.micros }
    package static func -= (left: inout Money, right: Money) { left.micros -= right.micros }
    package static prefix func - (amount: Money) -> Money { Money(micros: -amount.micros) }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
