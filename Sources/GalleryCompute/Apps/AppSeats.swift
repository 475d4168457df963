import GalleryModel
import Synchronization

/// How many answers of apps are under way, so that one person cannot take an app from all others.
package final class AppSeats: Sendable {
    private static let each = 2
    private static let ofApp = 32

    private let taken = Mutex<[String: Int]>([:])

    package init() {}

    /// Takes a seat; refused where too many are taken.
    func take(_ app: String, _ account: AccountID) throws {
        let mine = "\(app) \(account)"
        try taken.withLock { taken in
            guard taken[mine, default: 0] < Self.each, taken[app, default: 0] < Self.ofApp else { throw AppError.busy }
            taken[mine, default: 0] += 1
            taken[app, default: 0] += 1
        }
    }

    func leave(_ app: String, _ account: AccountID) {
        taken.withLock { taken in
            for name in ["\(app) \(account)", app] {
                let left = (taken[name] ?? 1) - 1
                taken[name] = left > 0 ? left : nil
            }
        }
    }
}
