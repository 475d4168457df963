package import Foundation
package import GalleryDatabase
package import GalleryModel

/// Somebody's request to use what a gated repository holds.
package struct AccessRequest: Record, Equatable {
    package let id: String
    package let repo: RepoID
    package let account: AccountID
    package private(set) var state: GrantState
    /// What was filled in, as a JSON object of texts.
    package private(set) var fieldsJSON: String
    package private(set) var rejectionReason: String
    /// Made by the owner without having been asked; the account's e-mail address is not shown then.
    package private(set) var isByHand: Bool
    package private(set) var createdAt: Date

    init(
        id: String,
        repo: RepoID,
        account: AccountID,
        state: GrantState,
        fieldsJSON: String = "",
        isByHand: Bool = false,
        createdAt: Date
    ) {
        self.id = id
        self.repo = repo
        self.account = account
        self.state = state
        self.fieldsJSON = fieldsJSON
        rejectionReason = ""
        self.isByHand = isByHand
        self.createdAt = createdAt
    }

    package init(row: Row) throws {
        id = try row.get("request_id")
        repo = try row.get("repo")
        account = try row.get("account")
        state = try row.get("state")
        fieldsJSON = try row.get("fields")
        rejectionReason = try row.get("rejection_reason")
        isByHand = try row.get("is_by_hand")
        createdAt = try row.get("requested_at")
    }

    /// Accepts, rejects, or takes either back; to what it is already is an error, so that two deciders notice each other.
    mutating func decide(_ new: GrantState, reason: String?) throws(AccessRequestError) {
        guard new != state else { throw .alreadyDecided(state) }
        state = new
        rejectionReason = new == .rejected ? String((reason ?? "").prefix(2_000)) : ""
    }

    /// Puts a request that was rejected before its deciders anew.
    mutating func ask(again fieldsJSON: String, at now: Date) {
        state = .pending
        rejectionReason = ""
        isByHand = false
        self.fieldsJSON = fieldsJSON
        createdAt = now
    }

    /// Lets somebody in whether they asked or not.
    mutating func grant() throws(AccessRequestError) {
        guard state != .accepted else { throw .alreadyGranted }
        state = .accepted
        rejectionReason = ""
    }
}

/// What can be wrong with requests for access.
package enum AccessRequestError: DomainError, Equatable {
    case notGated
    case unknownRequest
    case unknownUser(String)
    case alreadyDecided(GrantState)
    case alreadyGranted
    case needsNoAccess
    case tooManyFields

    package var problem: Problem {
        switch self {
        case .notGated:
            .invalid("access-not-gated", "This repository is not gated: its files are open to all who see it.")
        case .unknownRequest: Problem(.missing, "access-request-unknown", "There is no such access request.")
        case .unknownUser(let name): Problem(.missing, "user-unknown", "There is no user '\(name.prefix(100))'.")
        case .alreadyDecided(let state):
            Problem(.conflict, "access-already-decided", "This access request is \(state.rawValue) already.")
        case .alreadyGranted: Problem(.conflict, "access-already-granted", "This user already has access.")
        case .needsNoAccess:
            Problem(
                .conflict,
                "access-not-needed",
                "Who owns a repository or is a member of its organization needs no access."
            )
        case .tooManyFields:
            .invalid("access-fields-too-large", "Send at most 50 fields of text, together at most 20,000 characters.")
        }
    }
}
