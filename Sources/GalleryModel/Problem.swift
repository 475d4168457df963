/// A refusal or failure that a person or a client can act on; it knows no HTTP.
package struct Problem: Error, Sendable, Equatable {
    /// What sort of problem it is; the edge turns it into a status.
    package enum Kind: String, Sendable, CaseIterable {
        /// The request is malformed or breaks a rule of its fields.
        case invalid
        /// Well-formed, but its content cannot be processed (HTTP 422).
        case unprocessable
        case unauthenticated, forbidden, missing, conflict
        /// Somebody else changed what the request was based on (HTTP 412).
        case stale
        case gone
        case tooLarge
        /// A byte range outside the file (HTTP 416).
        case unsatisfiable
        /// Too many requests; see `retryAfter`.
        case throttled
        case storageFull
        case unsupported
        case unavailable
    }

    package var kind: Kind
    /// Stable, kebab-case; part of the API.
    package var code: String
    /// One sentence that says what happened and what to do next.
    package var detail: String
    /// What the hub's clients are told in `X-Error-Code`.
    package var hubCode: HubCode?
    /// Seconds after which trying again makes sense.
    package var retryAfter: Int?
    /// Members added to the JSON body, and headers added to the answer, where a client's contract asks for them.
    package var members: [String: String] = [:]
    /// What is wrong with each field of a form, by its name.
    package var faults: [String: String] = [:]
    package var headers: [String: String] = [:]

    package init(
        _ kind: Kind,
        _ code: String,
        _ detail: String,
        hubCode: HubCode? = nil,
        retryAfter: Int? = nil,
        members: [String: String] = [:],
        faults: [String: String] = [:],
        headers: [String: String] = [:]
    ) {
        self.kind = kind
        self.code = code
        self.detail = detail
        self.hubCode = hubCode
        self.retryAfter = retryAfter
        self.members = members
        self.faults = faults
        self.headers = headers
    }
}

/// The values of `X-Error-Code` that huggingface_hub maps to exceptions.
package enum HubCode: String, Sendable {
    case repoNotFound = "RepoNotFound"
    case revisionNotFound = "RevisionNotFound"
    case entryNotFound = "EntryNotFound"
    case gatedRepo = "GatedRepo"
}

/// An error of a slice, each case with the problem it shows.
package protocol DomainError: Error, Sendable {
    var problem: Problem { get }
}

extension Problem: DomainError {
    package var problem: Problem { self }
}

extension Problem {
    package static let signInFirst = Problem(
        .unauthenticated,
        "sign-in-first",
        "Sign in or send an access token, then try again."
    )
    package static let notYours = Problem(
        .forbidden,
        "not-yours",
        "Your account has no right to do this here."
    )

    package static func invalid(_ code: String, _ detail: String) -> Problem { Problem(.invalid, code, detail) }
}
