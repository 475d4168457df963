package import GalleryDatabase
package import GalleryModel

/// Likes and followers: what people find good, and whom they listen to.
package struct Likes: Sendable {
    let database: any Database
    let world: World

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    /// Liking twice is liking once.
    package func like(_ repo: RepoID, by viewer: Viewer) async throws {
        let now = world.now()
        try await database.write { db in
            try AccessPolicy.demand(.respond, on: db.facts(of: repo, for: viewer), by: viewer)
            let account = try viewer.mustBeSignedIn().id
            if try db.insertLike(of: repo, by: account, at: now) { try db.countLike(of: repo, change: 1, at: now) }
        }
    }

    package func unlike(_ repo: RepoID, by viewer: Viewer) async throws {
        let now = world.now()
        try await database.write { db in
            try AccessPolicy.demand(.respond, on: db.facts(of: repo, for: viewer), by: viewer)
            let account = try viewer.mustBeSignedIn().id
            if try db.deleteLike(of: repo, by: account) { try db.countLike(of: repo, change: -1, at: now) }
        }
    }

    package func likers(of repo: RepoID, _ page: ListPage, by viewer: Viewer) async throws -> Listed<Account> {
        try await database.read { db in
            try AccessPolicy.demand(.see, on: db.facts(of: repo, for: viewer), by: viewer)
            return try page.cut(db.likers(of: repo, page))
        }
    }

    /// What a person likes, as far as the viewer may see it.
    package func likes(of name: String, _ page: ListPage, by viewer: Viewer) async throws -> Listed<LikedRepo> {
        try await database.read { db in
            let user = try Self.account(named: name, .user, db)
            return try page.cut(db.likes(of: user.id, seenBy: viewer, page))
        }
    }

    package func follow(_ name: String, _ kind: AccountKind, by viewer: Viewer) async throws {
        let now = world.now()
        let account = try viewer.mustBeSignedIn()
        try await database.write { db in
            let followed = try Self.account(named: name, kind, db)
            guard followed.id != account.id else { throw LikesError.cannotFollow }
            try db.insertFollow(of: followed.id, by: account.id, at: now)
        }
    }

    package func unfollow(_ name: String, _ kind: AccountKind, by viewer: Viewer) async throws {
        let account = try viewer.mustBeSignedIn()
        try await database.write { db in
            try db.deleteFollow(of: Self.account(named: name, kind, db).id, by: account.id)
        }
    }

    package func followers(
        of name: String,
        _ kind: AccountKind,
        _ page: ListPage,
        by viewer: Viewer
    ) async throws -> Listed<Account> {
        try await database.read { db in
            try page.cut(db.followers(of: Self.account(named: name, kind, db).id, page))
        }
    }

    package func following(of name: String, _ page: ListPage, by viewer: Viewer) async throws -> Listed<Account> {
        try await database.read { db in
            try page.cut(db.following(of: Self.account(named: name, .user, db).id, page))
        }
    }

    package func members(of name: String, _ page: ListPage, by viewer: Viewer) async throws -> Listed<Account> {
        try await database.read { db in
            try page.cut(db.memberPage(of: Self.account(named: name, .organization, db).id, page))
        }
    }

    package func profile(of name: String, _ kind: AccountKind, by viewer: Viewer) async throws -> Profile {
        try await database.read { db in
            let account = try Self.account(named: name, kind, db)
            var profile = Profile(account: account)
            profile.repositories = try db.repositoryCounts(of: account.id, seenBy: viewer)
            profile.followers = try db.followerCount(of: account.id)
            if let me = viewer.account { profile.isFollowedByViewer = try db.isFollowing(account.id, me.id) }
            switch kind {
            case .user:
                profile.likes = try db.likeCount(of: account.id)
                profile.discussions = try db.discussionCount(by: account.id)
                profile.following = try db.followingCount(of: account.id)
                profile.organizations = try db.organizations(of: account.id).map(\.account)
            case .organization:
                profile.members = try db.memberCount(of: account.id)
            }
            return profile
        }
    }

    private static func account(named name: String, _ kind: AccountKind, _ db: any SQLConnection) throws -> Account {
        guard let account = try db.account(named: name), account.kind == kind, !account.isDisabled else {
            throw kind == .user ? LikesError.unknownUser(name) : LikesError.unknownOrganization(name)
        }
        return account
    }
}
