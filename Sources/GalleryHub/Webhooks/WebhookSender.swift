import AsyncHTTPClient
import Foundation
import GalleryModel
import GalleryServing
import NIOCore
import NIOHTTP1
import NIOPosix

/// Why a delivery did not arrive.
enum WebhookFailure: Error, CustomStringConvertible, Equatable {
    case status(Int)
    case unreachable(String)
    case privateAddress(String)
    case badURL

    /// Whether another attempt cannot help.
    var isFinal: Bool {
        switch self {
        case .status, .unreachable: false
        case .privateAddress, .badURL: true
        }
    }

    var status: Int? { if case .status(let status) = self { status } else { nil } }

    var description: String {
        switch self {
        case .status(let status): "The receiver answered \(status)."
        case .unreachable(let reason): "The receiver could not be reached: \(reason)."
        case .privateAddress(let address): "\(address) is a private address, which webhooks may not call."
        case .badURL: "The url is not valid."
        }
    }
}

/// Calls the receivers of webhooks: resolves their names itself, refuses private addresses, and calls exactly the address
/// that was looked at, so that a name cannot lead elsewhere a moment later. Redirects are not followed.
package struct WebhookSender: Sendable {
    private let allowsPrivateAddresses: Bool
    private let timeout: Duration
    /// What the addresses in messages begin with.
    private let origin: String

    package init(allowsPrivateAddresses: Bool, timeout: Duration, origin: String) {
        self.allowsPrivateAddresses = allowsPrivateAddresses
        self.timeout = timeout
        self.origin = origin
    }

    /// As the settings have it; without a public address, messages name the one that is listened on.
    init(_ settings: Settings) {
        let server = settings.server
        self.init(
            allowsPrivateAddresses: settings.webhooks.allowsPrivateAddresses,
            timeout: .seconds(settings.webhooks.timeoutSeconds),
            origin: server.publicURL.isEmpty ? "http://\(server.host):\(server.port)" : server.publicURL
        )
    }

    /// Throws for what no delivery could ever reach; names are looked at again when they are called.
    func mustBeCallable(_ text: String) throws {
        guard let target = WebhookTarget(text) else { throw WebhookError.badURL }
        if !allowsPrivateAddresses, target.host == "localhost" || target.host.hasSuffix(".localhost") {
            throw WebhookError.privateAddress(target.host)
        }
        if let address = try? SocketAddress(ipAddress: target.host, port: target.port), !isAllowed(address) {
            throw WebhookError.privateAddress(target.host)
        }
    }

    /// Returns the status of the answer.
    func send(
        _ payload: WebhookPayload,
        of delivery: WebhookDelivery,
        to hook: Webhook,
        secret: String?,
        at now: Date
    ) async throws -> Int {
        guard let target = WebhookTarget(hook.url) else { throw WebhookFailure.badURL }
        let address = try await resolve(target)
        let body = try JSONEncoder.plain.encode(payload.addressed(to: hook.id, origin: origin))
        var request = HTTPClientRequest(url: target.url)
        request.method = .POST
        request.headers = headers(delivery, hook, secret, body, now)
        request.body = .bytes(ByteBuffer(bytes: body))
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.dnsOverride = [target.host: address]
        configuration.timeout.connect = .nanoseconds(timeout.nanoseconds)
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
        let outcome: Result<Int, any Error>
        do {
            let answer = try await client.execute(request, timeout: .nanoseconds(timeout.nanoseconds))
            outcome = .success(Int(answer.status.code))
        } catch {
            outcome = .failure(error)
        }
        try await client.shutdown()
        switch outcome {
        case .success(let status): return status
        case .failure(let error as CancellationError): throw error
        case .failure(let error): throw WebhookFailure.unreachable(String("\(error)".prefix(200)))
        }
    }

    /// The secret itself, as the hub's webhooks send it, and a signature for those who rather check than compare.
    private func headers(
        _ delivery: WebhookDelivery,
        _ hook: Webhook,
        _ secret: String?,
        _ body: Data,
        _ now: Date
    ) -> HTTPHeaders {
        var headers: HTTPHeaders = [
            "Content-Type": "application/json", "User-Agent": "AI-Gallery-Webhooks", "X-Webhook-Id": hook.id,
            "X-Webhook-Delivery": delivery.id,
        ]
        if let secret {
            let time = String(Int64(now.timeIntervalSince1970))
            let signature = HMAC.sha256(Array("\(time).".utf8) + body, key: secret.utf8)
            headers.add(name: "X-Webhook-Secret", value: secret)
            headers.add(name: "X-Webhook-Signature", value: "t=\(time),v1=\(signature)")
        }
        return headers
    }

    /// One address of the host that may be called, as text.
    private func resolve(_ target: WebhookTarget) async throws -> String {
        let addresses: [SocketAddress]
        if let literal = try? SocketAddress(ipAddress: target.host, port: target.port) {
            addresses = [literal]
        } else {
            addresses = try await NIOThreadPool.singleton.runIfActive { try NameLookup.addresses(of: target.host) }
        }
        // One private address among public ones is a trap as well.
        if let refused = addresses.first(where: { !isAllowed($0) }) {
            throw WebhookFailure.privateAddress(refused.ipAddress ?? target.host)
        }
        guard let address = addresses.compactMap(\.ipAddress).first else {
            throw WebhookFailure.unreachable("\(target.host) has no address")
        }
        return address
    }

    private func isAllowed(_ address: SocketAddress) -> Bool {
        allowsPrivateAddresses || AddressRules.isPublic(address)
    }
}

/// The parts of a receiver's address.
struct WebhookTarget: Equatable {
    var url: String
    var host: String
    var port: Int

    /// Nil unless it is plain `http` or `https` with a host, and without a user name.
    init?(_ text: String) {
        guard text.utf8.count <= 2_000, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), parts.user == nil, parts.password == nil,
            let host = parts.host?.trimmingCharacters(in: CharacterSet(charactersIn: "[]")).lowercased(), !host.isEmpty,
            (1...65_535).contains(parts.port ?? 80)
        else { return nil }
        url = text
        self.host = host
        port = parts.port ?? (scheme == "https" ? 443 : 80)
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 { Int64(self / .nanoseconds(1)) }
}
