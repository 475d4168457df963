import GalleryModel

/// The proof that a form was filled in on a page of ours: derived from a cookie that other sites cannot read.
package enum FormToken {
    /// The field of a form that carries it.
    package static let field = "csrf_token"
    /// The cookie of browsers that are not signed in, for forms such as the one that signs them in.
    package static let visitorCookie = "gallery_form"

    package static func of(_ cookie: String) -> String {
        HMAC.sha256("gallery form".utf8, key: cookie.utf8).hex
    }

    package static func isValid(_ token: String?, for cookie: String) -> Bool {
        guard let token else { return false }
        let (left, right) = (Array(token.utf8), Array(of(cookie).utf8))
        // Compared in a time that depends on the lengths alone.
        return left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
