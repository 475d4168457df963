package import GalleryDatabase

/// Git objects and references.
package enum FilesMigrations {
    package static let all: [Migration] = [
        Migration(
            "0025 files",
            """
            CREATE TABLE git_commits (
                repo {text} NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
                oid {bytes} NOT NULL,
                tree {bytes} NOT NULL,
                parent {bytes},
                depth {integer} NOT NULL,
                folders_at {bytes} NOT NULL,
                author {text} REFERENCES accounts(id),
                committed_at {integer} NOT NULL,
                title {text} NOT NULL,
                body {bytes} NOT NULL,
                stored_at {integer} NOT NULL,
                PRIMARY KEY (repo, oid)
            ) {strict}
            """,
            "CREATE INDEX git_commits_by_author ON git_commits (author)",
            """
            CREATE TABLE git_trees (
                repo {text} NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
                oid {bytes} NOT NULL,
                base {bytes},
                steps {integer} NOT NULL,
                body {bytes} NOT NULL,
                stored_at {integer} NOT NULL,
                PRIMARY KEY (repo, oid)
            ) {strict}
            """,
            """
            CREATE TABLE git_blobs (
                repo {text} NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
                oid {bytes} NOT NULL,
                size {integer} NOT NULL,
                body {bytes},
                content {bytes},
                lfs_size {integer},
                is_counted {integer} NOT NULL CHECK (is_counted IN (0, 1)),
                stored_at {integer} NOT NULL,
                PRIMARY KEY (repo, oid),
                CHECK (body IS NOT NULL OR content IS NOT NULL)
            ) {strict}
            """,
            """
            CREATE TABLE git_folders (
                repo {text} NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
                revision {bytes} NOT NULL,
                path {text} NOT NULL,
                form {text} NOT NULL CHECK (form IN ('names', 'whole', 'deep')),
                previous {bytes},
                steps {integer} NOT NULL,
                body {bytes} NOT NULL,
                PRIMARY KEY (repo, revision, path)
            ) {strict}
            """,
            """
            CREATE TABLE git_refs (
                repo {text} NOT NULL REFERENCES repositories(id) ON DELETE CASCADE,
                name {text} NOT NULL,
                target {bytes} NOT NULL,
                message {text} NOT NULL,
                created_by {text} REFERENCES accounts(id),
                created_at {integer} NOT NULL,
                PRIMARY KEY (repo, name)
            ) {strict}
            """,
            "CREATE INDEX git_refs_by_creator ON git_refs (created_by)"
        )
    ]
}
