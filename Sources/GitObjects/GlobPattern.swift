/// A pattern of `.gitignore` and `.gitattributes`: `*`, `?`, `[…]`, `**`, backslash.
package struct GlobPattern: Hashable, Sendable {
    private let pattern: [UInt8]
    /// Whether it is matched against the whole path from its folder, not only the last part.
    private let isAnchored: Bool
    /// Whether it matches folders alone.
    package let isFolderOnly: Bool

    package init(_ text: String) {
        var pattern = Array(text.utf8)
        isFolderOnly = pattern.last == UInt8(ascii: "/")
        if isFolderOnly { pattern.removeLast() }
        if pattern.first == UInt8(ascii: "/") {
            pattern.removeFirst()
            isAnchored = true
        } else {
            isAnchored = pattern.contains(UInt8(ascii: "/"))
        }
        self.pattern = pattern
    }

    package func matches(_ path: String) -> Bool {
        let path = Array(path.utf8)
        if isAnchored { return Self.matches(pattern[...], path[...], isPartStart: true, limit: Budget()) }
        let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        return Self.matches(pattern[...], path[start...], isPartStart: true, limit: Budget())
    }

    /// Stops patterns that would backtrack for ever; what is not decided within it does not match.
    private final class Budget {
        var steps = 20_000
    }

    private static func matches(
        _ pattern: ArraySlice<UInt8>,
        _ path: ArraySlice<UInt8>,
        isPartStart: Bool,
        limit: Budget
    ) -> Bool {
        var isPartStart = isPartStart
        var pattern = pattern
        var path = path
        while let character = pattern.first {
            limit.steps -= 1
            guard limit.steps > 0 else { return false }
            switch character {
            case UInt8(ascii: "*"):
                return matchesStar(pattern, path, isPartStart: isPartStart, limit: limit)
            case UInt8(ascii: "?"):
                guard let next = path.first, next != UInt8(ascii: "/") else { return false }
                pattern = pattern.dropFirst()
                // One character, not one byte.
                path = path.dropFirst(scalarLength(next))
            case UInt8(ascii: "["):
                guard let next = path.first, next != UInt8(ascii: "/"), let (isIn, rest) = set(pattern, holds: next),
                    isIn
                else { return false }
                pattern = rest
                path = path.dropFirst()
            case UInt8(ascii: "\\") where pattern.count > 1:
                guard path.first == pattern[pattern.startIndex + 1] else { return false }
                pattern = pattern.dropFirst(2)
                path = path.dropFirst()
            default:
                guard path.first == character else { return false }
                pattern = pattern.dropFirst()
                path = path.dropFirst()
            }
            isPartStart = character == UInt8(ascii: "/")
        }
        return path.isEmpty
    }

    private static func matchesStar(
        _ pattern: ArraySlice<UInt8>,
        _ path: ArraySlice<UInt8>,
        isPartStart: Bool,
        limit: Budget
    ) -> Bool {
        let slash = UInt8(ascii: "/")
        let rest = pattern.drop { $0 == UInt8(ascii: "*") }
        let isWholePart =
            isPartStart && rest.startIndex - pattern.startIndex == 2 && (rest.isEmpty || rest.first == slash)
        if isWholePart {
            if rest.isEmpty { return !path.isEmpty }
            // "**/" stands for no folder or any number of them.
            let tail = rest.dropFirst()
            if matches(tail, path, isPartStart: true, limit: limit) { return true }
            for index in path.indices where path[index] == slash {
                if matches(tail, path[(index + 1)...], isPartStart: true, limit: limit) { return true }
            }
            return false
        }
        var start = path.startIndex
        while true {
            if matches(rest, path[start...], isPartStart: false, limit: limit) { return true }
            guard limit.steps > 0, start < path.endIndex, path[start] != slash else { return false }
            start += 1
        }
    }

    /// Whether a bracket expression holds the byte, and what follows it; nil when it is not closed.
    private static func set(_ pattern: ArraySlice<UInt8>, holds byte: UInt8) -> (Bool, ArraySlice<UInt8>)? {
        var index = pattern.startIndex + 1
        var isNegated = false
        if index < pattern.endIndex, pattern[index] == UInt8(ascii: "!") || pattern[index] == UInt8(ascii: "^") {
            isNegated = true
            index += 1
        }
        var isFound = false
        var isFirst = true
        while index < pattern.endIndex {
            var low = pattern[index]
            if low == UInt8(ascii: "]"), !isFirst { return (isFound != isNegated, pattern[(index + 1)...]) }
            isFirst = false
            if low == UInt8(ascii: "\\"), index + 1 < pattern.endIndex {
                index += 1
                low = pattern[index]
            }
            var high = low
            if index + 2 < pattern.endIndex, pattern[index + 1] == UInt8(ascii: "-"),
                pattern[index + 2] != UInt8(ascii: "]")
            {
                high = pattern[index + 2]
                index += 2
            }
            if low <= byte, byte <= high { isFound = true }
            index += 1
        }
        return nil
    }

    private static func scalarLength(_ first: UInt8) -> Int {
        switch first {
        case 0xf0...: 4
        case 0xe0...: 3
        case 0xc0...: 2
        default: 1
        }
    }
}
