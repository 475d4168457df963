/// A shell pattern for repository paths: `*` (slashes too), `?`, `[a-z]`, `[!a-z]`; `folder/` means all below it.
///
/// The same rules as the hub's Python client applies to `allow_patterns`.
package struct Glob: Sendable {
    private enum Token: Sendable {
        case any, one
        case literal(Unicode.Scalar)
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .any, .one: true
            case .literal(let wanted): wanted == scalar
            case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
            }
        }
    }

    private let tokens: [Token]

    package init(_ pattern: String) {
        let scalars = Array((pattern.hasSuffix("/") ? pattern + "*" : pattern).unicodeScalars)
        var tokens: [Token] = []
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "*":
                if case .any? = tokens.last {} else { tokens.append(.any) }
            case "?":
                tokens.append(.one)
            case "[":
                if let (set, end) = Self.set(scalars, from: index + 1) {
                    tokens.append(set)
                    index = end
                } else {
                    tokens.append(.literal("["))
                }
            case let scalar:
                tokens.append(.literal(scalar))
            }
            index += 1
        }
        self.tokens = tokens
    }

    /// Reads a set after its `[`; nil when it is never closed.
    private static func set(_ scalars: [Unicode.Scalar], from start: Int) -> (Token, end: Int)? {
        var index = start
        let isNegated = index < scalars.count && scalars[index] == "!"
        if isNegated { index += 1 }
        let first = index
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while index < scalars.count {
            let low = scalars[index]
            if low == "]", index > first { return (.set(ranges, isNegated: isNegated), index) }
            if index + 2 < scalars.count, scalars[index + 1] == "-", scalars[index + 2] != "]" {
                let high = scalars[index + 2]
                if low <= high { ranges.append(low...high) }
                index += 3
            } else {
                ranges.append(low...low)
                index += 1
            }
        }
        return nil
    }

    /// Linear in practice: only the last `*` is ever tried again.
    package func matches(_ path: String) -> Bool {
        let text = Array(path.unicodeScalars)
        var token = 0
        var position = 0
        var star: (token: Int, position: Int)?
        while position < text.count {
            if token < tokens.count, case .any = tokens[token] {
                star = (token, position)
                token += 1
            } else if token < tokens.count, tokens[token].matches(text[position]) {
                token += 1
                position += 1
            } else if let last = star {
                star = (last.token, last.position + 1)
                token = last.token + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { if case .any = $0 { true } else { false } }
    }
}

/// Which paths are meant: all, or those that match an `include`, less those that match an `exclude`.
package struct PathFilter: Sendable {
    private let include: [Glob]
    private let exclude: [Glob]

    package init(include: [String] = [], exclude: [String] = []) {
        self.include = include.map(Glob.init)
        self.exclude = exclude.map(Glob.init)
    }

    package func accepts(_ path: String) -> Bool {
        (include.isEmpty || include.contains { $0.matches(path) }) && !exclude.contains { $0.matches(path) }
    }
}
