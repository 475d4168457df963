import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `/api/v1/runs`: for owners and operators, and what workers tell.
struct RunRoutes: Sendable {
    let runs: Runs

    func add(to api: APIRoutes) {
        addLooking(to: api)
        addEnding(to: api)
        addWorkers(to: api)
    }

    private func addLooking(to api: APIRoutes) {
        api.get(
            "runs",
            "List one's runs, the newest first",
            query: [.choice("kind", RunKind.self, "Only those of a kind.")] + APIParameter.paging,
            answers: APIPage<RunBody>.self
        ) { call in
            let (cursor, limit) = try call.paging()
            let kind = try call.query().choice("kind", RunKind.self)
            return Self.page(try await runs.list(kind, before: cursor, limit: limit + 1, by: call.viewer), limit)
        }
        api.get("runs/{run}", "Show a run", answers: RunBody.self) { call in
            RunBody(try await runs.show(call.path("run"), by: call.viewer))
        }
        api.get("runs/{run}/cost", "Show what a run costs so far", answers: RunCostBody.self) { call in
            RunCostBody(try await runs.cost(of: call.path("run"), by: call.viewer), runs.billing.currency)
        }
        api.get(
            "runs/{run}/log",
            "Read the log of a run from a byte on, 256 KiB at most",
            query: [
                .number("attempt", "Of which attempt; the last unless given.", in: 1...1_000_000),
                .number("from", "The first byte; below zero counts from the end.", in: -1_000_000_000...1_000_000_000),
            ],
            answers: RunLogBody.self
        ) { call in try await log(call.path("run"), call.query(), by: call.viewer) }
        api.get(
            "runs/{run}/metrics",
            "Show what a run measured: the names, and the values of one of them",
            query: [
                .text("name", "Which one, such as loss."),
                .number("after", "Only later steps.", in: -1...1_000_000_000_000),
            ],
            answers: RunMetricsBody.self
        ) { call in
            let (id, query) = (try call.path("run"), try call.query())
            let names = try await runs.metricNames(id, by: call.viewer)
            guard let name = query["name"], !name.isEmpty else { return RunMetricsBody(names: names, points: []) }
            let after = Int64(query["after"] ?? "") ?? -1
            let points = try await runs.metrics(id, name: name, after: after, limit: 5000, by: call.viewer)
            return RunMetricsBody(
                names: names,
                points: points.map { .init(step: $0.step, value: $0.value, at: $0.time) }
            )
        }
        api.get(
            "console/runs",
            "List everybody's runs that wait or run, the oldest first",
            for: .administrators,
            query: APIParameter.paging,
            answers: APIPage<RunBody>.self
        ) { call in
            let (cursor, limit) = try call.paging(standard: 100, maximum: 500)
            return Self.page(try await runs.alive(after: cursor, limit: limit + 1, by: call.viewer), limit)
        }
    }

    /// One more than `limit` was asked for, to see whether there are more.
    private static func page(_ found: [Run], _ limit: Int) -> APIPage<RunBody> {
        let shown = found.prefix(limit)
        return APIPage(items: shown.map(RunBody.init), next: found.count > limit ? shown.last?.id : nil)
    }

    private func log(_ id: String, _ query: QueryParameters, by viewer: Viewer) async throws -> RunLogBody {
        // Before the log, so that what comes between is not taken for the end.
        let run = try await runs.show(id, by: viewer)
        let attempt = Int(query["attempt"] ?? "")
        let piece = try await runs.log(id, attempt: attempt, from: Int64(query["from"] ?? "") ?? 0, by: viewer)
        let isOpen = !run.isSettled && attempt ?? run.attempt == run.attempt
        return RunLogBody(offset: piece.offset, text: piece.text, next: piece.next, size: piece.size, isOpen: isOpen)
    }

    private func addEnding(to api: APIRoutes) {
        api.send(
            .post,
            "runs/{run}/stop",
            "Ask a run to end; it saves what it has first",
            answers: RunBody.self
        ) { call in RunBody(try await runs.stop(call.path("run"), by: call.viewer)) }
        api.send(
            .post,
            "runs/{run}/retry",
            "Let a run that failed or was stopped go on from its last checkpoint",
            answers: RunBody.self
        ) { call in RunBody(try await runs.retry(call.path("run"), by: call.viewer)) }
        api.send(.delete, "runs/{run}", "Delete a run that has ended, with its log and checkpoints") { call in
            try await runs.delete(call.path("run"), by: call.viewer)
        }
    }

    // MARK: Workers

    private func addWorkers(to api: APIRoutes) {
        api.send(
            .post,
            "runs/{run}/heartbeat",
            "Tell that a run's worker lives (with the run's token)",
            for: .workers,
            body: HeartbeatBody.self,
            answers: PulseBody.self
        ) { call in
            let pulse = try await runs.heartbeat(
                call.path("run"),
                attempt: call.body.attempt,
                token: Self.token(call.request),
                stage: call.body.state
            )
            return PulseBody(stop: pulse.mustStop, leaseSeconds: pulse.leaseSeconds)
        }
        api.send(
            .post,
            "runs/{run}/log",
            "Append to the log of a run (with the run's token)",
            for: .workers,
            body: LogPieceBody.self
        ) { call in
            try await runs.appendLog(
                call.path("run"),
                attempt: call.body.attempt,
                token: Self.token(call.request),
                offset: call.body.offset,
                text: call.body.text
            )
        }
        api.send(
            .post,
            "runs/{run}/metrics",
            "Add what a run measured (with the run's token)",
            for: .workers,
            body: MeasurementsBody.self
        ) { call in
            let points = call.body.points.flatMap { point in
                point.values.map { name, value in
                    RunMetric(
                        name: name,
                        step: point.step,
                        value: value,
                        attempt: call.body.attempt,
                        time: Date(timeIntervalSince1970: Double(point.time) / 1000)
                    )
                }
            }
            try await runs.addMetrics(
                call.path("run"),
                attempt: call.body.attempt,
                token: Self.token(call.request),
                points
            )
        }
        api.send(
            .post,
            "runs/{run}/checkpoint",
            "Tell from where a run can go on (with the run's token)",
            for: .workers,
            body: CheckpointBody.self
        ) { call in
            try await runs.setCheckpoint(
                call.path("run"),
                attempt: call.body.attempt,
                token: Self.token(call.request),
                step: call.body.step,
                folder: call.body.folder
            )
        }
        api.send(
            .post,
            "runs/{run}/finish",
            "Tell how a run ended (with the run's token)",
            for: .workers,
            body: RunEndBody.self
        ) { call in
            try await runs.finish(
                call.path("run"),
                attempt: call.body.attempt,
                token: Self.token(call.request),
                outcome: call.body.outcome,
                reason: call.body.reason ?? .none,
                product: call.body.product?.commit
            )
        }
    }

    private static func token(_ request: Request) throws -> String {
        let words = (request.headers[.authorization] ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else { throw RunError.badToken }
        return String(words[1])
    }
}
