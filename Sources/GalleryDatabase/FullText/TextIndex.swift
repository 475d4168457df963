import Foundation

/// A full-text index of numbered documents: FTS5 in SQLite, `tsvector` with GIN in PostgreSQL.
///
/// A document is given as tokens, made the same way for both databases; its columns stand from the most to the least
/// telling. Made by the migration statement `{text-index} NAME COLUMN …`.
package struct TextIndex: Sendable {
    package let name: String
    package let columns: [String]

    package init(_ name: String, columns: [String]) {
        self.name = name
        self.columns = columns
    }

    init(described text: String) {
        let words = text.split(separator: " ").map(String.init)
        self.init(words.first ?? "", columns: Array(words.dropFirst()))
    }

    /// How a migration makes it.
    package var migrationStatement: String { "{text-index} \(([name] + columns).joined(separator: " "))" }

    func statements(for dialect: SQLDialect) -> [SQL] {
        switch dialect {
        case .sqlite:
            // Only spaces separate: what is a token has been decided before.
            let tokenizer = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"
            return [
                SQL(
                    stringLiteral: """
                        CREATE VIRTUAL TABLE \(name) USING fts5(\(columns.joined(separator: ", ")),
                            tokenize = "\(tokenizer)", prefix = '2 3')
                        """
                )
            ]
        case .postgres:
            // A column holds its own tokens and those of the columns before it: a query through a column is one look-up.
            let definitions = columns.map { "\($0) tsvector NOT NULL" }.joined(separator: ", ")
            // A match reads the number from the row, of which there may be one for every document: with the vectors outside of
            // them, a page holds many rows.
            let table = SQL(
                stringLiteral: """
                    CREATE TABLE \(name) (number BIGINT NOT NULL PRIMARY KEY, \(definitions))
                    WITH (toast_tuple_target = 128)
                    """
            )
            return [table]
                + columns.map { column in
                    SQL(stringLiteral: "CREATE INDEX \(name)_by_\(column) ON \(name) USING gin (\(column))")
                }
        }
    }
}

/// What to look for: every term must hold, and a term holds when one of its phrases is found.
package struct TextQuery: Sendable, Equatable {
    /// Tokens that follow one another, or with `isOrdered` false stand anywhere; with `endsOpen` the last may go on.
    package struct Phrase: Sendable, Equatable {
        package var tokens: [String]
        package var endsOpen: Bool
        package var isOrdered: Bool

        package init(tokens: [String], endsOpen: Bool = false, isOrdered: Bool = true) {
            self.tokens = tokens
            self.endsOpen = endsOpen
            self.isOrdered = isOrdered
        }
    }

    package var terms: [[Phrase]]

    package init(terms: [[Phrase]]) {
        self.terms = terms
    }

    /// For FTS5, within some columns.
    func matchExpression(columns: ArraySlice<String>) -> String {
        let conditions = terms.map { term in
            let phrases = term.map { phrase in
                let tokens = phrase.tokens.map { $0.replacingOccurrences(of: "\"", with: "\"\"") }
                let separator = phrase.isOrdered ? " " : "\" AND \""
                return "(\"\(tokens.joined(separator: separator))\"" + (phrase.endsOpen ? " *)" : ")")
            }
            return "(" + phrases.joined(separator: " OR ") + ")"
        }
        return "{\(columns.joined(separator: " "))} : (\(conditions.joined(separator: " AND ")))"
    }

    /// For PostgreSQL.
    var tsquery: String {
        terms.map { term in
            let phrases = term.map { phrase in
                let tokens = phrase.tokens.map(TextIndex.lexeme).joined(separator: phrase.isOrdered ? " <-> " : " & ")
                return "(" + tokens + (phrase.endsOpen ? ":*" : "") + ")"
            }
            return "(" + phrases.joined(separator: " | ") + ")"
        }
        .joined(separator: " & ")
    }
}

extension SQLConnection {
    /// Puts a document, the tokens of each column in order, in the place of the one with its number.
    package func putText(_ document: [[String]], number: Int, in index: TextIndex) throws {
        let table = SQL(stringLiteral: index.name)
        let columns = SQL(stringLiteral: index.columns.joined(separator: ", "))
        var values: [SQL] = []
        try removeText(number, from: index)
        switch dialect {
        case .sqlite:
            for tokens in document { values.append("\(tokens.joined(separator: " "))") }
            try execute(
                "INSERT INTO \(sql: table) (rowid, \(sql: columns)) VALUES (\(number), \(sql: values.joined(", ")))"
            )
        case .postgres:
            var vector = TextIndex.Vector()
            for tokens in document {
                vector.append(tokens)
                values.append("CAST(\(vector.text) AS tsvector)")
            }
            try execute(
                "INSERT INTO \(sql: table) (number, \(sql: columns)) VALUES (\(number), \(sql: values.joined(", ")))"
            )
        }
    }

    package func removeText(_ number: Int, from index: TextIndex) throws {
        let table = SQL(stringLiteral: index.name)
        switch dialect {
        case .sqlite: try execute("DELETE FROM \(sql: table) WHERE rowid = \(number)")
        case .postgres: try execute("DELETE FROM \(sql: table) WHERE number = \(number)")
        }
    }

    /// The numbers of the documents that fit, joined by commas, looking into the first `width` columns.
    ///
    /// One value instead of a row for each: a common word is in half of all documents.
    package func textMatches(_ query: TextQuery, in index: TextIndex, width: Int) throws -> String {
        guard !query.terms.isEmpty, width > 0 else { return "" }
        let table = SQL(stringLiteral: index.name)
        switch dialect {
        case .sqlite:
            let expression = query.matchExpression(columns: index.columns.prefix(width))
            return try value(
                String.self,
                "SELECT group_concat(rowid) FROM \(sql: table) WHERE \(sql: table) MATCH \(expression)"
            ) ?? ""
        case .postgres:
            let column = SQL(stringLiteral: index.columns[min(width, index.columns.count) - 1])
            // The planner takes reading all vectors for cheap, and common words for a reason to do so.
            try execute("SET LOCAL enable_seqscan = off")
            let numbers = try value(
                String.self,
                """
                SELECT string_agg(CAST(number AS text), ',') FROM \(sql: table)
                WHERE \(sql: column) @@ CAST(\(query.tsquery) AS tsquery)
                """
            )
            try execute("SET LOCAL enable_seqscan = on")
            return numbers ?? ""
        }
    }
}

extension TextIndex {
    /// The text form of a `tsvector`, growing.
    fileprivate struct Vector {
        /// PostgreSQL knows no later position.
        private static let lastPosition = 16_383

        private(set) var text = ""
        private var position = 0

        mutating func append(_ tokens: [String]) {
            // No phrase reaches from one column into the next.
            position += 1
            for token in tokens {
                position += 1
                text += "\(TextIndex.lexeme(token)):\(min(position, Self.lastPosition)) "
            }
        }
    }

    /// A token in quotes, as PostgreSQL reads it.
    fileprivate static func lexeme(_ token: String) -> String {
        let escaped = token.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "'", with: "''")
        return "'\(escaped)'"
    }
}
