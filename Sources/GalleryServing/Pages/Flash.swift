import Foundation
import GalleryModel
import HTTPTypes

/// What something means: the same words and colours everywhere.
package enum Tone: String, Sendable, Codable, CaseIterable {
    case neutral, accent, positive, warning, danger
}

/// A message that the next page shows once: it travels in a cookie that we sign.
struct Flash: Codable, Sendable, Equatable {
    static let cookie = "gallery_flash"
    /// Texts longer than this are cut; browsers keep 4 KB in a cookie.
    private static let longest = 600

    let text: String
    let tone: Tone

    init(_ text: String, _ tone: Tone) {
        self.text = String(text.prefix(Self.longest))
        self.tone = tone
    }

    /// The value of the cookie.
    func sealed(_ key: [UInt8]) -> String {
        let payload = (try? JSONEncoder().encode(self)) ?? Data()
        let text = payload.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
            "=",
            with: ""
        )
        return "\(text).\(HMAC.sha256(text.utf8, key: key).hex)"
    }

    /// Nil for anything that we did not write.
    init?(sealed: String, key: [UInt8]) {
        let parts = sealed.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, HMAC.sha256(parts[0].utf8, key: key).hex == String(parts[1]) else { return nil }
        let text = String(parts[0]).replacing("-", with: "+").replacing("_", with: "/")
        let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
        guard let data = Data(base64Encoded: padded), let flash = try? JSONDecoder().decode(Flash.self, from: data)
        else { return nil }
        self = flash
    }
}
