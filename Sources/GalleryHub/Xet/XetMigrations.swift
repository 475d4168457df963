package import GalleryDatabase

/// The schema of Xet uploads; the xorbs are the content store's.
package enum XetMigrations {
    package static let all: [Migration] = [contents]

    private static let contents = Migration(
        "0030 xet contents",
        """
        CREATE TABLE xet_contents (
            namespace {text} NOT NULL,
            hash {bytes} NOT NULL CHECK (length(hash) = 32),
            sha256 {bytes} NOT NULL REFERENCES contents (sha256) ON DELETE CASCADE,
            PRIMARY KEY (namespace, hash)
        ) {strict}
        """,
        """
        CREATE INDEX xet_contents_by_content ON xet_contents (sha256)
        """
    )
}
