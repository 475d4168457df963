import HTTPTypes
package import Hummingbird
import NIOCore

/// Under which address a client reaches us, and from which it comes: believing a proxy only where the settings say so.
package struct PublicAddress: Sendable {
    private let settings: Settings.Server

    package init(_ settings: Settings.Server) {
        self.settings = settings
    }

    /// `http://localhost:8080`, without a final slash: what absolute addresses in an answer start with.
    ///
    /// Hub clients refuse addresses with another host than they called, so the request's own host is used unless the
    /// settings name one.
    package func base(of request: Request) -> String {
        // A confined worker reaches nothing but the address that it called.
        if isWorker(request) { return "http://\(host(of: request))" }
        guard settings.publicURL.isEmpty else { return settings.publicURL }
        return "\(isSecure(request) ? "https" : "http")://\(host(of: request))"
    }

    /// Host and port as the client named them.
    package func host(of request: Request) -> String {
        let named = settings.trustsProxy ? first(of: .forwardedHost, in: request) : nil
        let host = named ?? request.head.authority ?? ""
        let isPlain = (1...255).contains(host.utf8.count) && host.utf8.allSatisfy(Self.isHostCharacter)
        return isPlain ? host : "localhost"
    }

    /// Whether the client speaks HTTPS with us or with the proxy in front.
    package func isSecure(_ request: Request) -> Bool {
        if settings.trustsProxy, let scheme = first(of: .forwardedProto, in: request) {
            return scheme.lowercased() == "https"
        }
        return settings.publicURL.hasPrefix("https://")
    }

    /// The client's own network address; "local" where there is no connection, "worker" for who comes by a socket of this
    /// machine, as confined workers do: neither a proxy to be believed, nor somebody of this machine.
    package func client(of request: Request, _ context: GalleryContext) -> String {
        if case .unixDomainSocket = context.channel.localAddress { return "worker" }
        // A proxy appends the address it saw, so only the last one is its word.
        if settings.trustsProxy, let last = request.headers[.forwardedFor]?.split(separator: ",").last {
            let address = String(last.drop { $0 == " " })
            if (try? SocketAddress(ipAddress: address, port: 0)) != nil { return address }
        }
        return context.channel.remoteAddress?.ipAddress ?? "local"
    }

    /// Whether somebody on this machine asks, and not through a proxy on it.
    func isLocal(_ request: Request, _ context: GalleryContext) -> Bool {
        let isForwarded = request.headers[.forwardedFor] != nil && !settings.trustsProxy
        return !isForwarded && ["127.0.0.1", "::1", "local"].contains(context.clientAddress)
    }

    private func isWorker(_ request: Request) -> Bool {
        request.headers[.authorization]?.hasPrefix("Bearer run_") ?? false
    }

    private func first(of name: HTTPField.Name, in request: Request) -> String? {
        request.headers[name]?.split(separator: ",").first.map { String($0.drop { $0 == " " }) }
    }

    private static func isHostCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }
}

extension Request {
    /// `http://localhost:8080`: what the client used, so that clients that compare hosts find theirs again.
    package func origin(_ context: GalleryContext) -> String { context.addresses.base(of: self) }
}

extension HTTPField.Name {
    // swift-format-ignore: NeverForceUnwrap
    fileprivate static let forwardedHost = HTTPField.Name("X-Forwarded-Host")!
    // swift-format-ignore: NeverForceUnwrap
    fileprivate static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
    // swift-format-ignore: NeverForceUnwrap
    fileprivate static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
}
