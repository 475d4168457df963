package import GalleryDatabase

/// The schema of collections.
package enum CollectionsMigrations {
    package static let all: [Migration] = [collections]

    private static let collections = Migration(
        "0055 collections",
        """
        CREATE TABLE collections (
            id {text} PRIMARY KEY,
            owner {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            title {text} NOT NULL,
            description {text} NOT NULL,
            is_private {integer} NOT NULL CHECK (is_private IN (0, 1)),
            theme {text} NOT NULL,
            position {integer} NOT NULL,
            created_at {integer} NOT NULL,
            updated_at {integer} NOT NULL,
            UNIQUE (owner, title)
        ) {strict}
        """,
        "CREATE INDEX collections_by_update ON collections (updated_at, id)",
        """
        CREATE TABLE collection_items (
            id {text} PRIMARY KEY,
            collection {text} NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
            repo {text} REFERENCES repositories (id) ON DELETE CASCADE,
            other {text} REFERENCES collections (id) ON DELETE CASCADE,
            position {integer} NOT NULL,
            note {text} NOT NULL,
            added_at {integer} NOT NULL,
            UNIQUE (collection, repo),
            UNIQUE (collection, other),
            CHECK ((repo IS NULL) <> (other IS NULL))
        ) {strict}
        """,
        "CREATE INDEX collection_items_by_repo ON collection_items (repo)",
        "CREATE INDEX collection_items_by_other ON collection_items (other)"
    )
}
