package import GalleryDatabase

extension Gauge {
    /// How many jobs wait, run and are parked.
    package static func jobs(in database: any Database) -> Gauge {
        Gauge("gallery_jobs", help: "Background jobs by state.", label: "state") {
            let counts = try await database.read { db in
                try db.rows("SELECT state, COUNT(*) AS count FROM jobs GROUP BY state").map { row in
                    (try row.get("state", as: String.self), try row.get("count", as: Int.self))
                }
            }
            return Dictionary(counts.map { ($0.0, Double($0.1)) }) { $1 }
        }
    }
}
