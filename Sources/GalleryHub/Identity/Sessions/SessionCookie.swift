import Foundation
import HTTPTypes

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

/// Cookies as they come and go.
enum RequestCookies {
    static func value(of name: String, in headers: HTTPFields) -> String? {
        guard headers.contains(.cookie) else { return nil }
        for header in headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0].drop(while: { $0 == " " }) == name {
                    return parts[1].trimmingCharacters(in: .whitespaces)
                }
            }
        }
        return nil
    }

    static func header(_ name: String, _ value: String, lifetime: Int, isSecure: Bool) -> String {
        "\(name)=\(value); Path=/; Max-Age=\(lifetime); HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
    }
}
