import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/api/v1/console/jobs`
struct JobRoutes: Sendable {
    let keeper: JobKeeper

    func add(to api: APIRoutes) {
        api.get(
            "console/job-kinds",
            "Count the background jobs by kind",
            for: .administrators,
            answers: JobKindsBody.self
        ) { call in
            JobKindsBody(try await keeper.overview(by: call.viewer))
        }
        api.get(
            "console/jobs",
            "List background jobs, the latest first",
            for: .administrators,
            query: [
                .choice("state", JobStanding.self, "Those that failed, unless given."),
                .text("kind", "Only those of one kind."),
            ] + APIParameter.paging,
            answers: APIPage<JobBody>.self
        ) { call in
            let (query, paging) = (try call.query(), try call.paging(standard: 50))
            let kind = query["kind"].flatMap { $0.isEmpty ? nil : $0 }
            let found = try await keeper.list(
                query.choice("state", JobStanding.self) ?? .failed,
                kind: kind,
                after: paging.cursor,
                limit: paging.limit,
                by: call.viewer
            )
            return APIPage(items: found.jobs.map(JobBody.init), next: found.next)
        }
        api.send(.put, "console/jobs/{job}/repeat", "Try a job again that failed", for: .administrators) { call in
            try await keeper.retry(call.path("job"), by: call.viewer)
        }
        api.send(.delete, "console/jobs/{job}", "Forget a job that failed", for: .administrators) { call in
            try await keeper.drop(call.path("job"), by: call.viewer)
        }
    }
}

/// How many jobs there are.
struct JobKindsBody: Codable, Sendable {
    struct Kind: Codable, Sendable {
        var kind: String
        var waiting: Int
        var running: Int
        var failed: Int
    }

    struct Recurring: Codable, Sendable {
        var kind: String
        var nextAt: Date
    }

    var items: [Kind]
    var recurring: [Recurring]

    init(_ overview: JobOverview) {
        items = overview.kinds.map { tally in
            Kind(
                kind: tally.kind,
                waiting: tally.counts[.waiting] ?? 0,
                running: tally.counts[.running] ?? 0,
                failed: tally.counts[.failed] ?? 0
            )
        }
        recurring = overview.recurring.map { Recurring(kind: $0.kind, nextAt: $0.nextAt) }
    }
}

/// A job in the queue.
struct JobBody: Codable, Sendable {
    var id: String
    var kind: String
    var state: JobStanding
    /// What it is told, as JSON.
    var payload: String
    var attempts: Int
    var error: String
    var createdAt: Date
    /// When it is due, or when it failed.
    var dueAt: Date

    init(_ job: QueuedJob) {
        id = job.id
        kind = job.kind
        state = job.standing
        payload = job.payload
        attempts = job.attempts
        error = job.lastError
        createdAt = job.createdAt
        dueAt = job.runAt
    }
}
