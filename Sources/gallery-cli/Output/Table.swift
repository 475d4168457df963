import GalleryClient

/// Rows of texts in columns as wide as their widest, for people.
struct Table {
    let head: [String]
    var rows: [[String]] = []

    init(_ head: String...) { self.head = head }

    mutating func add(_ cells: String...) { rows.append(cells.map(\.printable)) }

    var text: String {
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].displayWidth }.max() ?? 0 }
        return all.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.displayWidth)
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

/// Names and values under one another.
struct Facts {
    private var rows: [(name: String, value: String)] = []

    /// Says nothing of what is missing or empty.
    mutating func add(_ name: String, _ value: String?) {
        if let value, !value.isEmpty { rows.append((name, value.printable)) }
    }

    var text: String {
        let width = rows.map(\.name.displayWidth).max() ?? 0
        return rows.map { name, value in
            name + String(repeating: " ", count: width - name.displayWidth + 2) + value + "\n"
        }.joined()
    }
}
