import GalleryServing

/// The cookie by which browsers are known.
enum SessionCookie {
    static let name = "gallery_session"

    /// `Set-Cookie` for a new session.
    static func header(_ value: String, lifetime: Duration, isSecure: Bool) -> String {
        RequestCookies.header(name, value, lifetime: Int(lifetime.seconds), isSecure: isSecure)
    }

    /// `Set-Cookie` that takes the cookie away.
    static func removal(isSecure: Bool) -> String {
        RequestCookies.header(name, "", lifetime: 0, isSecure: isSecure)
    }
}
