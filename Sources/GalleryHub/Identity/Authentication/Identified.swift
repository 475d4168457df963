package import GalleryModel

/// Who a request comes from, and by what it showed that.
package struct Identified: Sendable {
    package enum Credential: Sendable, Equatable {
        case token(TokenID)
        case session(SessionID)
        case password
        case worker
    }

    package var viewer: Viewer
    package var credential: Credential
}

/// What a request carries to be known by.
package enum PresentedCredential: Sendable, Equatable {
    case token(String)
    case password(name: String, password: String)
    case cookie(String)
    /// An Authorization header that makes no sense.
    case unreadable
}

extension Problem {
    // Compared letter by letter in huggingface_hub: do not reword.
    static let invalidCredentials = Problem(
        .unauthenticated,
        "invalid-credentials",
        "Invalid credentials in Authorization header"
    )
}
