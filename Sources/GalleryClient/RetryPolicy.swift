/// When a failed call is worth repeating, and after how long.
package struct RetryPolicy: Sendable {
    /// Seconds before the second, third, … attempt.
    package var pauses: [Double]
    /// A server that asks for more patience than this is taken at its word: the call fails.
    package var longestPause: Double
    /// Whether somebody waits for the answer: they hear soon of what does not pass by itself, as a server tells by naming no
    /// time, and what does may pass sooner than it promises.
    package var isHasty = false
    package var sleep: @Sendable (Double) async throws -> Void

    package init(
        pauses: [Double] = [1, 2, 4, 8, 8],
        longestPause: Double = 300,
        sleep: @escaping @Sendable (Double) async throws -> Void = { try await Task.sleep(for: .seconds($0)) }
    ) {
        self.pauses = pauses
        self.longestPause = longestPause
        self.sleep = sleep
    }

    static let passing: Set<Int> = [408, 429, 500, 502, 503, 504]

    /// Seconds to wait after an answer with this status, nil when it is final.
    package func pause(afterAttempt attempt: Int, status: Int, retryAfter: String?, mayRepeat: Bool) -> Double? {
        guard Self.passing.contains(status), attempt >= 1, attempt <= pauses.count else { return nil }
        // Only these two say for certain that nothing was done.
        guard mayRepeat || status == 429 || status == 503 else { return nil }
        guard let retryAfter, let seconds = Double(retryAfter), seconds.isFinite, seconds >= 0 else {
            return isHasty ? nil : pauses[attempt - 1]
        }
        guard seconds <= longestPause else { return nil }
        return isHasty && status == 503 ? min(seconds, pauses[attempt - 1]) : seconds
    }

    /// The same for somebody who waits for an answer.
    var hasty: RetryPolicy {
        var policy = RetryPolicy(pauses: [1, 1, 2, 3, 4, 4], longestPause: longestPause, sleep: sleep)
        policy.isHasty = true
        return policy
    }

    /// Seconds to wait after a lost connection, nil when it is time to give up.
    package func pause(afterLossOnAttempt attempt: Int) -> Double? {
        attempt >= 1 && attempt <= pauses.count ? pauses[attempt - 1] : nil
    }
}
