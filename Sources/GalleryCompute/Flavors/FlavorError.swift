package import GalleryModel

/// What can be wrong with flavors and with choosing one.
package enum FlavorError: DomainError, Equatable {
    case unknown
    case unknownRegion
    case badID
    case badName
    case badAccelerator
    case badNumber(field: String)
    case noService
    case notForService(ComputeService)
    case unavailable(Obstacle)
    case noFreeHours
    case tooLong(hoursLeft: Int)

    package var problem: Problem {
        switch self {
        case .unknown: Problem(.missing, "flavor-unknown", "There is no such flavor in this region.")
        case .unknownRegion: Problem(.missing, "region-unknown", "There is no such region.")
        case .badID:
            Problem(
                .unprocessable,
                "flavor-id",
                "An id has 1 to 40 lower-case letters, digits and dashes, with a letter or digit at both ends.",
                members: ["field": "id"]
            )
        case .badName:
            Problem(
                .unprocessable,
                "flavor-name",
                "A name has 1 to 60 characters on one line, in both languages.",
                members: ["field": "name"]
            )
        case .badAccelerator:
            Problem(
                .unprocessable,
                "flavor-accelerator",
                "An accelerator has a name such as T4, a number and an amount of memory, or none of the three.",
                members: ["field": "accelerator"]
            )
        case .badNumber(let field):
            Problem(
                .unprocessable,
                "flavor-number",
                "Cores are 1 to 10,000, memory is 1 to 1,000,000 GiB.",
                members: ["field": field]
            )
        case .noService:
            Problem(
                .unprocessable,
                "flavor-services",
                "A flavor is for one service at least.",
                members: ["field": "services"]
            )
        case .notForService(let service):
            Problem(.conflict, "flavor-service", "This flavor is not for \(service.rawValue): choose another.")
        case .unavailable(let obstacle):
            Problem(
                .conflict,
                "flavor-unavailable",
                "This flavor cannot be had now (\(obstacle.code)): choose another."
            )
        case .noFreeHours:
            Problem(
                .conflict,
                "free-hours-used",
                "The free hours of this week are used: choose a paid flavor, or wait."
            )
        case .tooLong(let left):
            Problem(
                .conflict,
                "free-hours-too-few",
                "Of the free hours of this week \(left) are left: choose a shorter time.",
                members: ["field": "hours"]
            )
        }
    }
}
