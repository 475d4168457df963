/// Work to be done after a transaction and because of it; a row until it is done.
///
/// The payload is small: ids, never bytes or secrets. Handlers may see the same job twice, so they are idempotent.
package protocol Job: Codable, Sendable {
    /// Permanent, as in `webhooks.deliver`: rows written by an older version carry it.
    static var kind: String { get }
    /// How often it is tried before it is parked for a person to look at.
    static var attempts: Int { get }
    /// How long to wait after the first failure; doubled after each further one.
    static var firstDelay: Duration { get }
}

extension Job {
    package static var attempts: Int { 10 }
    package static var firstDelay: Duration { .seconds(10) }
}

/// Thrown by a handler for which no repetition can help.
package struct HopelessJob: Error, CustomStringConvertible {
    package let description: String

    package init(_ reason: String) {
        description = reason
    }
}

/// Which code does which kind of job.
package struct JobHandlers: Sendable {
    struct Handler: Sendable {
        var attempts: Int
        var firstDelay: Duration
        var run: @Sendable (_ payload: String) async throws -> Void
    }

    private(set) var handlers: [String: Handler] = [:]
    private(set) var schedules: [JobSchedule] = []

    package init() {}

    package mutating func on<Kind: Job>(_ type: Kind.Type, _ body: @escaping @Sendable (Kind) async throws -> Void) {
        handlers[Kind.kind] = Handler(attempts: Kind.attempts, firstDelay: Kind.firstDelay) { payload in
            let job: Kind
            do {
                job = try JobPayload.decode(Kind.self, from: payload)
            } catch {
                throw HopelessJob("the payload cannot be read: \(error)")
            }
            try await body(job)
        }
    }

    /// Enqueues `job` again and again, once for all nodes together.
    package mutating func every(_ interval: Duration, enqueue job: some Job) {
        schedules.append(JobSchedule(interval: interval, job: job))
    }
}

/// A job that recurs.
struct JobSchedule: Sendable {
    var interval: Duration
    var job: any Job

    var kind: String { type(of: job).kind }
}
