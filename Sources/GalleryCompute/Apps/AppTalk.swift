import AsyncHTTPClient
import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// What is said to an app that the gallery brings: a conversation, or a question about a text.
package struct AppTalk: Codable, Sendable {
    package struct Turn: Codable, Sendable {
        /// system, user or assistant.
        package var role: String
        package var content: String
    }

    /// So long may all of it be.
    static let largest = 256 << 10
    static let mostTurns = 200
    static let mostTokens = 4096

    /// The conversation so far; the last is what is asked now.
    package var messages: [Turn]
    /// The text that a question is about.
    package var text: String?
    /// 0 is always the likeliest word; 0.7 unless given.
    package var temperature: Double?
    /// The most tokens of the answer; 512 unless given.
    package var maxTokens: Int?

    /// What the worker is asked, as it understands it.
    func request(_ purpose: AppPurpose, model: String) throws -> Data {
        guard (1...Self.mostTurns).contains(messages.count), messages.last?.role == "user" else {
            throw AppError.badTalk("the last of 1 to \(Self.mostTurns) messages is what the user says")
        }
        guard messages.allSatisfy({ ["system", "user", "assistant"].contains($0.role) }) else {
            throw AppError.badTalk("who speaks is system, user or assistant")
        }
        let size = messages.reduce(text?.utf8.count ?? 0) { $0 + $1.content.utf8.count }
        guard size <= Self.largest, let last = messages.last, !last.content.allSatisfy(\.isWhitespace) else {
            throw AppError.badTalk("it is empty or too long")
        }
        guard (0...2).contains(temperature ?? 0), (1...Self.mostTokens).contains(maxTokens ?? 1) else {
            throw AppError.badTalk("the temperature is 0 to 2, the answer has 1 to \(Self.mostTokens) tokens")
        }
        var turns = messages
        if purpose == .questions {
            guard let text, !text.allSatisfy(\.isWhitespace) else { throw AppError.badTalk("there is no text") }
            // As models are fine-tuned to read it.
            turns[turns.count - 1].content = "\(text)\n\n\(last.content)"
        }
        return try JSONEncoder.wire.encode(
            Wire(
                model: model,
                messages: turns,
                temperature: temperature ?? 0.7,
                max_tokens: maxTokens ?? 512,
                stream: true
            )
        )
    }

    private struct Wire: Encodable {
        var model: String
        var messages: [Turn]
        var temperature: Double
        var max_tokens: Int
        var stream: Bool
    }
}

extension Apps {
    /// The app with its door, for somebody who uses it.
    func open(_ id: String, by viewer: Viewer) async throws -> (app: AIApp, relay: AppRelay) {
        let standing = try await show(id, by: viewer)
        return (standing.app, try await relay(to: standing))
    }

    func relay(to standing: AppStanding) async throws -> AppRelay {
        guard standing.isOpen, let run = standing.run else { throw AppError.notOpen }
        guard let door = try await door(run.name) else { throw AppError.notReady }
        return AppRelay(door: door)
    }

    /// Says something to an app that the gallery brings; answers with its words as they come, as server-sent events.
    func talk(_ talk: AppTalk, to id: String, by viewer: Viewer) async throws -> Response {
        // Who may not act in somebody's name may not speak in it either.
        let me = try viewer.mustBeSignedIn()
        let (app, relay) = try await open(id, by: viewer)
        guard app.purpose != .own else { throw AppError.badTalk("this app has a page of its own") }
        let body = try talk.request(app.purpose, model: app.repoName.description)
        try seats.take(id, me.id)
        let leave: @Sendable () -> Void = { [seats] in seats.leave(id, me.id) }
        do {
            let answer = try await relay.ask(
                AppRelay.Question(
                    method: .post,
                    target: "/v1/chat/completions",
                    headers: [.contentType: "application/json"],
                    body: .bytes(ByteBuffer(bytes: body))
                )
            )
            guard answer.status == .ok else { throw try await Self.refusal(answer) }
            let headers: HTTPFields = [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
            ]
            return Response(status: .ok, headers: headers, body: answer.stream(done: leave))
        } catch {
            leave()
            throw error
        }
    }

    /// What the worker says is wrong, as OpenAI's API says it.
    private static func refusal(_ answer: AppRelay.Answer) async throws -> AppError {
        struct Fault: Decodable {
            struct Reason: Decodable { var message: String }
            var error: Reason
        }
        let bytes = try await answer.body.collect(upTo: 64 << 10)
        let fault = try? JSONDecoder().decode(Fault.self, from: Data(bytes.readableBytesView))
        guard answer.status.code < 500, let fault else { return .notReady }
        return .badTalk(String(fault.error.message.prefix(300)))
    }
}
