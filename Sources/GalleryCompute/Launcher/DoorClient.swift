import AsyncHTTPClient
import GalleryServing
import NIOCore
import NIOHTTP1
import NIOPosix

/// Speaks HTTP with what answers behind doors. One for the process: connections to doors are few and near.
enum DoorClient {
    /// An engine may think for so long before its first word.
    private static let patience = TimeAmount.minutes(10)
    private static let longest = TimeAmount.hours(2)

    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, decompression: .disabled)
        configuration.timeout.connect = .seconds(5)
        configuration.timeout.read = patience
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        // Nobody behind a door is known at once, so that another may be asked.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
    }()

    /// Asks what is behind a door; the answer's body comes as it is made.
    static func ask(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        var request = request
        // The client would name the path of the socket, which strict servers take for no host.
        request.headers.replaceOrAdd(name: "Host", value: "localhost")
        // A door is near, and what answers behind it may hang up on a connection that is kept just as it is used again.
        request.headers.replaceOrAdd(name: "Connection", value: "close")
        return try await client.execute(request, timeout: longest)
    }
}

extension LaunchDoor {
    /// What addresses behind this door begin with, without a slash at the end.
    var address: String {
        switch self {
        case .socket(let path): "http+unix://\(PercentEncoding.encode(path))"
        case .host(let name, let port): "http://\(name.contains(":") ? "[\(name)]" : name):\(port)"
        }
    }
}
