import GalleryDatabase

/// The schema of fine-tunes. They go with their runs; models and data sets stay.
enum TrainingMigrations {
    static let all: [Migration] = [tunes]

    private static let tunes = Migration(
        "0210 fine-tunes",
        """
        CREATE TABLE fine_tunes (
            run {text} PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
            account {text} NOT NULL REFERENCES accounts (id),
            task {text} NOT NULL CHECK (task IN ('text-generation', 'question-answering', 'custom')),
            method {text} NOT NULL,
            base {text} REFERENCES repositories (id) ON DELETE SET NULL,
            base_name {text} NOT NULL,
            base_commit {text} NOT NULL,
            product {text} REFERENCES repositories (id) ON DELETE SET NULL,
            product_name {text} NOT NULL,
            parameters {text} NOT NULL,
            seed {integer} NOT NULL CHECK (seed >= 0),
            keeps_merged {integer} NOT NULL CHECK (keeps_merged IN (0, 1)),
            created_at {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX fine_tunes_of_account ON fine_tunes (account, run)",
        "CREATE INDEX fine_tunes_of_base ON fine_tunes (base) WHERE base IS NOT NULL",
        "CREATE INDEX fine_tunes_of_product ON fine_tunes (product) WHERE product IS NOT NULL",
        """
        CREATE TABLE fine_tune_data (
            run {text} NOT NULL REFERENCES fine_tunes (run) ON DELETE CASCADE,
            position {integer} NOT NULL CHECK (position >= 0),
            repo {text} REFERENCES repositories (id) ON DELETE SET NULL,
            name {text} NOT NULL,
            pinned_at {text} NOT NULL,
            files {text} NOT NULL,
            PRIMARY KEY (run, position)
        ) {strict}
        """,
        "CREATE INDEX fine_tune_data_of_repo ON fine_tune_data (repo) WHERE repo IS NOT NULL"
    )
}
