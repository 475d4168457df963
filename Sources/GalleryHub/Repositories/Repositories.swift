import Foundation
package import GalleryDatabase
package import GalleryModel
import GitObjects

/// Repositories: their names, owners, settings and life.
package struct Repositories: Sendable {
    let database: any Database
    let files: Files
    let world: World
    let limits: RepositoryLimits
    /// What other slices decide about names, words and visibility.
    package let life: RepositoryLife

    package init(database: any Database, files: Files, world: World, life: RepositoryLife = RepositoryLife()) {
        self.database = database
        self.files = files
        self.world = world
        self.life = life
        limits = files.limits
    }

    // MARK: Asking

    /// The repository of that name, were it renamed too; invisible ones are not found.
    package func locate(_ kind: RepoKind, _ name: RepoName, by viewer: Viewer) async throws -> RepoLocation {
        try await database.readBriefly { db in
            guard let location = try db.repo(kind: kind, name: name) else { throw AccessError.notFound(to: viewer) }
            try AccessPolicy.demand(.see, on: db.facts(of: location.id, for: viewer), by: viewer)
            return location
        }
    }

    /// Throws unless the viewer may do it.
    package func check(_ action: RepoAction, on repo: RepoID, by viewer: Viewer) async throws {
        try await database.readBriefly { db in
            try AccessPolicy.demand(action, on: db.facts(of: repo, for: viewer), by: viewer)
        }
    }

    /// What is shown of one repository.
    package func details(of repo: RepoID, by viewer: Viewer) async throws -> RepoDetails {
        try await database.readBriefly { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.see, on: facts, by: viewer)
            guard let details = try files.details(of: facts, by: viewer, db) else {
                throw AccessError.notFound(to: viewer)
            }
            return details
        }
    }

    /// Throws where words may not be shown, for slices that show words of their own.
    package func checkWords(_ texts: [String], _ db: any SQLConnection) throws { try life.check(texts, db) }

    // MARK: Life

    /// Makes a repository with its first commit. Without an owner it is the viewer's own; without a visibility it is public
    /// unless the organisation keeps new ones private.
    package func create(_ request: NewRepository, by viewer: Viewer) async throws -> Repository {
        let id = RepoID(world.newID())
        return try await database.write { db in try create(request, as: id, by: viewer, db) }
    }

    /// As `create`, in the transaction of whoever makes it a part of something larger.
    package func create(
        _ request: NewRepository,
        as id: RepoID,
        by viewer: Viewer,
        _ db: any SQLConnection
    ) throws -> Repository {
        let (account, now) = (try viewer.mustBeSignedIn(), world.now())
        let owner = try mustCreate(in: request.owner, by: viewer, db)
        guard RepoName.isValid(request.name) else { throw RepositoryError.badName(request.name) }
        let name = RepoName(owner: owner.name, name: request.name)
        if let taken = try db.repo(kind: request.kind, name: name), !taken.isMoved {
            throw RepositoryError.exists(request.kind, taken.name)
        }
        try mustHaveRoom(owner.id, db)
        if request.kind == .app, !["gradio", "streamlit", "docker", "static"].contains(request.sdk ?? "") {
            throw RepositoryError.badSDK(request.sdk ?? "")
        }
        try life.check([request.name, request.title, request.description], db)
        try db.insertRepository(id, request, owner: owner.id, visibility: .owner, by: account.id, at: now)
        let visibility = request.visibility ?? (owner.isPrivateByDefault ? .owner : .everyone)
        try life.place(RepositoryLife.Wish(repo: id, visibility: visibility, viewer: viewer, at: now), db)
        try db.record(.repoCreated, on: id, at: now)
        try files.begin(id, kind: request.kind, by: account, at: now, db)
        try note("asset.create", on: id, ["name": name.description], by: viewer, db)
        return try db.repository(id).unwrapped(for: viewer)
    }

    /// Gives a repository another name or owner; the former name leads to it until it is taken anew.
    package func move(_ repo: RepoID, to name: RepoName, by viewer: Viewer) async throws -> Repository {
        let now = world.now()
        return try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.administer, on: facts, by: viewer)
            try life.mayChange(repo, db)
            let owner = try mustCreate(in: name.owner, by: viewer, db)
            guard RepoName.isValid(name.name) else { throw RepositoryError.badName(name.name) }
            if let taken = try db.repo(kind: facts.kind, name: RepoName(owner: owner.name, name: name.name)),
                !taken.isMoved, taken.id != repo
            {
                throw RepositoryError.targetExists(facts.kind, taken.name)
            }
            if owner.id != facts.owner { try mustHaveRoom(owner.id, db) }
            try life.check([name.name], db)
            try db.rename(facts, to: name.name, owner: owner.id, at: now)
            try db.record(.repoMoved(from: facts.name), on: repo, at: now)
            let moved = RepoName(owner: owner.name, name: name.name)
            try note("asset.move", on: repo, ["from": facts.name.description, "to": moved.description], by: viewer, db)
            return try db.repository(repo).unwrapped(for: viewer)
        }
    }

    /// Copies a repository with all its versions; the viewer must be able to read its files.
    package func duplicate(
        _ repo: RepoID,
        to name: RepoName,
        visibility: Visibility?,
        by viewer: Viewer
    ) async throws -> Repository {
        let account = try viewer.mustBeSignedIn()
        let (now, id) = (world.now(), RepoID(world.newID()))
        return try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.readFiles, on: facts, by: viewer)
            // A copy holds all versions, those too that subscribers do not keep.
            guard AccessPolicy.reach(facts, of: viewer) != .kept else { throw Problem.notYours }
            let source = try db.repository(repo).unwrapped(for: viewer)
            let owner = try mustCreate(in: name.owner, by: viewer, db)
            guard RepoName.isValid(name.name) else { throw RepositoryError.badName(name.name) }
            let target = RepoName(owner: owner.name, name: name.name)
            if let taken = try db.repo(kind: facts.kind, name: target), !taken.isMoved {
                throw RepositoryError.exists(facts.kind, taken.name)
            }
            try mustHaveRoom(owner.id, db)
            let request = NewRepository(
                kind: facts.kind,
                owner: owner.name,
                name: name.name,
                visibility: visibility,
                title: source.title,
                description: source.description,
                sdk: source.sdk
            )
            // A copy is never more public than what it was made of.
            let wanted = visibility ?? (owner.isPrivateByDefault ? .owner : source.visibility)
            try life.check([request.name, request.title, request.description], db)
            try db.insertRepository(id, request, owner: owner.id, visibility: .owner, by: account.id, at: now)
            let isGuarded =
                source.isPrivate || source.gating != .off || facts.needsSubscription || facts.isCodeClosed
            let wish = RepositoryLife.Wish(
                repo: id,
                visibility: isGuarded ? .owner : wanted,
                viewer: viewer,
                at: now
            )
            try life.place(wish, db)
            try db.record(.repoCreated, on: id, at: now)
            try db.copyObjects(from: repo, to: id, at: now)
            try note(
                "asset.create",
                on: id,
                ["name": target.description, "from": facts.name.description],
                by: viewer,
                db
            )
            guard source.usedBytes <= (try db.quota(of: id, limits).repositoryBytes) else {
                throw FilesError.repositoryFull(limit: try db.quota(of: id, limits).repositoryBytes)
            }
            return try db.repository(id).unwrapped(for: viewer)
        }
    }

    /// Deletes a repository with all its versions.
    package func delete(_ repo: RepoID, by viewer: Viewer) async throws {
        let now = world.now()
        try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.administer, on: facts, by: viewer)
            try life.mayDelete(repo, db)
            try db.record(.repoDeleted, on: repo, at: now)
            try note("asset.delete", on: repo, ["name": facts.name.description], by: viewer, db)
            try db.deleteRepository(repo)
        }
    }

    /// Changes what is given, leaves the rest.
    package func change(_ repo: RepoID, _ settings: RepositorySettings, by viewer: Viewer) async throws -> Repository {
        let now = world.now()
        return try await database.write { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            try life.mayChange(repo, db)
            try settings.check()
            try life.check([settings.title, settings.description].compactMap(\.self), db)
            try db.apply(settings, to: repo)
            if let visibility = settings.visibility {
                try life.place(RepositoryLife.Wish(repo: repo, visibility: visibility, viewer: viewer, at: now), db)
            }
            try db.record(.repoConfigured, on: repo, at: now)
            try note("asset.configure", on: repo, settings.decisions, by: viewer, db)
            return try db.repository(repo).unwrapped(for: viewer)
        }
    }

    /// Sets who may read a repository whose visibility is `named`.
    package func setReaders(_ accounts: [AccountID], of repo: RepoID, by viewer: Viewer) async throws {
        try await database.write { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            try life.mayChange(repo, db)
            try db.setNamedReaders(accounts, of: repo)
            try note("asset.set-readers", on: repo, ["count": String(accounts.count)], by: viewer, db)
        }
    }

    private func note(
        _ action: String,
        on repo: RepoID,
        _ detail: [String: String],
        by viewer: Viewer,
        _ db: any SQLConnection
    ) throws {
        try db.audit(action, on: repo.rawValue, by: viewer.account?.id, detail: detail, world: world)
    }

    // MARK: Rules

    /// The account under whose name the viewer may create; nil or their own name is their own.
    private func mustCreate(in owner: String?, by viewer: Viewer, _ db: any SQLConnection) throws -> Account {
        let account = try viewer.mustBeSignedIn()
        guard viewer.scope.includes(.write) else { throw Problem.scopeTooNarrow }
        guard viewer.onlyRepo == nil else { throw Problem.notYours }
        guard let owner = try owner.map({ try db.account(named: $0) }) ?? db.account(account.id) else {
            throw RepositoryError.unknownOwner(owner ?? account.name)
        }
        if owner.id == account.id || account.role == .admin { return owner }
        switch try db.membership(of: account.id, in: owner.id) {
        case .admin, .write, .contributor: return owner
        case .read, nil: throw RepositoryError.notYourNamespace(owner.name)
        }
    }

    private func mustHaveRoom(_ owner: AccountID, _ db: any SQLConnection) throws {
        let count = try db.value(Int.self, "SELECT COUNT(*) FROM repositories WHERE owner = \(owner)") ?? 0
        guard count < limits.repositoriesPerOwner else {
            throw RepositoryError.tooMany(limit: limits.repositoriesPerOwner)
        }
    }
}

extension Problem {
    fileprivate static let scopeTooNarrow = Problem(
        .forbidden,
        "scope-too-narrow",
        "This access token does not allow that: use one with the scope 'write'."
    )
}

extension Optional where Wrapped == Repository {
    /// For a row that this transaction has just seen.
    func unwrapped(for viewer: Viewer) throws -> Repository {
        guard let self else { throw AccessError.notFound(to: viewer) }
        return self
    }
}
