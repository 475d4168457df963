import RichText

/// The unified form of a difference as rows of a table: HTML made here, line by line.
struct PatchText: Sendable {
    private static let maximumLines = 3000
    private static let maximumLine = 2000

    private(set) var html = ""
    private(set) var added = 0
    private(set) var removed = 0
    private(set) var isBinary = false
    /// Whether lines were left out.
    private(set) var isCut = false

    init(_ patch: String) {
        var (oldLine, newLine) = (0, 0)
        var lines = 0
        var isBody = false
        for line in patch.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("@@ ") {
                isBody = true
                (oldLine, newLine) = Self.starts(of: line)
                row("hunk", "", "", line, mark: "")
                continue
            }
            guard isBody else {
                if line.hasPrefix("Binary files ") { isBinary = true }
                continue
            }
            guard let mark = line.first else { continue }
            lines += 1
            isCut = lines > Self.maximumLines
            switch mark {
            case "+":
                added += 1
                if !isCut { row("added", "", String(newLine), line.dropFirst(), mark: "+") }
                newLine += 1
            case "-":
                removed += 1
                if !isCut { row("removed", String(oldLine), "", line.dropFirst(), mark: "−") }
                oldLine += 1
            case " ":
                if !isCut { row("same", String(oldLine), String(newLine), line.dropFirst(), mark: "") }
                oldLine += 1
                newLine += 1
            default: break
            }
        }
    }

    private mutating func row(_ kind: String, _ old: String, _ new: String, _ text: Substring, mark: String) {
        var text = text.prefix(Self.maximumLine)
        if text.last == "\r" { text.removeLast() }
        html += "<tr class=\"diff-\(kind)\"><td class=\"diff-number\">\(old)</td><td class=\"diff-number\">\(new)</td>"
        html +=
            "<td class=\"diff-mark\">\(mark)</td><td class=\"diff-text\">\(HTMLText.escaped(String(text)))</td></tr>\n"
    }

    /// The first lines of `@@ -1,2 +3,4 @@`.
    private static func starts(of line: Substring) -> (Int, Int) {
        let parts = line.split(separator: " ")
        func start(_ index: Int) -> Int {
            guard parts.indices.contains(index) else { return 0 }
            return Int(parts[index].dropFirst().prefix { $0 != "," }) ?? 0
        }
        return (start(1), start(2))
    }
}
