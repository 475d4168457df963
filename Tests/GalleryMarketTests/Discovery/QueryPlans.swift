import GalleryDatabase

/// How a query would be answered.
struct QueryPlan: Sendable {
    var query: String
    var lines: [String]

    /// The steps that read the whole of a table, the few unlisted assets aside; with few rows PostgreSQL is forbidden to do it where it can do otherwise.
    var scans: [String] {
        lines.filter { line in
            line.contains("Seq Scan")
                || line.hasPrefix("SCAN") && !line.contains("VIRTUAL TABLE INDEX")
                    && !line.contains("CONSTANT ROW") && !line.contains("repositories_unlisted")
        }
    }
}

extension SQLConnection {
    /// The plans of all that `body` asks.
    func plans(of body: (any SQLConnection) throws -> Void) throws -> [QueryPlan] {
        if dialect == .postgres { try execute("SET LOCAL enable_seqscan = off") }
        let explaining = ExplainingConnection(self)
        try body(explaining)
        return explaining.plans
    }
}

private final class ExplainingConnection: SQLConnection {
    private let connection: any SQLConnection
    private(set) var plans: [QueryPlan] = []

    init(_ connection: any SQLConnection) {
        self.connection = connection
    }

    var dialect: SQLDialect { connection.dialect }

    func execute(_ sql: SQL) throws -> Int { try connection.execute(sql) }

    func rows(_ sql: SQL) throws -> [Row] {
        let isSQLite = dialect == .sqlite
        let lines = try connection.rows(isSQLite ? "EXPLAIN QUERY PLAN \(sql: sql)" : "EXPLAIN \(sql: sql)").map {
            row in
            try row.get(isSQLite ? "detail" : "QUERY PLAN", as: String.self)
        }
        plans.append(QueryPlan(query: "\(sql)", lines: lines))
        return try connection.rows(sql)
    }
}
