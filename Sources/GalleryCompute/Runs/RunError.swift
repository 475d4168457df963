package import GalleryModel

/// What can be wrong with a run, or with what is asked of one.
package enum RunError: DomainError, Equatable {
    case unknown
    case badTitle
    case specTooLong
    case badHours
    case tooMany(Int)
    case isOver
    case notOver
    case cannotRetry
    case badToken
    case leaseLost
    case badReport(String)
    case logGap(Int64)
    case noRoom
    case noWorkers(String)
    case noProgram(RunKind)
    case timeUsed
    case stillEnding

    package var problem: Problem {
        switch self {
        case .unknown: Problem(.missing, "run-unknown", "There is no such run.")
        case .badTitle:
            Problem(
                .unprocessable,
                "run-title",
                "A run's name has 1 to 200 characters on one line.",
                members: ["field": "title"]
            )
        case .specTooLong: Problem(.unprocessable, "run-spec", "What the run is to do is too long: 256 KiB at most.")
        case .badHours:
            Problem(.unprocessable, "run-hours", "A time limit is 1 to 87,600 hours.", members: ["field": "hours"])
        case .tooMany(let limit):
            Problem(.conflict, "run-too-many", "\(limit) of your runs wait or run already. Stop one, or wait.")
        case .isOver: Problem(.conflict, "run-over", "This run has ended.")
        case .notOver: Problem(.conflict, "run-not-over", "This run has not ended. Stop it first.")
        case .cannotRetry: Problem(.conflict, "run-retry", "Only a run that failed or was stopped can be run again.")
        case .badToken: Problem(.unauthenticated, "run-token", "The token is not this run's.")
        case .leaseLost: Problem(.conflict, "run-lease-lost", "This attempt of the run has ended. End at once.")
        case .badReport(let reason): Problem(.unprocessable, "run-report", "The report is refused: \(reason).")
        case .logGap(let size):
            Problem(
                .unsatisfiable,
                "run-log-gap",
                "The log has \(size) bytes: go on from there.",
                members: ["size": "\(size)"]
            )
        case .noRoom: Problem(.storageFull, "run-no-room", "The log cannot be kept now. Send it again later.")
        case .noWorkers(let path):
            Problem(
                .unavailable,
                "run-no-workers",
                "What fine-tuning and serving run in is not installed at \(path). Ask an operator to run scripts/setup-workers."
            )
        case .noProgram(let kind):
            Problem(.unsupported, "run-no-program", "This gallery cannot run a \(kind.rawValue).")
        case .stillEnding:
            Problem(
                .conflict,
                "run-still-ending",
                "The worker of this run is just leaving. Try again in a few seconds."
            )
        case .timeUsed: Problem(.conflict, "run-time-used", "The time that was ordered for this run is used.")
        }
    }
}
