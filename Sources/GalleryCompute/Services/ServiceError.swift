package import GalleryModel

/// What can be wrong with a service, or with what is asked of one.
package enum ServiceError: DomainError, Equatable {
    case unknown
    case badName
    case badDescription
    case badHours
    case badReplicas(Int)
    case badModel
    case unfit(String)
    case tooMany(Int)
    case notStopped
    case notRunning
    case unknownKey
    case badKeyName
    case badKeyLimit
    case tooManyKeys(Int)

    package var problem: Problem {
        switch self {
        case .unknown: Problem(.missing, "service-unknown", "There is no such service.")
        case .badName:
            Problem(
                .unprocessable,
                "service-name",
                "A service's name has 1 to 30 characters on one line.",
                members: ["field": "name"]
            )
        case .badDescription:
            Problem(
                .unprocessable,
                "service-description",
                "A description has 100 characters at most.",
                members: ["field": "description"]
            )
        case .badHours:
            Problem(
                .unprocessable,
                "service-hours",
                "A run time is 1 to 87,600 hours, or unlimited.",
                members: ["field": "hours"]
            )
        case .badReplicas(let most):
            Problem(
                .unprocessable,
                "service-replicas",
                "A service has 1 to \(most) replicas.",
                members: ["field": "replicas", "most": "\(most)"]
            )
        case .badModel:
            Problem(
                .unprocessable,
                "service-model",
                "Name a model of this gallery as owner/name.",
                members: ["field": "model"]
            )
        case .unfit(let model):
            Problem(
                .unprocessable,
                "service-unfit",
                "\(model) cannot be served: it needs config.json with weights in safetensors, weights in GGUF, or an adapter of another model.",
                members: ["field": "model", "model": model]
            )
        case .tooMany(let limit):
            Problem(.conflict, "service-too-many", "You have \(limit) services. Delete one first.")
        case .notStopped: Problem(.conflict, "service-not-stopped", "The service is wanted to run already.")
        case .notRunning: Problem(.conflict, "service-not-running", "The service is stopped. Start it first.")
        case .unknownKey: Problem(.missing, "service-key-unknown", "There is no such key.")
        case .badKeyName:
            Problem(
                .unprocessable,
                "service-key-name",
                "A key's name has 1 to 60 characters on one line.",
                members: ["field": "key"]
            )
        case .badKeyLimit:
            Problem(
                .unprocessable,
                "service-key-limit",
                "A limit is 1 to 100,000 requests per minute.",
                members: ["field": "perMinute"]
            )
        case .tooManyKeys(let limit):
            Problem(.conflict, "service-too-many-keys", "The service has \(limit) keys. Revoke one first.")
        }
    }
}
