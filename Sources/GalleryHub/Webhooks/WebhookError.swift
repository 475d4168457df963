package import GalleryModel

/// What can be wrong with webhooks.
package enum WebhookError: DomainError, Equatable {
    case unknown
    case badURL
    case privateAddress(String)
    case noJobs
    case badDomain
    case noWatches
    case badWatch(String)
    case unknownWatch(String)
    case badSecret
    case tooMany

    package var problem: Problem {
        switch self {
        case .unknown: Problem(.missing, "webhook-unknown", "There is no such webhook.")
        case .badURL: .invalid("webhook-url-invalid", "The url must begin with http:// or https:// and name a host.")
        case .privateAddress(let host):
            .invalid(
                "webhook-address-private",
                "'\(host.prefix(200))' is a private address, which webhooks may not call here. An operator can allow it."
            )
        case .noJobs:
            Problem(.unsupported, "webhook-jobs-unsupported", "Webhooks call an url here; they start no jobs.")
        case .badDomain:
            .invalid("webhook-domain-invalid", "The domains are 'repo' and 'discussion', at least one of them.")
        case .noWatches:
            .invalid("webhook-watch-missing", "Watch at least one user, organization or repository, at most 200.")
        case .badWatch(let type):
            .invalid(
                "webhook-watch-invalid",
                "'\(type.prefix(50))' cannot be watched: use user, org, model, dataset or space."
            )
        case .unknownWatch(let name):
            Problem(.missing, "webhook-watch-unknown", "'\(name.prefix(200))' does not exist, or you may not see it.")
        case .badSecret: .invalid("webhook-secret-invalid", "A secret is printable ASCII text, at most 500 characters.")
        case .tooMany: Problem(.conflict, "webhooks-too-many", "You have as many webhooks as one may have.")
        }
    }
}
