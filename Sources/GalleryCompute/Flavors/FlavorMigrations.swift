package import GalleryDatabase

/// The schema of flavors and regions, with those that a gallery begins with.
package enum FlavorMigrations {
    package static let all: [Migration] = [tables, standard]

    private static let tables = Migration(
        "0200 flavors",
        """
        CREATE TABLE compute_regions (
            id {text} PRIMARY KEY,
            name_en {text} NOT NULL,
            name_zh {text} NOT NULL
        ) {strict}
        """,
        """
        CREATE TABLE flavors (
            id {text} PRIMARY KEY,
            name_en {text} NOT NULL,
            name_zh {text} NOT NULL,
            accelerator {text} NOT NULL,
            accelerator_count {integer} NOT NULL CHECK (accelerator_count >= 0),
            accelerator_gib {integer} NOT NULL CHECK (accelerator_gib >= 0),
            cores {integer} NOT NULL CHECK (cores > 0),
            memory_gib {integer} NOT NULL CHECK (memory_gib > 0),
            services {text} NOT NULL,
            position {integer} NOT NULL,
            is_retired {integer} NOT NULL DEFAULT 0 CHECK (is_retired IN (0, 1))
        ) {strict}
        """,
        """
        CREATE TABLE flavor_offers (
            flavor {text} NOT NULL REFERENCES flavors (id),
            region {text} NOT NULL REFERENCES compute_regions (id),
            tariff {text} NOT NULL CHECK (tariff IN ('paid', 'free')),
            is_open {integer} NOT NULL CHECK (is_open IN (0, 1)),
            PRIMARY KEY (flavor, region, tariff)
        ) {strict}
        """,
        "CREATE INDEX flavor_offers_of_region ON flavor_offers (region)"
    )

    /// The flavors of the guide, on this machine; without accelerators also free of charge.
    private static let standard = Migration(
        "0201 standard flavors",
        "INSERT INTO compute_regions (id, name_en, name_zh) VALUES ('local', 'This machine', '本机')",
        """
        INSERT INTO flavors
            (id, name_en, name_zh, accelerator, accelerator_count, accelerator_gib, cores, memory_gib, services, position)
        VALUES
            ('t4', 'GPU (T4 8U32G)', '计算型GPU（T4 8U32G）实例', 'T4', 1, 16, 8, 32, 'inference app', 10),
            ('v100', 'GPU (V100 NVLINK_32G)', '计算型GPU（V100 NVLINK_32G）实例', 'V100', 1, 32, 8, 64,
                'fine-tune inference app', 20),
            ('snt9b', 'NPU (Snt9b1)', '计算型NPU（Snt9b1）实例', 'Snt9b', 1, 64, 24, 192, 'fine-tune inference app', 30),
            ('snt9b-8', 'NPU (8Snt9b)', '计算型NPU（8Snt9b）实例', 'Snt9b', 8, 512, 192, 1536,
                'fine-tune inference app', 40),
            ('snt3', 'NPU (Snt3)', '计算型NPU（Snt3）实例', 'Snt3', 1, 8, 3, 6, 'inference app', 50),
            ('cpu-2', 'CPU (2U)', '计算型CPU（2U）实例', '', 0, 0, 2, 8, 'fine-tune inference app', 60),
            ('cpu-8', 'CPU (8U)', '计算型CPU（8U）实例', '', 0, 0, 8, 32, 'fine-tune inference app', 70)
        """,
        """
        INSERT INTO flavor_offers (flavor, region, tariff, is_open)
        SELECT id, 'local', 'paid', 1 FROM flavors
        """,
        """
        INSERT INTO flavor_offers (flavor, region, tariff, is_open)
        SELECT id, 'local', 'free', CASE WHEN accelerator = '' THEN 1 ELSE 0 END FROM flavors
        """
    )
}
