import Foundation
import GalleryDatabase
package import GalleryHub
package import GalleryModel
import GalleryServing
import GitObjects

/// AI apps: what people make of models and of programs of their own, for others to use in their browsers. An app that is shown
/// is kept running; each start is a run, and one that falls is started again.
package struct Apps: Sendable {
    static let mostApps = 100

    let database: any Database
    let world: World
    let runs: Runs
    let repositories: Repositories
    let files: Files
    /// Where what runs an app answers.
    let door: @Sendable (LaunchName) async throws -> LaunchDoor?
    /// Throws where programs of people's own cannot be run here.
    let demandOwn: @Sendable () throws -> Void
    let seats = AppSeats()
    let pass: AppPass

    package init(
        hub: HubSlices,
        runs: Runs,
        demandOwn: @escaping @Sendable () throws -> Void = {},
        door: @escaping @Sendable (LaunchName) async throws -> LaunchDoor?
    ) {
        database = hub.database
        world = hub.world
        repositories = hub.repositories
        files = hub.files
        self.runs = runs
        self.door = door
        self.demandOwn = demandOwn
        pass = AppPass(key: hub.identity.box.signingKey(for: "pages of apps"))
    }

    var billing: Billing { runs.billing }
    var flavors: Flavors { runs.flavors }

    // MARK: Making

    /// What an app could be made of, with what it is good for; refused where it is good for none.
    package func source(_ name: RepoName, for purpose: AppPurpose, by viewer: Viewer) async throws -> AppSource {
        let place: RepoLocation
        do {
            place = try await repositories.locate(purpose.source, name, by: viewer)
        } catch let error as any DomainError where error.problem.kind == .missing { throw AppError.badSource }
        if purpose == .own {
            do {
                try await repositories.check(.write, on: place.id, by: viewer)
            } catch is AccessError { throw AppError.notOwnRepository }
        }
        try await repositories.check(.readFiles, on: place.id, by: viewer)
        let page = try await files.tree(revision: "main", of: place.id, by: viewer)
        let names = Set(page.entries.map(\.path.text))
        var source = AppSource(repo: place.id, name: place.name, commit: page.commit.hex, reads: [place.id])
        guard purpose != .own else {
            guard names.contains("app.py") else { throw AppError.noProgram }
            return source
        }
        let hasWeights = names.contains { $0.hasSuffix(".safetensors") }
        let isAdapter = names.contains("adapter_config.json") && !names.contains("config.json")
        guard
            names.contains(where: { $0.hasSuffix(".gguf") })
                || hasWeights && (isAdapter || names.contains("config.json"))
        else { throw AppError.noWeights }
        if isAdapter, let base = try await base(of: place.id, by: viewer) { source.reads.append(base) }
        return source
    }

    /// The model that an adapter was made for, where it lies here.
    private func base(of repo: RepoID, by viewer: Viewer) async throws -> RepoID? {
        struct Adapter: Decodable {
            var base: String?

            enum CodingKeys: String, CodingKey { case base = "base_model_name_or_path" }
        }
        let text = try await database.read { db in try db.mainText("adapter_config.json", of: repo) }
        guard let text, let adapter = try? JSONDecoder().decode(Adapter.self, from: Data(text.utf8)),
            let name = adapter.base.flatMap(RepoName.init(_:))
        else { return nil }
        let place = try await repositories.locate(.model, name, by: viewer)
        try await repositories.check(.readFiles, on: place.id, by: viewer)
        return place.id
    }

    /// Makes an app and starts it.
    package func create(_ draft: AppDraft, by viewer: Viewer) async throws -> AppStanding {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        try draft.text.check()
        let source = try await source(draft.source, for: draft.purpose, by: viewer)
        let (id, now) = (world.newID(), world.now())
        let plan = AppPlan(draft.purpose, source, title: draft.text.name, used: draft.used, hours: draft.hours)
        let prepared = try await prepare(plan, by: viewer)
        return try await database.write { db in
            guard try db.countApps(of: me.id) < Self.mostApps else { throw AppError.tooMany(Self.mostApps) }
            try billing.demandNotFrozen(me.id, db)
            try repositories.checkWords([draft.text.name, draft.text.about], db)
            try db.insertApp(id, draft, source, of: me, at: now)
            return try open(try db.demandApp(id), prepared, at: now, db)
        }
    }

    private func prepare(_ plan: AppPlan, by viewer: Viewer) async throws -> PreparedRun {
        if plan.purpose == .own { try demandOwn() }
        let flavor = try await flavors.demand(plan.used, for: .app).flavor
        return try await runs.prepare(plan.draft(on: flavor), by: viewer)
    }

    /// Shows it, with a run of its own from now on.
    private func open(
        _ app: AIApp,
        _ prepared: PreparedRun,
        at now: Date,
        _ db: any SQLConnection
    ) throws -> AppStanding {
        var app = app
        let run = try runs.insert(prepared, db)
        (app.state, app.reason, app.failures, app.retryAt) = (.shown, .none, 0, nil)
        (app.run, app.updatedAt) = (run.id, now)
        try db.save(app)
        try db.noteRun(run.id, ofApp: app.id)
        return AppStanding(app, run)
    }

    // MARK: Looking

    /// Those that run and are shown, for everybody; the newest first.
    package func list(_ text: String = "", before id: String? = nil, limit: Int = 24) async throws -> [AIApp] {
        try await database.read { db in try db.openApps(text, before: id, limit: limit) }
    }

    /// One's own, the newest first.
    package func mine(before id: String? = nil, limit: Int = 30, by viewer: Viewer) async throws -> [AppStanding] {
        let me = try ComputeRights.mustBeWhole(viewer)
        return try await database.read { db in
            try db.apps(of: me.id, before: id, limit: limit).map { AppStanding($0, try $0.run.flatMap(db.run)) }
        }
    }

    /// An app: for everybody while it is shown, at any time for its owner and for administrators.
    package func show(_ id: String, by viewer: Viewer) async throws -> AppStanding {
        try await database.read { db in
            guard let app = try db.app(id), try Self.isShown(app, db) || Self.mayKeep(app, viewer) else {
                throw AppError.unknown
            }
            return AppStanding(app, try app.run.flatMap(db.run))
        }
    }

    /// One's own app, or anybody's for an administrator.
    package func keep(_ id: String, for scope: Scope = .read, by viewer: Viewer) async throws -> AppStanding {
        let me = try ComputeRights.mustBeWhole(viewer, scope)
        return try await database.read { db in
            let app = try db.app(id, of: me)
            return AppStanding(app, try app.run.flatMap(db.run))
        }
    }

    private static func isShown(_ app: AIApp, _ db: any SQLConnection) throws -> Bool {
        try app.state == .shown && db.account(app.account)?.isDisabled == false
    }

    static func mayKeep(_ app: AIApp, _ viewer: Viewer) -> Bool {
        guard let me = viewer.account, viewer.onlyRepo == nil else { return false }
        return me.id == app.account || me.role == .admin
    }

    /// What all its starts cost together.
    package func cost(of id: String, by viewer: Viewer) async throws -> RunCost {
        let me = try ComputeRights.mustBeWhole(viewer)
        let now = world.now()
        return try await database.read { db in
            var sum = RunCost()
            for run in try db.runs(ofApp: try db.app(id, of: me).id) {
                let cost = try billing.metering.cost(of: run, at: now, db)
                sum.seconds += cost.seconds
                sum.settled += cost.settled
                sum.open += cost.open
            }
            return sum
        }
    }

    // MARK: Keeping

    package func edit(_ id: String, _ text: AppText, by viewer: Viewer) async throws -> AppStanding {
        try text.check()
        return try await change(id, "app.edit", by: viewer) { app, db in
            try repositories.checkWords([text.name, text.about], db)
            (app.name, app.licence, app.about) = (text.name, text.licence, text.about)
        }
    }

    /// Shows an app again: it starts anew, on another flavor where one is named.
    package func start(
        _ id: String,
        on used: UsedFlavor? = nil,
        hours: Int?? = nil,
        by viewer: Viewer
    ) async throws -> AppStanding {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        var app = try await keep(id, by: viewer).app
        // It is its owner who pays; an administrator lets the owner show it again.
        guard app.account == me.id else { return try await allow(id, by: viewer) }
        guard !app.isHeld else { throw AppError.held }
        app.used = used ?? app.used
        app.hours = hours ?? app.hours
        guard app.repo != nil else { throw AppError.sourceGone }
        let source = try await pinned(app, by: viewer)
        let plan = AppPlan(app.purpose, source, title: app.name, used: app.used, hours: app.hours)
        let (prepared, wanted, now) = (try await prepare(plan, by: viewer), app, world.now())
        return try await database.write { db in
            var app = try db.app(id, of: me)
            guard app.state != .shown else { throw AppError.shownAlready }
            guard !app.isHeld else { throw AppError.held }
            if let run = try app.run.flatMap(db.run), !run.state.isOver { throw AppError.stillEnding }
            try billing.demandNotFrozen(me.id, db)
            (app.used, app.hours) = (wanted.used, wanted.hours)
            return try open(app, prepared, at: now, db)
        }
    }

    /// What an app was made of, at the commit that it was made with.
    private func pinned(_ app: AIApp, by viewer: Viewer) async throws -> AppSource {
        guard let repo = app.repo else { throw AppError.sourceGone }
        try await repositories.check(.readFiles, on: repo, by: viewer)
        var source = AppSource(repo: repo, name: app.repoName, commit: app.commit, reads: [repo])
        if app.purpose != .own, let base = try await base(of: repo, by: viewer) { source.reads.append(base) }
        return source
    }

    /// What an administrator took away its owner may show again.
    private func allow(_ id: String, by viewer: Viewer) async throws -> AppStanding {
        try await change(id, "app.allow", by: viewer) { app, _ in
            guard app.isHeld else { throw Problem.notYours }
            app.reason = .none
        }
    }

    /// Takes an app away until it is started again; what an administrator took away, until one allows it. Once more is the
    /// same.
    package func pause(_ id: String, by viewer: Viewer) async throws -> AppStanding {
        try await change(id, "app.pause", by: viewer) { app, db in
            let isHeld = app.isHeld || app.account != viewer.account?.id
            (app.state, app.reason, app.retryAt) = (.paused, isHeld ? .byOperator : .none, nil)
            try end(app, db)
        }
    }

    /// Deletes an app for good, with its log; what it cost stays on the bill. `typed` is its name as its owner typed it.
    package func delete(_ id: String, typed: String, by viewer: Viewer) async throws {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        try await database.write { [world] db in
            let app = try db.app(id, of: me)
            guard typed.trimmingCharacters(in: .whitespaces) == app.name else { throw AppError.notTyped }
            if app.account == me.id { try billing.demandNotFrozen(app.account, db) }
            try end(app, db)
            try db.deleteApp(id)
            guard app.account != me.id else { return }
            try db.audit("app.delete", on: id, by: me.id, detail: ["name": app.name], world: world)
        }
    }

    /// Sets or replaces the cover; no bytes take it away.
    package func setCover(_ bytes: [UInt8]?, of id: String, by viewer: Viewer) async throws {
        // Rights come before the work.
        _ = try await keep(id, for: .write, by: viewer)
        let sizes = [PictureSize(320, 168), PictureSize(960, 504)]
        let drawn = try await AppCover.drawn(bytes, sizes)
        let now = world.now()
        _ = try await change(id, "app.cover", by: viewer) { app, db in
            guard let drawn else { return try db.removeCover(ofApp: id) }
            let name = String(SHA256Digest.of(drawn.joined()).hex.prefix(32))
            try db.saveCover(name, small: drawn[0], large: drawn[1], ofApp: id, at: now)
        }
    }

    /// The picture, for those who may see the app.
    package func cover(of id: String, isLarge: Bool, by viewer: Viewer) async throws -> [UInt8]? {
        try await database.read { db in
            guard let app = try db.app(id), app.state == .shown || Self.mayKeep(app, viewer) else { return nil }
            return try db.cover(ofApp: id, isLarge: isLarge)
        }
    }

    /// Changes an app of one's own; what an administrator does to another's is written down.
    private func change(
        _ id: String,
        _ action: String,
        by viewer: Viewer,
        _ body: @escaping @Sendable (inout AIApp, any SQLConnection) throws -> Void
    ) async throws -> AppStanding {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        let now = world.now()
        return try await database.write { [world] db in
            var app = try db.app(id, of: me)
            if app.account == me.id {
                try billing.demandNotFrozen(app.account, db)
            } else {
                try db.audit(action, on: id, by: me.id, detail: ["name": app.name], world: world)
            }
            try body(&app, db)
            app.updatedAt = now
            try db.save(app)
            return AppStanding(try db.demandApp(id), try app.run.flatMap(db.run))
        }
    }

    /// Asks what runs an app to end.
    private func end(_ app: AIApp, _ db: any SQLConnection) throws {
        guard var run = try app.run.flatMap(db.run), !run.state.isOver, run.state != .stopping else { return }
        let before = run.state
        run.askToStop(.asked, at: world.now())
        try db.save(app)
        try runs.save(run, from: before, db)
    }
}

extension SQLConnection {
    func demandApp(_ id: String) throws -> AIApp {
        guard let app = try app(id) else { throw AppError.unknown }
        return app
    }

    /// The app, for its owner and for administrators; to others there is none.
    func app(_ id: String, of me: Viewer.Account) throws -> AIApp {
        let app = try demandApp(id)
        guard app.account == me.id || me.role == .admin else { throw AppError.unknown }
        return app
    }
}
