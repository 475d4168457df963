package import GalleryDatabase

/// The schema of the job queue.
package enum JobMigrations {
    package static let all: [Migration] = [jobs]

    /// `run_at` of a leased job is the end of its lease: a job whose worker died is simply due again.
    private static let jobs = Migration(
        "0040 jobs",
        """
        CREATE TABLE jobs (
            id {text} PRIMARY KEY,
            kind {text} NOT NULL,
            payload {text} NOT NULL,
            state {text} NOT NULL CHECK (state IN ('waiting', 'parked')),
            run_at {integer} NOT NULL,
            lease {text} NOT NULL,
            attempts {integer} NOT NULL,
            last_error {text} NOT NULL,
            single_key {text} UNIQUE,
            created_at {integer} NOT NULL
        ) {strict}
        """,
        "CREATE INDEX jobs_due ON jobs (state, run_at, id)",
        """
        CREATE TABLE job_schedules (
            kind {text} PRIMARY KEY,
            next_at {integer} NOT NULL
        ) {strict}
        """
    )
}
