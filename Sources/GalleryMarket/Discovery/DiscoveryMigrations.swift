package import GalleryDatabase

/// What search knows of the repositories.
package enum DiscoveryMigrations {
    /// From the most to the least telling: names, tags, description, introduction.
    static let texts = TextIndex("search_texts", columns: ["names", "tags", "description", "introduction"])

    package static let all: [Migration] = [
        Migration(
            "0140 search",
            """
            CREATE TABLE search_assets (
                number {integer} NOT NULL PRIMARY KEY,
                repo {text} NOT NULL UNIQUE,
                version {integer} NOT NULL,
                facets {text} NOT NULL,
                parameters {integer} NOT NULL
            ) {strict}
            """,
            "CREATE INDEX search_assets_by_version ON search_assets (version, number)",
            texts.migrationStatement,
            """
            CREATE INDEX repositories_unlisted ON repositories (owner)
                WHERE visibility <> 'everyone' AND listing = 'published'
            """
        )
    ]
}
