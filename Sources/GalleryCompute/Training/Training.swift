import Foundation
import GalleryDatabase
package import GalleryHub
package import GalleryModel

/// Fine-tunes: what people want trained is looked at, ordered as a run, and its product becomes a model of theirs.
package struct Training: Sendable {
    private static let mostChoices = 200

    let database: any Database
    let world: World
    let repositories: Repositories
    let files: Files
    package let runs: Runs
    package let flavors: Flavors
    package let workers: Workers
    let inputs: TrainingInputs
    private let environments: Environments
    /// How well what a script does can be confined.
    private let confinement: Confinement
    /// Nil where the workers' programs are not there.
    private let lora: TrainingMethod?

    package init(
        hub: HubSlices,
        runs: Runs,
        workers: Workers,
        customModels: CustomModels,
        environments: Environments,
        confinement: Confinement
    ) {
        database = hub.database
        world = hub.world
        repositories = hub.repositories
        files = hub.files
        self.runs = runs
        flavors = runs.flavors
        self.workers = workers
        inputs = TrainingInputs(
            database: hub.database,
            repositories: hub.repositories,
            files: hub.files,
            content: hub.content,
            customModels: customModels
        )
        self.environments = environments
        self.confinement = confinement
        lora = try? TrainingMethod.lora(in: workers.programs)
    }

    /// What the keeper of runs has to know of fine-tunes.
    package var part: RunPart {
        RunPart([.fineTune]) { [workers, environments, database, world] run in
            let kind = try JSONDecoder().decode(FineTuneSpec.Kind.self, from: Data(run.spec.utf8))
            guard kind.task == TrainingTask.custom.rawValue else { return try workers.program("finetune") }
            var program = try workers.program("custom")
            program.isStrangers = true
            guard let packages = kind.packages else { return program }
            program = try environments.program(program, with: packages)
            if program.preparation != nil {
                // What runs has asked for its own when it began.
                let alive = try await database.read { db in try db.runsToCare(in: Region.local) }
                let past = world.now().addingTimeInterval(-Environments.kept)
                environments.clear(unusedSince: alive.compactMap(\.startedAt).reduce(past, min))
            }
            return program
        }
    }

    // MARK: Choosing

    /// The parameters of LoRA.
    package func method() throws -> TrainingMethod {
        guard let lora else { throw RunError.noWorkers(workers.programs.path) }
        return lora
    }

    /// Models to start from, or data sets to learn from.
    package func choices(_ kind: RepoKind, by viewer: Viewer) async throws -> RepoChoices {
        let me = try ComputeRights.mustBeWhole(viewer)
        return try await database.read { db in
            try db.repoChoices(kind, for: viewer, me.id, limit: Self.mostChoices)
        }
    }

    /// A name for the product that one has not given to a model yet: `tiny-tuned`, then `tiny-tuned-2`.
    func freeName(after base: String, by viewer: Viewer) async throws -> String {
        let me = try ComputeRights.mustBeWhole(viewer)
        let name = base.split(separator: "/").last.map(String.init) ?? base
        return try await database.read { db in
            for number in 1...99 {
                let ending = number == 1 ? "-tuned" : "-tuned-\(number)"
                let free = String(name.prefix(96 - ending.count)) + ending
                guard RepoName.isValid(free) else { continue }
                let taken = try db.repo(kind: .model, name: RepoName(owner: me.name, name: free))
                if taken.map(\.isMoved) ?? true { return free }
            }
            return ""
        }
    }

    /// The first flavor that can be had and paid.
    func proposedFlavor(by viewer: Viewer) async throws -> UsedFlavor? {
        let me = try ComputeRights.mustBeWhole(viewer)
        let offers = try await flavors.offers(for: .fineTune).filter { $0.obstacle == nil }
        return try await database.read { [flavors] db in
            for offer in offers {
                do {
                    try flavors.billing.demandMayStart(offer.used, by: me.id, db)
                    _ = try flavors.demandTime(hours: nil, on: offer.used, by: me.id, db)
                    return offer.used
                } catch is any DomainError {
                    continue
                }
            }
            return nil
        }
    }

    /// Looks at everything that a draft names. What is wrong stands in the plan; only who may not ask at all is refused.
    package func plan(_ draft: FineTuneDraft, by viewer: Viewer) async throws -> FineTunePlan {
        let me = try ComputeRights.mustBeWhole(viewer)
        var plan = FineTunePlan(draft)
        try await inputs.lookAtBase(&plan, by: viewer)
        guard let method = try method(of: &plan) else { return plan }
        plan.method = method
        let given = draft.parameters.filter { method.parameter($0.key)?.isSetByPeople ?? true }
        let (values, faults) = method.check(given, for: draft.task)
        plan.values = values
        for (name, fault) in faults { plan.faults["parameters.\(name)"] = .parameter(name, fault) }
        try await inputs.lookAtData(&plan, by: viewer)
        try await inputs.lookAtRecords(&plan, by: viewer)
        try await inputs.lookAtEarlier(&plan, by: viewer)
        try await check(&plan, of: me)
        guard !method.isCustom else { return plan }
        plan.values["data_url"] = .text(plan.data.map(\.repo.name).joined(separator: " "))
        plan.values["train_url"] = .text("\(me.name)/\(draft.product)")
        return plan
    }

    /// The method that a draft names.
    private func method(of plan: inout FineTunePlan) throws -> TrainingMethod? {
        let draft = plan.draft
        guard draft.task == .custom else {
            if draft.method != TrainingMethod.lora { plan.faults["method"] = .unknownMethod(draft.method) }
            return draft.method == TrainingMethod.lora ? try method() : nil
        }
        guard plan.base.id != nil else { return nil }
        guard let folder = plan.folder, folder.isValid else {
            plan.faults["task"] = .notCustom
            return nil
        }
        // What the machine would refuse is told before anything is ordered.
        if !confinement.admits(.gallery) { plan.faults["task"] = .other(LauncherError.notConfined.problem) }
        if folder.packages != nil, !environments.areOffered { plan.faults["task"] = .noPackages }
        let found = plan.ownMethods.first { $0.name == draft.method }
        if found == nil { plan.faults["method"] = .unknownMethod(draft.method) }
        return found
    }

    /// The product's name, the seed and the flavor.
    private func check(_ plan: inout FineTunePlan, of me: Viewer.Account) async throws {
        let draft = plan.draft
        if !(0...Int64(Int32.max)).contains(draft.seed) { plan.faults["seed"] = .badSeed }
        let name = RepoName(owner: me.name, name: draft.product)
        if !RepoName.isValid(draft.product) {
            plan.faults["product"] = .other(RepositoryError.badName(draft.product).problem)
        } else if let taken = try await database.read({ db in try db.repo(kind: .model, name: name) }), !taken.isMoved {
            plan.faults["product"] = .other(RepositoryError.exists(.model, taken.name).problem)
        }
        do {
            plan.offer = try await flavors.demand(draft.used, for: .fineTune)
            try await database.read { [flavors] db in
                try flavors.billing.demandMayStart(draft.used, by: me.id, db)
                _ = try flavors.demandTime(hours: draft.hours, on: draft.used, by: me.id, db)
            }
        } catch let error as any DomainError {
            let isOfHours = error.problem.members["field"] == "hours"
            plan.faults[isOfHours ? "hours" : "flavor"] = .other(error.problem)
        }
        if let hours = draft.hours, !(1...87_600).contains(hours) {
            plan.faults["hours"] = .other(RunError.badHours.problem)
        }
    }

    // MARK: Ordering

    /// Orders what a draft says: the new model and the run come together, or neither does.
    package func order(_ draft: FineTuneDraft, by viewer: Viewer) async throws -> FineTuneJob {
        let me = try ComputeRights.mustBeWhole(viewer, .write)
        let plan = try await plan(draft, by: viewer)
        try plan.demandGood()
        let product = RepoID(world.newID())
        let name = "\(me.name)/\(draft.product)"
        let run = RunDraft(
            kind: .fineTune,
            title: name,
            used: draft.used,
            spec: try FineTuneSpec(plan, product: name).text,
            hours: draft.hours,
            writes: product,
            reads: plan.reads
        )
        let prepared = try await runs.prepare(run, by: viewer)
        let now = world.now()
        return try await database.write { db in
            let new = NewRepository(kind: .model, name: draft.product, visibility: .owner)
            let made = try repositories.create(new, as: product, by: viewer, db)
            let run = try runs.insert(prepared, db)
            let tune = FineTune(
                run: run.id,
                account: me.id,
                plan,
                product: PinnedRepo(id: product, name: made.name.description, commit: ""),
                at: now
            )
            try db.insert(tune)
            return FineTuneJob(tune: tune, run: run)
        }
    }

    // MARK: Looking

    /// One's own, the newest first, those before the run `id`.
    package func list(before id: String? = nil, limit: Int = 30, by viewer: Viewer) async throws -> [FineTuneJob] {
        let found = try await runs.list(.fineTune, before: id, limit: limit, by: viewer)
        let tunes = try await database.read { db in try db.fineTunes(found.map(\.id)) }
        let byRun = Dictionary(tunes.map { ($0.run, $0) }) { first, _ in first }
        return found.compactMap { run in byRun[run.id].map { FineTuneJob(tune: $0, run: run) } }
    }

    /// One's own, or anybody's for an administrator.
    package func show(_ run: String, by viewer: Viewer) async throws -> FineTuneJob {
        let found = try await runs.show(run, by: viewer)
        guard let tune = try await database.read({ db in try db.fineTune(run) }) else { throw TrainingError.unknown }
        return FineTuneJob(tune: tune, run: found)
    }
}
