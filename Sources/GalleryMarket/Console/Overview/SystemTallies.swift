import GalleryDatabase
package import GalleryHub
package import GalleryModel

/// What the database counts for the overview.
package struct SystemTallies: Sendable, Equatable {
    /// Assets of one kind.
    package struct Kind: Sendable, Equatable {
        package var kind: RepoKind
        package var all: Int
        package var states: [RepoListing: Int]
        /// What their files and histories are charged.
        package var bytes: Int64
    }

    package var people = 0
    package var disabledPeople = 0
    package var organizations = 0
    package var kinds: [Kind] = []
    /// What the files take on the disk, each counted once.
    package var storedBytes: Int64 = 0
    package var damagedPacks = 0
    package var waitingJobs = 0
    package var parkedJobs = 0
    package var waitingMails = 0
    package var failedMails = 0
    package var reviews = 0
    package var reportedComments = 0

    init(_ db: any SQLConnection) throws {
        for row in try db.rows(
            "SELECT kind, is_disabled, COUNT(*) AS count FROM accounts GROUP BY kind, is_disabled"
        ) {
            let count = try row.get("count", as: Int.self)
            switch try row.get("kind", as: AccountKind.self) {
            case .organization: organizations += count
            case .user:
                people += count
                if try row.get("is_disabled", as: Bool.self) { disabledPeople += count }
            }
        }
        try countAssets(db)
        storedBytes = try db.value(Int64.self, "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM packs") ?? 0
        damagedPacks = try db.value(Int.self, "SELECT COUNT(*) FROM packs WHERE state = 'damaged'") ?? 0
        for row in try db.rows("SELECT state, COUNT(*) AS count FROM jobs GROUP BY state") {
            let count = try row.get("count", as: Int.self)
            if try row.get("state", as: String.self) == "parked" { parkedJobs += count } else { waitingJobs += count }
        }
        let mails = try db.mailCounts()
        (waitingMails, failedMails) = (mails[.waiting] ?? 0, mails[.failed] ?? 0)
        reviews = try db.waitingReviewCount()
        reportedComments = try db.reportedCommentCount()
    }

    private mutating func countAssets(_ db: any SQLConnection) throws {
        var found: [RepoKind: Kind] = [:]
        for row in try db.rows(
            """
            SELECT kind, listing, COUNT(*) AS count, CAST(SUM(used_bytes) AS BIGINT) AS bytes
            FROM repositories GROUP BY kind, listing
            """
        ) {
            let kind = try row.get("kind", as: RepoKind.self)
            let count = try row.get("count", as: Int.self)
            var entry = found[kind] ?? Kind(kind: kind, all: 0, states: [:], bytes: 0)
            entry.all += count
            entry.states[try row.get("listing", as: RepoListing.self)] = count
            entry.bytes += try row.get("bytes", as: Int64.self)
            found[kind] = entry
        }
        let shown = MyMenu.kinds + RepoKind.allCases.filter { !MyMenu.kinds.contains($0) && found[$0] != nil }
        kinds = shown.map { found[$0] ?? Kind(kind: $0, all: 0, states: [:], bytes: 0) }
    }
}
