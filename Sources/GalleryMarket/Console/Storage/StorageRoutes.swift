import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/api/v1/console/storage`
struct StorageRoutes: Sendable {
    let keeper: StorageKeeper

    func add(to api: APIRoutes) {
        api.get("console/storage", "Show what is stored, and by whom", for: .administrators, answers: StorageBody.self)
        { call in
            StorageBody(try await keeper.report(by: call.viewer))
        }
        api.send(
            .post,
            "console/storage/runs",
            "Have a collection or a verification begun",
            for: .administrators,
            body: StartRunBody.self,
            answers: StorageBody.self,
            status: .accepted
        ) { call in
            try await keeper.start(call.body.kind, by: call.viewer)
            return StorageBody(try await keeper.report(by: call.viewer))
        }
    }
}

struct StartRunBody: Codable, Sendable {
    var kind: ContentRun.Kind
}

/// What is stored, and what was done about it.
struct StorageBody: Codable, Sendable {
    struct Kind: Codable, Sendable {
        var kind: RepoKind
        var count: Int
        var bytes: Int64

        init(_ kind: StorageReport.Kind) {
            self.kind = kind.kind
            count = kind.count
            bytes = kind.bytes
        }
    }

    struct Owner: Codable, Sendable {
        var name: String
        var count: Int
        var bytes: Int64
        var kinds: [Kind]
    }

    struct Repository: Codable, Sendable {
        var kind: RepoKind
        var name: String
        var bytes: Int64
        var updatedAt: Date
    }

    struct Packs: Codable, Sendable {
        var state: String
        var count: Int
        var bytes: Int64
    }

    struct Run: Codable, Sendable {
        var kind: ContentRun.Kind
        var state: ContentRun.State
        var startedAt: Date
        var endedAt: Date?
        /// What it counted, by name.
        var figures: [String: Int]
        var error: String
    }

    var kinds: [Kind]
    var owners: [Owner]
    var repositories: [Repository]
    var packs: [Packs]
    var runs: [Run]
    /// What waits or runs now.
    var queued: [ContentRun.Kind]

    init(_ report: StorageReport) {
        kinds = report.kinds.map(Kind.init)
        owners = report.owners.map {
            Owner(name: $0.name, count: $0.count, bytes: $0.bytes, kinds: $0.kinds.map(Kind.init))
        }
        repositories = report.repositories.map {
            Repository(kind: $0.kind, name: $0.name.description, bytes: $0.bytes, updatedAt: $0.updatedAt)
        }
        packs = report.packs.map { Packs(state: $0.state, count: $0.count, bytes: $0.bytes) }
        runs = report.runs.flatMap(\.latest).map { run in
            Run(
                kind: run.kind,
                state: run.state,
                startedAt: run.startedAt,
                endedAt: run.endedAt,
                figures: run.figures,
                error: run.error
            )
        }
        queued = report.runs.filter(\.isQueued).map(\.kind)
    }
}
