import GalleryModel
package import HTTPTypes
import Synchronization

/// The name under which a request can be found in the logs.
package enum RequestID {
    // swift-format-ignore: NeverForceUnwrap
    private static let amazonTrace = HTTPField.Name("X-Amzn-Trace-Id")!

    /// What the client calls its request, if that is short and harmless.
    package static func taken(from headers: HTTPFields) -> String? {
        for name in [amazonTrace, .requestID] {
            if let value = headers[name], isWellFormed(value) { return value }
        }
        return nil
    }

    private static func isWellFormed(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-_.:=;".utf8.contains(byte)
                }
            }
    }
}

/// Gives requests names: one random start for the process, then numbers, which costs next to nothing.
final class RequestNumbering: Sendable {
    private let start: String
    private let count = Atomic<Int>(0)

    init(world: World) {
        start = world.newID()
    }

    func next() -> String {
        start + "-" + String(count.add(1, ordering: .relaxed).newValue, radix: 36)
    }
}
