import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting

@testable import GalleryCompute

/// Fine-tunes on a test's database: ada has a model and questions, and money.
struct TrainingHouse: Sendable {
    let runs: RunHouse
    let hub: HubSlices
    let training: Training
    let root: URL
    var ada: Viewer { runs.ada }

    init(
        _ database: any Database,
        index: PackageIndex? = PackageIndex(Settings.Packages()),
        isConfined: Bool = true
    ) async throws {
        runs = try await RunHouse(database)
        root = FileManager.default.temporaryDirectory.appending(path: "training-\(UUID().uuidString)")
        hub = try await HubSlices(
            settings: Settings(),
            world: runs.house.world,
            database: database,
            volatile: database,
            folder: DataFolder(at: root.path),
            blobs: MemoryBlobStore()
        )
        let workers = Workers(programs: TrainingFiles.programs, environment: root.appending(path: "none"))
        training = Training(
            hub: hub,
            runs: runs.runs,
            workers: workers,
            customModels: CustomModels(repositories: hub.repositories, files: hub.files, content: hub.content),
            environments: Environments(
                root: root.appending(path: "environments"),
                workers: workers,
                index: index,
                mostBytes: 1 << 30
            ),
            confinement: Confinement(isIsolated: isConfined, limits: .groups2, reachesGalleryOnly: true)
        )
        try await make(.model, "tiny", ["config.json": "{}", "model.safetensors": "weights"])
        try await make(.dataset, "questions", ["train.jsonl": #"{"question": "Why?", "answer": "So."}"# + "\n"])
    }

    func close() {
        runs.close()
        try? FileManager.default.removeItem(at: root)
    }

    @discardableResult
    func make(
        _ kind: RepoKind,
        _ name: String,
        _ contents: [String: String],
        visibility: Visibility = .owner,
        by viewer: Viewer? = nil
    ) async throws -> Repository {
        let viewer = viewer ?? ada
        let new = NewRepository(kind: kind, name: name, visibility: visibility)
        let made = try await hub.repositories.create(new, by: viewer)
        var draft = try await hub.files.draft(on: "main", of: made.id, by: viewer)
        for (path, text) in contents { try await draft.put(path, bytes: Array(text.utf8)) }
        _ = try await hub.files.commit(draft, title: "Fill")
        return made
    }

    /// What ada orders, unless changed.
    func draft(_ change: (inout FineTuneDraft) -> Void = { _ in }) -> FineTuneDraft {
        var draft = FineTuneDraft(
            base: "ada/tiny",
            task: .questionAnswering,
            data: [.init("ada/questions")],
            parameters: ["max_steps": "10"],
            product: "tuned",
            used: ComputeHouse.cpu
        )
        change(&draft)
        return draft
    }

    func model(_ name: String) async throws -> RepoLocation? {
        try await hub.database.read { db in
            try db.repo(kind: .model, name: RepoName(owner: "ada", name: name))
        }
    }
}
