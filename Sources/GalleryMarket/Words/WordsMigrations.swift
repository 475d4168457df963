package import GalleryDatabase

/// The schema of the word lists.
package enum WordsMigrations {
    package static let all: [Migration] = [
        Migration(
            "0110 word lists",
            """
            CREATE TABLE words (
                key {text} NOT NULL PRIMARY KEY,
                word {text} NOT NULL,
                list {text} NOT NULL CHECK (list IN ('politics', 'superstition', 'contraband', 'abuse', 'other')),
                added_by {text} REFERENCES accounts (id),
                added_at {integer} NOT NULL
            ) {strict}
            """,
            "CREATE INDEX words_by_list ON words (list, key)",
            "CREATE INDEX words_by_account ON words (added_by)",
            """
            CREATE TABLE word_editions (
                id {integer} NOT NULL PRIMARY KEY CHECK (id = 1),
                edition {integer} NOT NULL
            ) {strict}
            """,
            "INSERT INTO word_editions (id, edition) VALUES (1, 0)"
        )
    ]
}
