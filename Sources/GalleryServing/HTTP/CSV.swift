import Foundation

/// Lines of comma-separated values (RFC 4180) that no spreadsheet takes for a formula.
package enum CSV {
    /// Tells spreadsheets that the text is UTF-8.
    package static let mark = "\u{FEFF}"

    package static func line(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") + "\r\n" }

    private static func cell(_ text: String) -> String {
        // A quote in front makes it text; full-width signs count too, since some programs take them for the others.
        let isFormula = text.unicodeScalars.first.map { "=+-@\t\r\n＝＋－＠".unicodeScalars.contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        guard safe.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) || isFormula else {
            return safe
        }
        return "\"\(safe.replacingOccurrences(of: "\"", with: "\"\""))\""
    }
}
