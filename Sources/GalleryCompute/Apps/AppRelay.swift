import AsyncHTTPClient
import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Carries requests to the door of what runs an app, and answers back as they come, unbuffered.
struct AppRelay: Sendable {
    /// What is asked of an app.
    struct Question: Sendable {
        var method: HTTPRequest.Method
        /// With its query, as it is sent.
        var target: String
        var headers: HTTPFields = [:]
        var body: HTTPClientRequest.Body?
    }

    /// The beginning of an answer, and the rest as it comes.
    struct Answer: Sendable {
        var status: HTTPResponse.Status
        var headers: HTTPFields
        var body: HTTPClientResponse.Body
    }

    let door: LaunchDoor

    /// Asks; throws `AppError.notReady` where nobody answers.
    func ask(_ question: Question) async throws -> Answer {
        var request = HTTPClientRequest(url: door.address + question.target)
        request.method = HTTPMethod(rawValue: question.method.rawValue)
        for field in question.headers { request.headers.add(name: field.name.rawName, value: field.value) }
        request.body = question.body
        let response: HTTPClientResponse
        do {
            response = try await DoorClient.ask(request)
        } catch let error as CancellationError {
            throw error
        } catch { throw AppError.notReady }
        var headers: HTTPFields = [:]
        for (name, value) in response.headers {
            guard let name = HTTPField.Name(name) else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        return Answer(status: .init(code: Int(response.status.code)), headers: headers, body: response.body)
    }
}

extension AppRelay.Answer {
    /// The body as it comes; `done` once nothing more comes, or nobody listens any more.
    func stream(done: @escaping @Sendable () -> Void = {}) -> ResponseBody {
        ResponseBody { writer in
            defer { done() }
            for try await piece in body { try await writer.write(piece) }
            try await writer.finish(nil)
        }
    }
}
