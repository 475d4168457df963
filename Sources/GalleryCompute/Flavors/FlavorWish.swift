import Foundation

/// What a form says of the flavor and the run time: `flavor` and, where the time is limited, `hours`.
package struct FlavorWish: Sendable {
    /// Which field a problem is about, by its code.
    package static let fields = [
        "flavor-unknown": "flavor", "flavor-unavailable": "flavor", "flavor-service": "flavor",
        "free-hours-used": "flavor", "free-hours-too-few": "hours", "run-hours": "hours",
    ]

    package var used: UsedFlavor?
    package var isLimited: Bool
    package var hours: String

    package init(used: UsedFlavor? = nil, hours: Int? = nil) {
        self.used = used
        isLimited = hours != nil
        self.hours = hours.map(String.init) ?? "1"
    }

    package init(_ field: (String) -> String?) {
        used = field(FlavorPicker.field).flatMap { UsedFlavor($0) }
        isLimited = field("limited") == "1"
        hours = field("hours")?.trimmingCharacters(in: .whitespaces) ?? "1"
    }

    /// The flavor; refused where none was chosen.
    package func demandFlavor() throws -> UsedFlavor {
        guard let used else { throw FlavorError.unknown }
        return used
    }

    /// The limit of time; nil where there is none.
    package func demandHours() throws -> Int? {
        guard isLimited else { return nil }
        guard let number = Int(hours) else { throw RunError.badHours }
        return number
    }
}

/// `components/run-time`: for how long something runs.
package struct RunTimePicker: Sendable {
    let isLimited: Bool
    let hours: String
    let error: String?

    package init(_ wish: FlavorWish, error: String? = nil) {
        (isLimited, hours) = (wish.isLimited, wish.hours)
        self.error = error
    }
}
