import GalleryDatabase

/// The schema of what is known of the size of models.
enum FitMigrations {
    /// Of each repository the version that was looked at last.
    static let all = [
        Migration(
            "0225 model sizes",
            """
            CREATE TABLE model_sizes (
                repo {text} PRIMARY KEY REFERENCES repositories (id) ON DELETE CASCADE,
                commit_id {text} NOT NULL,
                size {text} NOT NULL,
                measured_at {integer} NOT NULL
            ) {strict}
            """
        )
    ]
}
