import HTTPTypes
package import Hummingbird
import NIOCore

/// Which address of this server a request used, and what a proxy in front may say about it.
package struct Addressing: Sendable {
    /// Wins where it is set.
    package var publicURL = ""
    package var trustsProxy = false

    package init(publicURL: String = "", trustsProxy: Bool = false) {
        self.publicURL = publicURL
        self.trustsProxy = trustsProxy
    }

    // swift-format-ignore: NeverForceUnwrap
    private static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
    // swift-format-ignore: NeverForceUnwrap
    private static let forwardedHost = HTTPField.Name("X-Forwarded-Host")!
    // swift-format-ignore: NeverForceUnwrap
    static let forwardedFor = HTTPField.Name("X-Forwarded-For")!

    func origin(of request: Request, fallback: @autoclosure () -> String) -> String {
        guard publicURL.isEmpty else { return publicURL }
        var scheme = "http"
        var host = request.head.authority
        if trustsProxy {
            if request.headers[Self.forwardedProto]?.firstOfList.lowercased() == "https" { scheme = "https" }
            if let forwarded = request.headers[Self.forwardedHost]?.firstOfList, !forwarded.isEmpty { host = forwarded }
        }
        guard let host, Self.isWellFormed(host) else { return "\(scheme)://\(fallback())" }
        return "\(scheme)://\(host)"
    }

    func clientAddress(of request: Request, peer: SocketAddress?) -> String {
        // The last entry is what our own proxy saw; those before it are whatever the client wrote.
        if trustsProxy, let last = request.headers[values: Self.forwardedFor].last?.split(separator: ",").last {
            let address = last.filter { !$0.isWhitespace }
            if (try? SocketAddress(ipAddress: address, port: 0)) != nil { return address }
        }
        return peer?.ipAddress ?? "local"
    }

    /// A host and perhaps a port: nothing that could change the meaning of an address built from it.
    private static func isWellFormed(_ host: String) -> Bool {
        (1...255).contains(host.utf8.count)
            && host.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._:[]".utf8.contains(byte)
                }
            }
    }
}

extension Request {
    /// `http://localhost:8080`: what the client used, so that clients that compare hosts find theirs again.
    package func origin(_ context: GalleryContext) -> String {
        context.addressing.origin(of: self, fallback: "localhost:\(context.channel.localAddress?.port ?? 80)")
    }
}

extension String {
    /// The first entry of a comma-separated list.
    fileprivate var firstOfList: String {
        String(prefix { $0 != "," }.filter { !$0.isWhitespace })
    }
}
