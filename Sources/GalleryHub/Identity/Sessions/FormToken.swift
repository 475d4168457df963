import GalleryModel

/// The proof that a form was filled in on a page of ours: derived from a cookie that other sites cannot read.
package enum FormToken {
    package static func of(_ cookie: String) -> String {
        HMAC.sha256("gallery form".utf8, key: cookie.utf8).hex
    }

    package static func isValid(_ token: String?, for cookie: String) -> Bool {
        guard let token else { return false }
        return Secret.equal(token.utf8, of(cookie).utf8)
    }
}
