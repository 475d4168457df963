package import GalleryModel

/// Why something was not started.
package enum LauncherError: DomainError, Equatable {
    case notConfined
    case badLaunch(String)
    case failed(String)
    /// Nobody there to ask: nothing is known of what runs there.
    case unreachable(String)

    package var problem: Problem {
        switch self {
        case .notConfined:
            Problem(
                .unavailable,
                "launcher-not-confined",
                "This machine cannot confine code that users bring. Ask an operator to install bubblewrap and control groups."
            )
        case .badLaunch(let reason): Problem(.unprocessable, "launcher-refused", "This cannot be started: \(reason).")
        case .failed(let reason):
            Problem(.unavailable, "launcher-failed", "The worker could not be started: \(reason).")
        case .unreachable(let reason):
            Problem(.unavailable, "launcher-unreachable", "The machines that run this cannot be reached: \(reason).")
        }
    }
}
