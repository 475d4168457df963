/// A statement or a fragment of one. Every interpolated value becomes a binding, so text from outside is never SQL.
///
///     "SELECT id FROM repositories WHERE owner = \(owner) AND kind IN (\(values: kinds))"
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    enum Part: Sendable {
        case text(String)
        case binding(SQLValue)
    }

    private(set) var parts: [Part]

    package init(stringLiteral text: String) { parts = [.text(text)] }
    package init(stringInterpolation interpolation: Interpolation) { parts = interpolation.parts }

    package struct Interpolation: StringInterpolationProtocol {
        var parts: [Part] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(interpolationCount * 2 + 1)
        }

        package mutating func appendLiteral(_ text: String) {
            if !text.isEmpty { parts.append(.text(text)) }
        }

        package mutating func appendInterpolation(_ value: some SQLConvertible) {
            parts.append(.binding(value.sqlValue))
        }

        package mutating func appendInterpolation(_ value: (some SQLConvertible)?) {
            parts.append(.binding(value?.sqlValue ?? .null))
        }

        /// A list for `IN (…)`; an empty one becomes `NULL`, which nothing is in.
        package mutating func appendInterpolation(values: some Collection<some SQLConvertible>) {
            if values.isEmpty { parts.append(.text("NULL")) }
            for (index, value) in values.enumerated() {
                if index > 0 { parts.append(.text(", ")) }
                parts.append(.binding(value.sqlValue))
            }
        }

        /// Another fragment, with its own bindings.
        package mutating func appendInterpolation(sql: SQL) {
            parts.append(contentsOf: sql.parts)
        }
    }

    package static func += (left: inout SQL, right: SQL) { left.parts.append(contentsOf: right.parts) }

    /// The text with a placeholder per binding (numbered from 1), and the bindings in order.
    func prepared(placeholder: (Int) -> String) -> (text: String, bindings: [SQLValue]) {
        var text = ""
        var bindings: [SQLValue] = []
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .binding(let value):
                bindings.append(value)
                text += placeholder(bindings.count)
            }
        }
        return (text, bindings)
    }
}

extension [SQL] {
    /// The fragments with `separator` between them, as for `WHERE` conditions or rows of `VALUES`.
    package func joined(_ separator: SQL) -> SQL {
        var result: SQL = ""
        for (index, fragment) in enumerated() {
            if index > 0 { result += separator }
            result += fragment
        }
        return result
    }
}
