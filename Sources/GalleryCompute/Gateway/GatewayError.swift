package import GalleryModel

/// Why the gateway does not answer, told in the form of OpenAI's API.
package enum GatewayError: DomainError, Equatable {
    case noKey
    case badKey
    case unknownService
    case notYours
    case frozen
    case badBody(String)
    case unknownPath
    case tooFast(seconds: Int)
    case full
    case notReady(ServiceState)
    case replicaLost

    package var problem: Problem {
        switch self {
        case .noKey:
            Problem(
                .unauthenticated,
                "invalid_api_key",
                "You didn't provide an API key. Send it as 'Authorization: Bearer KEY'."
            )
        case .badKey: Problem(.unauthenticated, "invalid_api_key", "The API key is not one of this service's.")
        case .unknownService: Problem(.missing, "service_not_found", "There is no such service.")
        case .notYours: Problem(.forbidden, "not_allowed", "This token is not of the service's owner.")
        case .frozen:
            Problem(
                .forbidden,
                "account_frozen",
                "The account of the service's owner is frozen until its debt is paid."
            )
        case .badBody(let detail): Problem(.invalid, "invalid_body", detail)
        case .unknownPath:
            Problem(
                .missing,
                "unknown_url",
                "There is no such address: use /v1/chat/completions, /v1/completions, /v1/embeddings or /v1/models."
            )
        case .tooFast(let seconds):
            Problem(
                .throttled,
                "rate_limit_exceeded",
                "This key sends more requests per minute than it may. Try again in \(seconds) seconds.",
                retryAfter: seconds
            )
        case .full:
            Problem(
                .unavailable,
                "overloaded",
                "The service has more requests than it can hold. Try again shortly.",
                retryAfter: 5
            )
        case .notReady(let state):
            Problem(.unavailable, "service_\(state.code)", state.sentence, retryAfter: state.isMoving ? 5 : nil)
        case .replicaLost:
            Problem(
                .unavailable,
                "replica_lost",
                "The replica that answered has fallen; it is started again. Try again shortly.",
                retryAfter: 5
            )
        }
    }
}

extension ServiceState {
    fileprivate var code: String { self == .timeOver ? "time_over" : rawValue }

    /// For callers whom no page tells more.
    fileprivate var sentence: String {
        switch self {
        case .starting, .running, .degraded: "The service is starting. Try again in a few seconds."
        case .restarting: "The service fell and is started again. Try again in a few seconds."
        case .stopping: "The service is stopping and takes no new requests."
        case .stopped: "The service is stopped. Its owner can start it."
        case .failed: "The service has failed. Its owner sees why on its page."
        case .timeOver: "The time that was ordered for the service is used. Its owner can start it again."
        }
    }
}

/// `{"error": {"message", "type", "param", "code"}}`
struct OpenAIErrorBody: Codable, Sendable {
    struct Fault: Codable, Sendable {
        var message: String
        var type: String
        var param: String?
        var code: String?

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(message, forKey: .message)
            try container.encode(type, forKey: .type)
            // Clients expect the members to be there.
            try container.encode(param, forKey: .param)
            try container.encode(code, forKey: .code)
        }
    }

    var error: Fault

    init(_ problem: Problem) {
        let type =
            switch problem.kind {
            case .throttled: "requests"
            case .unavailable: "server_error"
            case .forbidden: "permission_error"
            default: "invalid_request_error"
            }
        error = Fault(message: problem.detail, type: type, code: problem.code)
    }
}
