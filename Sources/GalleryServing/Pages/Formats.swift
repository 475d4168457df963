package import Foundation

/// Numbers, sizes and times as people of a language read them.
package struct Formats: Sendable {
    private let language: Language

    package init(_ language: Language) {
        self.language = language
    }

    /// `12,345`
    package func number(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var groups: [Substring] = []
        var rest = digits[...]
        while rest.count > 3 {
            groups.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(3)
        }
        return (value < 0 ? "−" : "") + ([rest] + groups).joined(separator: ",")
    }

    /// Short: `987`, `12.3k`, `4.5M`; in Chinese `1.2万`, `3.4亿`.
    package func count(_ value: Int) -> String {
        let units: [(Double, String)] =
            language == .chinese ? [(1e8, "亿"), (1e4, "万")] : [(1e9, "B"), (1e6, "M"), (1e3, "k")]
        // What would be rounded up to the next unit has that one.
        for (unit, name) in units where Double(value) >= unit * 0.99995 && value >= 1000 {
            return Self.short(Double(value) / unit) + name
        }
        return number(value)
    }

    /// `1.2 GB`, as disks are sold: thousands, not 1024.
    package func bytes(_ value: Int64) -> String {
        var amount = Double(value)
        var unit = 0
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        while amount >= 999.5, unit < units.count - 1 {
            amount /= 1000
            unit += 1
        }
        return "\(unit == 0 ? String(value) : Self.short(amount)) \(units[unit])"
    }

    /// A point in time, relative to `now`, with the absolute time for those who want it.
    package func moment(_ date: Date, now: Date) -> Moment {
        Moment(iso: date.wire, relative: relative(date, now), absolute: Self.absolute(date))
    }

    /// `2026-11-22 16:38 UTC`
    package static func absolute(_ date: Date) -> String {
        date.wire.prefix(16).replacingOccurrences(of: "T", with: " ") + " UTC"
    }

    /// `2026-11-22`
    package static func day(_ date: Date) -> String { String(date.wire.prefix(10)) }

    private static func short(_ value: Double) -> String {
        if value >= 100 { return String(Int(value.rounded())) }
        let rounded = (value * 10).rounded() / 10
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }

    private func relative(_ date: Date, _ now: Date) -> String {
        let seconds = now.timeIntervalSince(date)
        let amount = Int(abs(seconds))
        let steps: [(Int, String, String)] = [
            (365 * 86_400, "year", "年"), (30 * 86_400, "month", "个月"), (86_400, "day", "天"), (3600, "hour", "小时"),
            (60, "minute", "分钟"),
        ]
        guard let (length, english, chinese) = steps.first(where: { amount >= $0.0 }) else {
            return language == .chinese ? "刚刚" : "just now"
        }
        let count = amount / length
        if language == .chinese { return "\(count) \(chinese)\(seconds < 0 ? "后" : "前")" }
        let unit = "\(count) \(english)\(count == 1 ? "" : "s")"
        return seconds < 0 ? "in \(unit)" : "\(unit) ago"
    }
}

/// A point in time for `components/time`.
package struct Moment: Sendable, Equatable {
    package let iso: String
    package let relative: String
    package let absolute: String
}
