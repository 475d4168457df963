package import GalleryDatabase

/// The schema of the content store: packs, the files that lie in them, and who may use those.
package enum ContentMigrations {
    package static let all: [Migration] = [packs, uploads, xorbs]

    /// Stands after the repositories, whose table it refers to.
    package static let references: [Migration] = [contentReferences]

    private static let packs = Migration(
        "0010 packs and contents",
        """
        CREATE TABLE packs (
            id {text} PRIMARY KEY,
            size {integer} NOT NULL CHECK (size > 0),
            sha256 {bytes},
            state {text} NOT NULL CHECK (state IN ('sound', 'damaged', 'doomed')),
            created_at {integer} NOT NULL,
            changed_at {integer} NOT NULL
        ) {strict}
        """,
        """
        CREATE INDEX packs_by_state ON packs (state, changed_at)
        """,
        """
        CREATE TABLE contents (
            sha256 {bytes} PRIMARY KEY CHECK (length(sha256) = 32),
            size {integer} NOT NULL CHECK (size >= 0),
            state {text} NOT NULL CHECK (state IN ('sound', 'damaged')),
            created_at {integer} NOT NULL,
            promised_at {integer} NOT NULL
        ) {strict}
        """,
        """
        CREATE INDEX contents_by_promise ON contents (promised_at)
        """,
        """
        CREATE TABLE extents (
            sha256 {bytes} NOT NULL REFERENCES contents (sha256) ON DELETE CASCADE,
            ordinal {integer} NOT NULL CHECK (ordinal >= 0),
            pack {text} NOT NULL REFERENCES packs (id),
            pack_offset {integer} NOT NULL CHECK (pack_offset >= 0),
            length {integer} NOT NULL CHECK (length > 0),
            PRIMARY KEY (sha256, ordinal)
        ) {strict}
        """,
        """
        CREATE INDEX extents_by_pack ON extents (pack)
        """,
        """
        CREATE TABLE content_uploads (
            account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            sha256 {bytes} NOT NULL REFERENCES contents (sha256) ON DELETE CASCADE,
            at {integer} NOT NULL,
            PRIMARY KEY (account, sha256)
        ) {strict}
        """,
        """
        CREATE INDEX content_uploads_by_content ON content_uploads (sha256)
        """
    )

    private static let uploads = Migration(
        "0011 uploads in parts",
        """
        CREATE TABLE part_uploads (
            id {text} PRIMARY KEY,
            account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            sha256 {bytes} NOT NULL CHECK (length(sha256) = 32),
            size {integer} NOT NULL CHECK (size > 0),
            part_size {integer} NOT NULL CHECK (part_size > 0),
            created_at {integer} NOT NULL,
            changed_at {integer} NOT NULL
        ) {strict}
        """,
        """
        CREATE INDEX part_uploads_by_content ON part_uploads (account, sha256)
        """,
        """
        CREATE INDEX part_uploads_by_change ON part_uploads (changed_at)
        """,
        """
        CREATE TABLE parts (
            upload {text} NOT NULL REFERENCES part_uploads (id) ON DELETE CASCADE,
            number {integer} NOT NULL CHECK (number > 0),
            pack {text} NOT NULL REFERENCES packs (id),
            length {integer} NOT NULL CHECK (length > 0),
            PRIMARY KEY (upload, number)
        ) {strict}
        """,
        """
        CREATE INDEX parts_by_pack ON parts (pack)
        """
    )

    // A xorb keeps its pack alive by itself until the collector condemns it; see ContentCollector.
    private static let xorbs = Migration(
        "0012 xorbs",
        """
        CREATE TABLE pack_chunks (
            pack {text} PRIMARY KEY REFERENCES packs (id) ON DELETE CASCADE,
            chunks {bytes} NOT NULL
        ) {strict}
        """,
        """
        CREATE TABLE xorbs (
            namespace {text} NOT NULL,
            hash {bytes} NOT NULL CHECK (length(hash) = 32),
            pack {text} NOT NULL REFERENCES packs (id),
            uploaded_at {integer} NOT NULL,
            condemned_at {integer},
            PRIMARY KEY (namespace, hash)
        ) {strict}
        """,
        """
        CREATE INDEX xorbs_by_pack ON xorbs (pack)
        """,
        """
        CREATE INDEX xorbs_by_hash ON xorbs (hash)
        """,
        """
        CREATE TABLE xorb_generations (
            namespace {text} PRIMARY KEY,
            generation {integer} NOT NULL
        ) {strict}
        """
    )

    private static let contentReferences = Migration(
        "0029 content references",
        """
        CREATE TABLE content_references (
            repo {text} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
            sha256 {bytes} NOT NULL REFERENCES contents (sha256),
            PRIMARY KEY (repo, sha256)
        ) {strict}
        """,
        """
        CREATE INDEX content_references_by_content ON content_references (sha256)
        """
    )
}
