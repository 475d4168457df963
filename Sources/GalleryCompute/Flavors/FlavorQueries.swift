import GalleryDatabase

extension SQLConnection {
    func regions() throws -> [Region] {
        try rows(Region.self, "SELECT id, name_en, name_zh FROM compute_regions ORDER BY id")
    }

    func flavors() throws -> [Flavor] {
        try rows(Flavor.self, "SELECT \(sql: Flavor.columns) FROM flavors ORDER BY position, id")
    }

    func flavor(_ id: String) throws -> Flavor? {
        try row(Flavor.self, "SELECT \(sql: Flavor.columns) FROM flavors WHERE id = \(id)")
    }

    func offers() throws -> [(used: UsedFlavor, isOpen: Bool)] {
        try rows("SELECT flavor, region, tariff, is_open FROM flavor_offers ORDER BY region, tariff DESC").map { row in
            (
                UsedFlavor(flavor: try row.get("flavor"), region: try row.get("region"), tariff: try row.get("tariff")),
                try row.get("is_open")
            )
        }
    }

    func save(_ flavor: Flavor) throws {
        let services = flavor.services.map(\.rawValue).joined(separator: " ")
        try execute(
            """
            INSERT INTO flavors
                (id, name_en, name_zh, accelerator, accelerator_count, accelerator_gib, cores, memory_gib, services,
                position, is_retired)
            VALUES (\(flavor.id), \(flavor.name.en), \(flavor.name.zh), \(flavor.accelerator), \(flavor.acceleratorCount),
                \(flavor.acceleratorGiB), \(flavor.cores), \(flavor.memoryGiB), \(services), \(flavor.position),
                \(flavor.isRetired))
            ON CONFLICT (id) DO UPDATE SET
                name_en = excluded.name_en, name_zh = excluded.name_zh, accelerator = excluded.accelerator,
                accelerator_count = excluded.accelerator_count, accelerator_gib = excluded.accelerator_gib,
                cores = excluded.cores, memory_gib = excluded.memory_gib, services = excluded.services,
                position = excluded.position, is_retired = excluded.is_retired
            """
        )
    }

    func saveOffer(_ used: UsedFlavor, isOpen: Bool) throws {
        try execute(
            """
            INSERT INTO flavor_offers (flavor, region, tariff, is_open)
            VALUES (\(used.flavor), \(used.region), \(used.tariff), \(isOpen))
            ON CONFLICT (flavor, region, tariff) DO UPDATE SET is_open = excluded.is_open
            """
        )
    }

    func save(_ region: Region) throws {
        try execute(
            """
            INSERT INTO compute_regions (id, name_en, name_zh) VALUES (\(region.id), \(region.name.en), \(region.name.zh))
            ON CONFLICT (id) DO UPDATE SET name_en = excluded.name_en, name_zh = excluded.name_zh
            """
        )
    }
}

extension Flavor {
    static let columns: SQL =
        """
        id, name_en, name_zh, accelerator, accelerator_count, accelerator_gib, cores, memory_gib, services, position,
        is_retired
        """
}
