package import GalleryModel

/// What can be wrong with agreements.
package enum AgreementError: DomainError, Equatable {
    case notAccepted([AgreementKind])
    case unknownVersion(AgreementKind, Int)
    case badText
    case unchanged

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
        case .unchanged:
            Problem(.conflict, "agreement-unchanged", "Nothing has changed; the version in force says the same.")
        case .badText:
            .invalid("agreement-invalid", "Give a title of 1 to 120 characters and a text, in Chinese and in English.")
        }
    }
}
