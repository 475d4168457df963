import AsyncHTTPClient
import Foundation
import GalleryModel
import Logging
package import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Carries a request to a replica and its answer back as it comes, and counts what was used.
struct GatewayRelay: Sendable {
    private static let largestAnswer = 64 << 20
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
        let events = GatewayEvents(answer.body, hidesUsage: !request.wantsUsage, place: place, meter: meter)
        return GatewayReply(status: status, contentType: form, body: .stream(events))
    }
}

/// Server-sent events of a replica as they come, to be passed on once.
package struct GatewayEvents: Sendable {
    private static let logger = Logger(label: "gallery.gateway")

    private let body: HTTPClientResponse.Body
    private let hidesUsage: Bool
    private let place: GatewayPlace
    private let meter: GatewayMeter

    init(_ body: HTTPClientResponse.Body, hidesUsage: Bool, place: GatewayPlace, meter: GatewayMeter) {
        (self.body, self.hidesUsage, self.place, self.meter) = (body, hidesUsage, place, meter)
    }

    /// Writes each event once it is whole, and counts what was used. The engine's work ends where the task is cancelled or
    /// `write` throws.
    package func pass(to write: (ByteBuffer) async throws -> Void) async throws {
        var events = EventMeter(hidesUsage: hidesUsage)
        var isBroken = false
        defer {
            place.leave()
            meter.count(events.tokens, isError: isBroken)
        }
        var pieces = body.makeAsyncIterator()
        while true {
            let piece: ByteBuffer?
            do {
                piece = try await pieces.next()
            } catch {
                guard !Task.isCancelled else { throw error }
                isBroken = true
                Self.logger.info("a replica broke off", metadata: ["error": "\(type(of: error))"])
                return try await write(GatewayReply.event(GatewayError.replicaLost))
            }
            guard let piece else { break }
            if let passed = events.take(piece) { try await write(passed) }
        }
        if let rest = events.rest() { try await write(rest) }
    }
}

/// What a replica answered.
package struct GatewayReply: Sendable {
    package enum Body: Sendable {
        case whole(ByteBuffer)
        case stream(GatewayEvents)
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
