/// Numbers of bytes as people write them.
package enum ByteCount {
    private static let units: [(name: String, bytes: Int64)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000), ("B", 1),
    ]

    /// Reads `5 GB`, `512MiB` or a bare number; nil for anything else.
    package static func parse(_ text: String) -> Int64? {
        let text = text.filter { !$0.isWhitespace }.lowercased()
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits) else { return nil }
        let unit = text.dropFirst(digits.count)
        if unit.isEmpty { return number }
        guard let factor = units.first(where: { $0.name.lowercased() == unit })?.bytes else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }

    /// The shortest exact way to write it: `5 GB`, `2 MiB`, `1000001`.
    package static func text(_ count: Int64) -> String {
        for unit in units.sorted(by: { $0.bytes > $1.bytes })
        where unit.bytes > 1 && count > 0 && count % unit.bytes == 0 {
            return "\(count / unit.bytes) \(unit.name)"
        }
        return String(count)
    }
}
