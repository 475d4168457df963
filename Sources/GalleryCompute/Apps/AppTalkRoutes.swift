import AsyncHTTPClient
import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

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
