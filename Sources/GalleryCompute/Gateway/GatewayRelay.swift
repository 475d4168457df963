import AsyncHTTPClient
import Foundation
import GalleryModel
package import HummingbirdCore
import Logging
package import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Carries a request to a replica and its answer back as it comes, and counts what was used.
struct GatewayRelay: Sendable {
    private static let largestAnswer = 64 << 20
    private static let logger = Logger(label: "gallery.gateway")

    let url: String
    let place: GatewayPlace
    let meter: GatewayMeter

    func send(_ request: GatewayRequest) async throws -> GatewayReply {
        var upstream = HTTPClientRequest(url: url)
        upstream.method = .POST
        upstream.headers = ["Content-Type": "application/json", "Accept": "*/*"]
        upstream.body = .bytes(request.body)
        let answer = try await DoorClient.ask(upstream)
        let (status, form) = (Int(answer.status.code), answer.headers["Content-Type"].first ?? "application/json")
        guard form.hasPrefix("text/event-stream") else {
            let body = try await answer.body.collect(upTo: Self.largestAnswer)
            place.leave()
            meter.count(whole: body, status: status)
            return GatewayReply(status: status, contentType: form, body: .whole(body))
        }
        let (stream, source) = RequestBody.makeStream()
        let pump = Task {
            var events = EventMeter(hidesUsage: !request.wantsUsage)
            var isBroken = false
            do {
                for try await piece in answer.body {
                    if let passed = events.take(piece) { await source.yield(passed) }
                    try Task.checkCancellation()
                }
            } catch {
                isBroken = true
                if !Task.isCancelled {
                    Self.logger.info("a replica broke off", metadata: ["error": "\(type(of: error))"])
                    await source.yield(GatewayReply.event(GatewayError.replicaLost))
                }
            }
            if let rest = events.rest(), !isBroken { await source.yield(rest) }
            source.finish()
            place.leave()
            meter.count(events.tokens, isError: isBroken && !Task.isCancelled)
        }
        return GatewayReply(status: status, contentType: form, body: .stream(stream) { pump.cancel() })
    }
}

/// What a replica answered.
package struct GatewayReply: Sendable {
    package enum Body: Sendable {
        case whole(ByteBuffer)
        /// Server-sent events as they come; `cancel` where nobody reads on.
        case stream(RequestBody, cancel: @Sendable () -> Void)
    }

    package let status: Int
    package let contentType: String
    package let body: Body

    /// An error within a stream.
    static func event(_ error: GatewayError) -> ByteBuffer {
        let body = (try? JSONEncoder().encode(OpenAIErrorBody(error.problem))) ?? Data()
        return ByteBuffer(string: "data: \(String(decoding: body, as: UTF8.self))\n\n")
    }
}

/// Counts a request where it was answered.
struct GatewayMeter: Sendable {
    let service: String
    let caller: String
    let usage: GatewayUsage
    let world: World

    private struct Answer: Decodable { var usage: TokenCount? }

    func count(whole body: ByteBuffer, status: Int) {
        let answer = status == 200 ? try? JSONDecoder().decode(Answer.self, from: body) : nil
        count(answer?.usage ?? TokenCount(), isError: status >= 400)
    }

    func count(_ tokens: TokenCount, isError: Bool) {
        usage.add(tokens, isError: isError, of: caller, to: service, at: world.now())
    }
}
