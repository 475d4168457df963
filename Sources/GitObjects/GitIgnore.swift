/// The rules of a `.gitignore` file at the top of a repository.
package struct GitIgnore: Sendable, Equatable {
    private struct Rule: Equatable {
        var pattern: GlobPattern
        var isIgnored: Bool
    }

    private let rules: [Rule]

    /// Reads at most the first 5,000 lines.
    package init(_ text: String) {
        rules = text.split(whereSeparator: \.isNewline).prefix(5000).compactMap { line in
            var line = String(line)
            while line.last == " ", !line.hasSuffix("\\ ") { line.removeLast() }
            guard !line.isEmpty, !line.hasPrefix("#") else { return nil }
            let isNegated = line.hasPrefix("!")
            if isNegated { line.removeFirst() }
            guard !line.isEmpty, line != "/" else { return nil }
            return Rule(pattern: GlobPattern(line), isIgnored: !isNegated)
        }
    }

    /// Whether git would leave the file out: the last matching rule decides, and nothing beneath an ignored folder comes back.
    package func ignores(_ path: String) -> Bool {
        guard !rules.isEmpty else { return false }
        var index = path.startIndex
        while let slash = path[index...].firstIndex(of: "/") {
            if decides(String(path[..<slash]), isFolder: true) { return true }
            index = path.index(after: slash)
        }
        return decides(path, isFolder: false)
    }

    private func decides(_ path: String, isFolder: Bool) -> Bool {
        rules.last { (isFolder || !$0.pattern.isFolderOnly) && $0.pattern.matches(path) }?.isIgnored ?? false
    }
}
