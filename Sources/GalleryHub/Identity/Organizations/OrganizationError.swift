package import GalleryModel

/// What can go wrong with an organisation.
package enum OrganizationError: DomainError, Equatable {
    case notAMember(String)
    case notAnAdmin
    case lastAdmin
    case tooMany

    package var problem: Problem {
        switch self {
        case .notAMember(let name):
            Problem(.missing, "membership-not-found", "'\(name.prefix(64))' is not a member of this organisation.")
        case .notAnAdmin:
            Problem(.forbidden, "organization-admins-only", "Only admins of the organisation may do this.")
        case .lastAdmin:
            Problem(.conflict, "organization-last-admin", "An organisation needs an admin: appoint another one first.")
        case .tooMany:
            Problem(.conflict, "organization-limit", "You are in 500 organisations, which is as many as there can be.")
        }
    }
}
