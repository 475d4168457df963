import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryCompute

/// Apps on a test's database: ada has a model with weights and a program, and money.
struct AppHouse: Sendable {
    let clock = TestClock()
    let hub: HubSlices
    let runs: Runs
    let apps: Apps
    let launcher = ScriptedLauncher()
    let ada: Viewer
    let bob: Viewer
    let root: Viewer
    private let folder = FileManager.default.temporaryDirectory.appending(path: "app-house-\(UUID().uuidString)")

    init(_ database: any Database) async throws {
        let world = World.fixed(clock)
        var settings = Settings()
        settings.compute.freeHoursPerWeek = 10
        hub = try await HubSlices(
            settings: settings,
            world: world,
            database: database,
            volatile: database,
            folder: DataFolder(at: folder.path),
            blobs: MemoryBlobStore()
        )
        let told: [RunObserver] = [Apps.observer(world)]
        let billing = Billing(
            database: database,
            world: world,
            settings: settings.billing,
            observers: [Runs.observer(world, told)]
        )
        let flavors = Flavors(database: database, world: world, billing: billing, settings: settings.compute) { _ in
            Capacity([.init(cores: 8, memoryBytes: 32 << 30)])
        }
        runs = Runs(
            database: database,
            world: world,
            billing: billing,
            flavors: flavors,
            logs: RunLogs(root: folder.appending(path: "logs")),
            observers: told
        ) { [launcher] run in try await launcher.forget(run: run) }
        apps = Apps(hub: hub, runs: runs) { [launcher] name in try await launcher.door(to: name) }
        ada = try await hub.identity.person("ada")
        bob = try await hub.identity.person("bob")
        root = try await hub.identity.person("root", role: .admin)
        try await give("ada", .model, "tiny", ["config.json": "{}", "model.safetensors": "weights"])
        try await give("ada", .model, "words", ["notes.txt": "no weights"])
        try await give("ada", .app, "program", ["app.py": "print()"])
        try await give("ada", .app, "page", ["index.html": "<p>"])
    }

    func close() { try? FileManager.default.removeItem(at: folder) }

    private func give(_ owner: String, _ kind: RepoKind, _ name: String, _ files: [String: String]) async throws {
        let request = NewRepository(kind: kind, name: name, sdk: kind == .app ? "gradio" : nil)
        let repo = try await hub.repositories.create(request, by: ada)
        var draft = try await hub.files.draft(on: "main", of: repo.id, by: ada)
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            try await draft.put(path, bytes: Array(text.utf8))
        }
        _ = try await hub.files.commit(draft, title: "files")
    }

    func draft(
        _ source: String = "ada/tiny",
        _ purpose: AppPurpose = .chat,
        name: String = "Tiny talk",
        used: UsedFlavor = ComputeHouse.free,
        hours: Int? = nil
    ) throws -> AppDraft {
        AppDraft(
            text: AppText(name: name, about: "Talks"),
            purpose: purpose,
            source: try #require(RepoName(source)),
            used: used,
            hours: hours
        )
    }

    var keeper: RunKeeper {
        RunKeeper(
            runs: runs,
            launcher: launcher,
            machines: RegionMachines(Capacity([.init(cores: 8, memoryBytes: 32 << 30)])),
            address: { "http://gallery" },
            program: { _ in RunProgram(command: ["true"], network: .none) }
        )
    }

    /// An app that answers.
    func running(_ draft: AppDraft? = nil) async throws -> AIApp {
        let app = try await apps.create(draft ?? self.draft(), by: ada).app
        try await serve(app.id)
        return try await show(app.id).app
    }

    /// Lets what runs an app begin to answer.
    func serve(_ id: String) async throws {
        try await keeper.tick()
        let name = try await name(id)
        _ = try await runs.heartbeat(
            name.run,
            attempt: name.attempt,
            token: launcher.token(of: name),
            stage: "serving"
        )
    }

    func name(_ id: String) async throws -> LaunchName {
        try #require(try await apps.keep(id, by: ada).run).name
    }

    /// What runs it ends by itself.
    func fall(_ id: String, _ code: String = "internal") async throws {
        let name = try await name(id)
        try await runs.finish(
            name.run,
            attempt: name.attempt,
            token: launcher.token(of: name),
            outcome: .failed,
            reason: RunReason(code),
            product: nil
        )
        launcher.set(name, .ended(LaunchEnd(.exit(0), at: clock.now)))
        try await keeper.tick()
    }

    func show(_ id: String) async throws -> AppStanding { try await apps.keep(id, by: ada) }
    func advance(_ seconds: Int) { clock.advance(by: .seconds(seconds)) }
}
