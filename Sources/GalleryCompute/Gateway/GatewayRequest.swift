import Foundation
import NIOCore
import NIOFoundationCompat

/// What of OpenAI's API a service answers.
package enum GatewayEndpoint: String, Sendable, CaseIterable {
    case chat = "chat/completions"
    case completions
    case embeddings
}

/// A request as it goes to a replica.
struct GatewayRequest: Sendable {
    static let largestBody = 8 << 20

    /// What is sent on.
    let body: ByteBuffer
    let isStream: Bool
    /// Whether the caller asked for the count of tokens at the end of a stream; else it is taken out again.
    let wantsUsage: Bool

    private struct Head: Decodable {
        struct Options: Decodable {
            var includeUsage: Bool?

            enum CodingKeys: String, CodingKey { case includeUsage = "include_usage" }
        }

        var stream: Bool?
        var options: Options?

        enum CodingKeys: String, CodingKey {
            case stream
            case options = "stream_options"
        }
    }

    init(_ body: ByteBuffer) throws {
        let head: Head
        do {
            head = try JSONDecoder().decode(Head.self, from: body)
        } catch {
            throw GatewayError.badBody("The body is not a JSON object, or 'stream' is not true or false.")
        }
        isStream = head.stream ?? false
        wantsUsage = head.options?.includeUsage ?? false
        guard isStream, head.options == nil, let start = body.readableBytesView.firstIndex(of: UInt8(ascii: "{")) else {
            self.body = body
            return
        }
        // Spliced in, so that every other byte stays as it was sent.
        var whole = ByteBuffer()
        whole.writeImmutableBuffer(body.getSlice(at: body.readerIndex, length: start + 1 - body.readerIndex) ?? body)
        whole.writeString("\"stream_options\":{\"include_usage\":true},")
        let rest = body.writerIndex - start - 1
        if let slice = body.getSlice(at: start + 1, length: rest) { whole.writeImmutableBuffer(slice) }
        self.body = whole
    }
}

/// Passes the events of a stream on as they come, and reads from them what was used.
struct EventMeter: Sendable {
    private static let largestEvent = 1 << 20
    private static let usage = Array("\"usage\"".utf8)

    private let hidesUsage: Bool
    private var pending = ByteBuffer()
    private var pieces: Int64 = 0
    private var counted: TokenCount?

    /// As the engine counted them; else about as many as came.
    var tokens: TokenCount { counted ?? TokenCount(completion: max(0, pieces - 2)) }

    private struct Chunk: Decodable {
        struct Choice: Decodable {}

        var choices: [Choice]?
        var usage: TokenCount?
    }

    init(hidesUsage: Bool) { self.hidesUsage = hidesUsage }

    /// What of it goes to the caller now; nil where an event is not whole yet.
    mutating func take(_ piece: ByteBuffer) -> ByteBuffer? {
        pending.writeImmutableBuffer(piece)
        var passed = ByteBuffer()
        while let length = endOfEvent(), let event = pending.readSlice(length: length) {
            if keeps(event) { passed.writeImmutableBuffer(event) }
        }
        if pending.readableBytes > Self.largestEvent { passed.writeBuffer(&pending) }
        return passed.readableBytes > 0 ? passed : nil
    }

    /// What was left when the stream ended.
    mutating func rest() -> ByteBuffer? {
        defer { pending.clear() }
        return pending.readableBytes > 0 ? pending : nil
    }

    private func endOfEvent() -> Int? {
        let bytes = pending.readableBytesView
        var index = bytes.startIndex
        while let newline = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) {
            var next = newline + 1
            if next < bytes.endIndex, bytes[next] == UInt8(ascii: "\r") { next += 1 }
            guard next < bytes.endIndex else { return nil }
            if bytes[next] == UInt8(ascii: "\n") { return next + 1 - bytes.startIndex }
            index = newline + 1
        }
        return nil
    }

    private mutating func keeps(_ event: ByteBuffer) -> Bool {
        pieces += 1
        let hasUsage = event.withUnsafeReadableBytes { bytes in
            bytes.indices.contains { bytes[$0] == Self.usage[0] && bytes[$0...].starts(with: Self.usage) }
        }
        let bytes = event.readableBytesView
        guard hasUsage, let start = bytes.firstIndex(of: UInt8(ascii: "{")),
            let chunk = try? JSONDecoder().decode(Chunk.self, from: Data(bytes[start...])), let usage = chunk.usage
        else { return true }
        counted = usage
        return !(hidesUsage && chunk.choices?.isEmpty == true)
    }
}
