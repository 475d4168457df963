package import Foundation
package import GalleryDatabase
package import GalleryModel

/// How an account stands with what it owes, and until when; see `docs/operators/billing.md` for the picture.
package struct Standing: Record, Equatable {
    package enum State: String, Sendable, Codable, CaseIterable, SQLConvertible {
        /// Nothing is owed.
        case clear
        /// Something is owed; everything goes on.
        case grace
        /// What is paid is frozen: nothing can be done with it.
        case retention
        /// What was paid is gone.
        case released

        /// Whether nothing may be done with paid resources.
        package var isFrozen: Bool { self == .retention || self == .released }
    }

    /// Of an account of which nothing was ever written.
    static let initial = Standing(.clear, since: Date(timeIntervalSince1970: 0))

    package var state: State
    package var since: Date
    /// When the next step comes, unless the debt is paid; nil where none comes.
    package var until: Date?

    package init(_ state: State, since: Date, until: Date? = nil) {
        (self.state, self.since, self.until) = (state, since, until)
    }

    package init(row: Row) throws {
        state = try row.get("state")
        since = try row.get("since")
        until = try row.optional("until")
    }

    package var isFrozen: Bool { state.isFrozen }

    /// The standing as of `now`. One step at a time, and each lasts its whole length from when it was taken: a gallery
    /// that stood still shortens nobody's time.
    package func next(owing owed: Money, at now: Date, _ terms: BillingTerms) -> Standing {
        guard owed > .zero else { return state == .clear ? self : Standing(.clear, since: now) }
        switch state {
        case .clear: return Standing(.grace, since: now, until: now.addingTimeInterval(terms.grace))
        case .grace:
            guard let until, until <= now else { return self }
            return Standing(.retention, since: now, until: now.addingTimeInterval(terms.retention))
        case .retention:
            guard let until, until <= now else { return self }
            return Standing(.released, since: now)
        case .released: return self
        }
    }
}

/// How long the steps of arrears last, in seconds.
package struct BillingTerms: Sendable, Equatable {
    package var grace: TimeInterval = 15 * 86_400
    package var retention: TimeInterval = 15 * 86_400

    package init() {}

    package init(graceHours: Int, retentionHours: Int) {
        grace = Double(graceHours) * 3600
        retention = Double(retentionHours) * 3600
    }
}

/// Told inside the transaction in which an account's standing changes: who runs things stops, freezes and releases them.
package typealias StandingObserver = @Sendable (AccountID, Standing, any SQLConnection) throws -> Void
