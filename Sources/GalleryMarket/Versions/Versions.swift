import GalleryDatabase
import GalleryHub
package import GalleryModel
import GalleryServing

/// The versions `x.x.x` of assets: offered with notes, taken offline, and kept for as long as somebody may need them.
package struct Versions: Sendable {
    let database: any Database
    let files: Files
    let rules: PublishingRules
    let life: RepositoryLife

    private var world: World { rules.world }

    /// What is said of a version.
    package struct Words: Sendable, Equatable {
        package var notes: String
        package var constraints: String

        package init(notes: String = "", constraints: String = "") {
            self.notes = notes
            self.constraints = constraints
        }

        var areSound: Bool { notes.count <= 5_000 && constraints.count <= 5_000 }
    }

    /// The highest first; those that are not available are for whoever looks after the asset or reviews it.
    package func list(of repo: RepoID, by viewer: Viewer) async throws -> [AssetVersion] {
        try await database.read { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.see, on: facts, by: viewer)
            var versions = try db.versions(of: repo)
            if AccessPolicy.reach(facts, of: viewer) == .kept {
                let kept = try Set(db.keptReferences(of: repo).map(\.shortName))
                versions.removeAll { !kept.contains($0.number) }
            }
            let seesAll =
                AccessPolicy.refusal(of: .write, on: facts, to: viewer) == nil
                || facts.isUnderReview && viewer.account?.role == .reviewer
            return seesAll ? versions : versions.filter { $0.state == .available }
        }
    }

    /// Offers a revision (main, when none is given) as a version; that of a published asset is reviewed first where
    /// publishing is.
    package func add(
        _ text: String,
        at revision: String? = nil,
        _ words: Words,
        to repo: RepoID,
        by viewer: Viewer
    ) async throws -> AssetVersion {
        guard let number = VersionNumber(text.trimmed) else { throw VersionError.badNumber(text) }
        return try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.administer, on: facts, by: viewer)
            return try add(number, at: revision, words, to: facts, by: viewer, db)
        }
    }

    /// The same within a transaction in which the viewer's rights have been checked.
    func add(
        _ number: VersionNumber,
        at revision: String?,
        _ words: Words,
        to facts: RepoFacts,
        by viewer: Viewer,
        _ db: any SQLConnection
    ) throws -> AssetVersion {
        let repo = facts.id
        guard PublishingTerms.of(facts.kind).hasVersions else { throw VersionError.unsupported }
        try check(words, db)
        if let known = try db.version(number.description, of: repo), known.state != .rejected {
            throw VersionError.exists(known.number)
        }
        guard try db.versions(of: repo).count < 1_000 else { throw VersionError.tooMany }
        let isReviewed = facts.listing == .published && rules.policy == .review
        let commit = try files.addVersion(
            number.description,
            at: revision ?? "main",
            notes: words.notes,
            isHidden: isReviewed,
            of: repo,
            by: viewer,
            at: world.now(),
            db
        )
        var version = AssetVersion(
            repo: repo,
            number: number,
            commit: commit,
            notes: words.notes,
            constraints: words.constraints,
            state: isReviewed ? .inReview : .available,
            createdBy: viewer.account?.id,
            createdAt: world.now()
        )
        version.sentRevision = isReviewed ? db.reviewRevision(of: version) : ""
        try db.save(version)
        try note(isReviewed ? "send" : "add", version, by: viewer, db)
        if isReviewed {
            let topic = NotificationTopic.site(page: "/review", key: "review")
            try db.tell(.reviewRequested, to: db.reviewers(), about: topic, by: viewer.account?.id, world: world)
        } else if facts.listing == .published {
            try announce(version, by: viewer, db)
        }
        return version
    }

    /// Changes what is said of a version.
    package func edit(
        _ number: String,
        _ words: Words,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> AssetVersion {
        try await database.write { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            try life.mayChange(repo, db)
            guard var version = try db.version(number, of: repo) else { throw VersionError.unknown(number) }
            try check(words, db)
            version.notes = words.notes
            version.constraints = words.constraints
            try db.save(version)
            let actor = viewer.account?.id
            try db.audit("version.edit", on: repo.rawValue, by: actor, detail: ["version": number], world: rules.world)
            return version
        }
    }

    /// Ends the offer of a version where another one stays available; its commit is kept.
    package func takeOffline(_ number: String, of repo: RepoID, by viewer: Viewer) async throws -> AssetVersion {
        try await database.write { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            guard var version = try db.version(number, of: repo) else { throw VersionError.unknown(number) }
            guard version.state == .available else { throw VersionError.notAvailable(number) }
            let others = try db.versions(of: repo).filter { $0.state == .available && $0.number != number }
            guard !others.isEmpty else { throw VersionError.lastAvailable }
            version.state = .offline
            try db.save(version)
            try files.hideVersion(number, of: repo, by: viewer, at: world.now(), db)
            try note("take-offline", version, by: viewer, db)
            return version
        }
    }

    /// Lets a version through, or sends it back with a reason; for reviewers, who name what they looked at as with assets.
    package func decide(
        _ number: String,
        approve: Bool,
        reason: String = "",
        seen revision: String? = nil,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> AssetVersion {
        try await database.write { db in
            let facts = try Reviewing.demand(on: db.facts(of: repo, for: viewer), by: viewer)
            guard var version = try db.version(number, of: repo) else { throw VersionError.unknown(number) }
            guard version.state == .inReview else { throw PublishingError.nothingToReview }
            try Reviewing.mayDecide(on: facts, submittedBy: version.createdBy, by: viewer)
            if approve || revision != nil {
                guard db.reviewRevision(of: version) == revision ?? version.sentRevision else {
                    throw PublishingError.formChanged
                }
            }
            if approve {
                version.state = .available
                try files.showVersion(number, notes: version.notes, of: repo, by: viewer, at: world.now(), db)
            } else {
                version.reason = try Reviewing.reason(reason)
                version.state = .rejected
                try files.dropVersion(number, of: repo, db)
            }
            try db.save(version)
            try db.refreshReviewing(repo)
            try note(approve ? "approve" : "reject", version, by: viewer, db)
            try db.tell(
                approve ? .reviewApproved : .reviewRejected,
                to: db.keepers(of: repo),
                about: .asset(repo, page: "/versions", values: ["version": number, "reason": version.reason]),
                by: viewer.account?.id,
                world: world
            )
            if approve { try announce(version, by: viewer, db) }
            return version
        }
    }

    private func check(_ words: Words, _ db: any SQLConnection) throws {
        guard words.areSound else { throw VersionError.tooLong }
        try rules.words.check(
            [.init("notes", words.notes), .init("constraints", words.constraints)],
            db
        )
    }

    private func note(_ action: String, _ version: AssetVersion, by viewer: Viewer, _ db: any SQLConnection) throws {
        try db.refreshReviewing(version.repo)
        try db.notePublishing(
            action,
            of: version.repo,
            version: version.number,
            reason: version.reason,
            by: viewer.account?.id,
            world: world
        )
    }

    private func announce(_ version: AssetVersion, by viewer: Viewer, _ db: any SQLConnection) throws {
        try db.tell(
            .newVersion,
            to: db.subscribers(of: version.repo),
            about: .asset(version.repo, page: "/versions", key: "versions", values: ["version": version.number]),
            by: viewer.account?.id,
            world: world
        )
    }
}
