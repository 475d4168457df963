package import GalleryDatabase

/// The schema of relations between assets.
package enum RelationsMigrations {
    package static let all: [Migration] = [
        Migration(
            "0114 relations",
            """
            CREATE TABLE asset_relations (
                one {text} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                other {text} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
                created_by {text} REFERENCES accounts (id),
                created_at {integer} NOT NULL,
                PRIMARY KEY (one, other),
                CHECK (one < other)
            ) {strict}
            """,
            "CREATE INDEX asset_relations_by_other ON asset_relations (other)",
            "CREATE INDEX asset_relations_by_creator ON asset_relations (created_by)"
        )
    ]
}
