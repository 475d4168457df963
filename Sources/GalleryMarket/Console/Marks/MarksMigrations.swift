import GalleryDatabase

/// What finds the marked among many assets.
enum MarksMigrations {
    static let all: [Migration] = [
        Migration(
            "0175 marked assets",
            """
            CREATE INDEX repositories_marked ON repositories (id)
                WHERE is_official = 1 OR is_featured = 1 OR is_commercial = 1
            """
        )
    ]
}
