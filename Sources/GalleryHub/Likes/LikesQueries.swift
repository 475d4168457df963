import Foundation
import GalleryDatabase
import GalleryModel

extension SQLConnection {
    /// Whether it was not liked before.
    func insertLike(of repo: RepoID, by account: AccountID, at now: Date) throws -> Bool {
        try execute(
            """
            INSERT INTO likes (repo, account, created_at) VALUES (\(repo), \(account), \(now))
            ON CONFLICT (repo, account) DO NOTHING
            """
        ) > 0
    }

    func deleteLike(of repo: RepoID, by account: AccountID) throws -> Bool {
        try execute("DELETE FROM likes WHERE repo = \(repo) AND account = \(account)") > 0
    }

    func countLike(of repo: RepoID, change: Int, at now: Date) throws {
        guard let hotness = try value(Double.self, "SELECT hotness FROM repositories WHERE id = \(repo)") else {
            return
        }
        let heat = change > 0 ? Trend.adding(Trend.likeWeight, at: now, to: hotness) : hotness
        try execute(
            "UPDATE repositories SET likes = likes + \(change), hotness = \(heat) WHERE id = \(repo)"
        )
        try noteCounts(of: [repo], at: now)
    }

    func likers(of repo: RepoID, _ page: ListPage) throws -> [Account] {
        try rows(
            Account.self,
            """
            SELECT \(sql: Account.columns) FROM likes JOIN accounts ON accounts.id = likes.account
            WHERE likes.repo = \(repo) AND accounts.is_disabled = 0
            ORDER BY likes.created_at DESC, accounts.id LIMIT \(page.fetched) OFFSET \(page.offset)
            """
        )
    }

    func likes(of account: AccountID, seenBy viewer: Viewer, _ page: ListPage) throws -> [LikedRepo] {
        try rows(
            LikedRepo.self,
            """
            SELECT r.kind, r.name, a.name AS owner_name, l.created_at AS liked_at
            FROM likes l JOIN repositories r ON r.id = l.repo JOIN accounts a ON a.id = r.owner
            WHERE l.account = \(account) AND \(sql: VisibleRepositories.condition(for: viewer))
            ORDER BY l.created_at DESC, r.id LIMIT \(page.fetched) OFFSET \(page.offset)
            """
        )
    }

    func likeCount(of account: AccountID) throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM likes WHERE account = \(account)") ?? 0
    }

    func repositoryCounts(of owner: AccountID, seenBy viewer: Viewer) throws -> [RepoKind: Int] {
        try rows(
            """
            SELECT r.kind, COUNT(*) AS n FROM repositories r
            WHERE r.owner = \(owner) AND \(sql: VisibleRepositories.condition(for: viewer)) GROUP BY r.kind
            """
        ).reduce(into: [:]) { try $0[$1.get("kind")] = $1.get("n") }
    }

    func discussionCount(by account: AccountID) throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM discussions WHERE author = \(account)") ?? 0
    }

    func insertFollow(of followed: AccountID, by follower: AccountID, at now: Date) throws {
        try execute(
            """
            INSERT INTO follows (followed, follower, created_at) VALUES (\(followed), \(follower), \(now))
            ON CONFLICT (followed, follower) DO NOTHING
            """
        )
    }

    func deleteFollow(of followed: AccountID, by follower: AccountID) throws {
        try execute("DELETE FROM follows WHERE followed = \(followed) AND follower = \(follower)")
    }

    func isFollowing(_ followed: AccountID, _ follower: AccountID) throws -> Bool {
        try exists("SELECT 1 FROM follows WHERE followed = \(followed) AND follower = \(follower)")
    }

    func followerCount(of account: AccountID) throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM follows WHERE followed = \(account)") ?? 0
    }

    func followingCount(of account: AccountID) throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM follows WHERE follower = \(account)") ?? 0
    }

    func followers(of account: AccountID, _ page: ListPage) throws -> [Account] {
        try rows(
            Account.self,
            """
            SELECT \(sql: Account.columns) FROM follows JOIN accounts ON accounts.id = follows.follower
            WHERE follows.followed = \(account) AND accounts.is_disabled = 0
            ORDER BY follows.created_at DESC, accounts.id LIMIT \(page.fetched) OFFSET \(page.offset)
            """
        )
    }

    func following(of account: AccountID, _ page: ListPage) throws -> [Account] {
        try rows(
            Account.self,
            """
            SELECT \(sql: Account.columns) FROM follows JOIN accounts ON accounts.id = follows.followed
            WHERE follows.follower = \(account) AND accounts.is_disabled = 0
            ORDER BY follows.created_at DESC, accounts.id LIMIT \(page.fetched) OFFSET \(page.offset)
            """
        )
    }

    func memberPage(of organization: AccountID, _ page: ListPage) throws -> [Account] {
        try rows(
            Account.self,
            """
            SELECT \(sql: Account.columns) FROM memberships JOIN accounts ON accounts.id = memberships.account
            WHERE memberships.organization = \(organization) AND accounts.is_disabled = 0
            ORDER BY accounts.name_key LIMIT \(page.fetched) OFFSET \(page.offset)
            """
        )
    }
}
