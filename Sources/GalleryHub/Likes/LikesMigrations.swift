package import GalleryDatabase

/// The schema of likes and followers.
package enum LikesMigrations {
    package static let all: [Migration] = [likes]

    private static let likes = Migration(
        "0045 likes",
        """
        CREATE TABLE likes (
            repo {text} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
            account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            created_at {integer} NOT NULL,
            PRIMARY KEY (repo, account)
        ) {strict}
        """,
        "CREATE INDEX likes_by_account ON likes (account, created_at)",
        """
        CREATE TABLE follows (
            followed {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            follower {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
            created_at {integer} NOT NULL,
            PRIMARY KEY (followed, follower)
        ) {strict}
        """,
        "CREATE INDEX follows_by_follower ON follows (follower, created_at)"
    )
}
