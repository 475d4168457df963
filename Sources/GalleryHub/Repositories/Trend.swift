package import Foundation

/// Recent attention as one number that never has to be recomputed: each event weighs twice what one a half-life earlier did,
/// and what is stored is the logarithm of the sum as seen from 1970.
package enum Trend {
    private static let halfLife = 7.0 * 86_400
    package static let likeWeight = 10.0
    package static let downloadWeight = 1.0

    /// The number after another event.
    package static func adding(_ weight: Double, at time: Date, to hotness: Double) -> Double {
        let event = time.timeIntervalSince1970 / halfLife + log2(max(weight, 1e-9))
        guard hotness > 0 else { return event }
        let (high, low) = (max(hotness, event), min(hotness, event))
        return high + log2(1 + exp2(low - high))
    }

    /// The sum as seen today, as clients are shown it.
    package static func score(_ hotness: Double, at time: Date) -> Double {
        hotness > 0 ? exp2(min(60, hotness - time.timeIntervalSince1970 / halfLife)) : 0
    }
}
