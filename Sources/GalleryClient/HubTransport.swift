import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// One call, in a form that can be sent again.
struct HubRequest: Sendable {
    var method: HTTPMethod = .GET
    var url: String
    var headers: HTTPHeaders = [:]
    var body: (@Sendable () -> HTTPClientRequest.Body)?
    /// Whether doing it twice does no harm.
    var mayRepeat = true
    /// Shown instead of the client's own, and only to the same server.
    var token: String?
    /// Whether the answer's body may pause for long without the connection being taken for dead.
    var isPatient = true
    /// Whether somebody waits for the answer.
    var isHasty = false
}

/// Sends requests: token only to its own origin, redirects, repeats after passing failures.
package final class HubTransport: Sendable {
    package let address: HubAddress
    let retry: RetryPolicy
    private let token: String?
    private let userAgent: String
    private let patient: HTTPClient
    private let brisk: HTTPClient
    private let notice: @Sendable (String) -> Void
    /// A server that was never there is not waited for.
    private let hasAnswered = Atomic(false)

    package init(
        address: HubAddress,
        token: String?,
        userAgent: String = "gallery-cli",
        retry: RetryPolicy = RetryPolicy(),
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.address = address
        self.token = token
        self.userAgent = userAgent
        self.retry = retry
        self.notice = notice
        patient = Self.client(silence: .minutes(10))
        brisk = Self.client(silence: .seconds(30))
    }

    private static func client(silence: TimeAmount) -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(10), read: silence)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    package func close() async throws {
        try await patient.shutdown()
        try await brisk.shutdown()
    }

    /// The answer when it is a success, with its body still to be read; otherwise the error it stands for.
    func send(_ request: HubRequest) async throws -> HTTPClientResponse {
        let retry = request.isHasty ? retry.hasty : retry
        var attempt = 1
        while true {
            let pause: Double
            do {
                let response = try await follow(request)
                hasAnswered.store(true, ordering: .relaxed)
                if (200..<300).contains(response.status.code) { return response }
                let refusal = await Self.refusal(response)
                let wait = retry.pause(
                    afterAttempt: attempt,
                    status: refusal.status,
                    retryAfter: response.headers.first(name: "Retry-After"),
                    mayRepeat: request.mayRepeat
                )
                guard let wait else { throw HubError.refused(refusal) }
                pause = wait
                notice("\(refusal.sentence) Trying again in \(Int(pause.rounded(.up))) s.")
            } catch let error as HubError {
                throw error
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                let loss = HubError.unreachable(server: address.origin, reason: Self.reason(of: error))
                let isUnsent = error is NIOConnectionError
                let isAbsent = (error as? HTTPClientError).map { $0 == .connectTimeout } ?? true
                guard !isAbsent || hasAnswered.load(ordering: .relaxed), request.mayRepeat || isUnsent,
                    let wait = retry.pause(afterLossOnAttempt: attempt)
                else { throw loss }
                pause = wait
                notice("\(loss) Trying again in \(Int(pause.rounded(.up))) s.")
            }
            try await retry.sleep(pause)
            attempt += 1
        }
    }

    /// Sends and follows redirects; only our own origin ever sees the token.
    private func follow(_ request: HubRequest) async throws -> HTTPClientResponse {
        var url = request.url
        for _ in 0..<6 {
            var outgoing = HTTPClientRequest(url: url)
            outgoing.method = request.method
            outgoing.headers = request.headers
            outgoing.headers.replaceOrAdd(name: "User-Agent", value: userAgent)
            if let token = request.token ?? token, HubAddress.origin(of: url) == address.origin {
                outgoing.headers.replaceOrAdd(name: "Authorization", value: "Bearer \(token)")
            }
            outgoing.body = request.body?()
            let client = request.isPatient ? patient : brisk
            let response = try await client.execute(outgoing, timeout: .hours(48))
            guard [301, 302, 303, 307, 308].contains(response.status.code) else { return response }
            guard let target = response.headers.first(name: "Location"),
                let next = HubAddress.absolute(target, seenAt: url),
                !(url.hasPrefix("https:") && next.hasPrefix("http:"))
            else { throw HubError.malformedAnswer("it redirects to nowhere") }
            for try await _ in response.body { continue }
            url = next
        }
        throw HubError.malformedAnswer("it redirects in circles")
    }

    /// The sentence of an error answer: header, then the JSON members that servers use, then plain text.
    static func refusal(_ response: HTTPClientResponse) async -> HubRefusal {
        let headers = response.headers
        var bytes: [UInt8] = []
        do {
            for try await part in response.body where bytes.count < 65536 { bytes += part.readableBytesView }
        } catch {
            bytes = []
        }
        let body = try? JSONDecoder().decode(RefusalBody.self, from: Data(bytes))
        let text = String(decoding: bytes.prefix(300), as: UTF8.self)
        let isPlain = headers.first(name: "Content-Type")?.hasPrefix("text/plain") == true
        let sentence =
            headers.first(name: "X-Error-Message") ?? body?.sentence ?? (isPlain && !text.isEmpty ? text : nil)
            ?? "The server answered “\(response.status.reasonPhrase)”."
        return HubRefusal(
            status: Int(response.status.code),
            code: headers.first(name: "X-Error-Code"),
            sentence: sentence.printable,
            requestID: headers.first(name: "X-Request-Id")?.printable
        )
    }

    static func reason(of error: any Error) -> String {
        if let error = error as? HTTPClientError {
            return switch error {
            case .connectTimeout: "it does not answer"
            case .readTimeout, .deadlineExceeded: "it stopped sending"
            case .remoteConnectionClosed: "the connection was cut"
            default: String(describing: error.shortDescription)
            }
        }
        if let error = error as? NIOConnectionError {
            if let failure = error.connectionErrors.first { return reason(of: failure.error) }
            return "there is no server of that name"
        }
        if let error = error as? IOError { return String(cString: strerror(error.errnoCode)).lowercased() }
        return String(describing: error).prefix(200).replacingOccurrences(of: "\n", with: " ")
    }
}

/// The members in which servers put their sentence.
private struct RefusalBody: Decodable {
    var sentence: String?

    init(from decoder: any Decoder) throws {
        enum Key: String, CodingKey {
            case error, detail, message
            case errorMessage = "error_msg"
        }
        let values = try decoder.container(keyedBy: Key.self)
        struct Nested: Decodable { var message: String? }
        sentence =
            (try? values.decode(String.self, forKey: .error)) ?? (try? values.decode(String.self, forKey: .detail))
            ?? (try? values.decode(String.self, forKey: .message))
            ?? (try? values.decode(String.self, forKey: .errorMessage))
            ?? (try? values.decode(Nested.self, forKey: .error))?.message
    }
}
