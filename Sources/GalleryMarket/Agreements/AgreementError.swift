package import GalleryModel

/// What can be wrong with agreements.
package enum AgreementError: DomainError, Equatable {
    case notAccepted([AgreementKind])
    case unknownVersion(AgreementKind, Int)
    case badText
    case unchanged
    /// Of a client of the hub, which has no page to tick them on.
    case beforeAsking(page: String)

    package var problem: Problem {
        switch self {
        case .notAccepted(let kinds):
            Problem(
                .forbidden,
                "agreement-not-accepted",
                "Read and accept first: \(kinds.map(\.rawValue).joined(separator: ", ")). The texts are at /agreements.",
                members: ["agreements": kinds.map(\.rawValue).joined(separator: " ")]
            )
        case .unknownVersion(let kind, let version):
            Problem(.missing, "agreement-unknown", "The agreement '\(kind.rawValue)' has no version \(version).")
        case .beforeAsking(let page):
            Problem(
                .forbidden,
                "agreement-before-asking",
                "Asking for access here takes two agreements. Open \(page) in a browser, read them and apply there.",
                members: ["page": page]
            )
        case .unchanged:
            Problem(.conflict, "agreement-unchanged", "Nothing has changed; the version in force says the same.")
        case .badText:
            .invalid("agreement-invalid", "Give a title of 1 to 120 characters and a text, in Chinese and in English.")
        }
    }
}
