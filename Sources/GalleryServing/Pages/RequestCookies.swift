import Foundation
package import HTTPTypes

/// Cookies as they come and go.
package enum RequestCookies {
    package static func value(of name: String, in headers: HTTPFields) -> String? {
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

    /// `Set-Cookie` for `lifetime` seconds; 0 takes the cookie away.
    package static func header(_ name: String, _ value: String, lifetime: Int, isSecure: Bool) -> String {
        "\(name)=\(value); Path=/; Max-Age=\(lifetime); HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
    }
}
