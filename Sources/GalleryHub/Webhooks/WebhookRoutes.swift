import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// The webhooks of one's own account over HTTP.
struct WebhookRoutes {
    let webhooks: Webhooks

    func add(to router: Router<GalleryContext>) {
        let all = "api/settings/webhooks"
        router.get("\(all)", use: list)
        router.post("\(all)", use: create)
        router.get("\(all)/:webhook", use: webhook)
        router.post("\(all)/:webhook", use: change)
        router.delete("\(all)/:webhook", use: delete)
        router.get("\(all)/:webhook/deliveries", use: deliveries)
        for (word, isDisabled) in [("enable", false), ("disable", true)] {
            router.post("\(all)/:webhook/\(word)") { _, context in
                try await Response.wire(
                    [
                        "webhook": WebhookBody(
                            webhooks.setDisabled(isDisabled, context.segment("webhook"), by: context.viewer)
                        )
                    ])
            }
        }
    }

    @Sendable private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        try await .wire(webhooks.list(by: context.viewer).map(WebhookBody.init))
    }

    @Sendable private func create(_ request: Request, context: GalleryContext) async throws -> Response {
        let body = try await request.json(WebhookRequest.self, context: context)
        return try await .wire(["webhook": WebhookBody(webhooks.create(body.draft, by: context.viewer))])
    }

    @Sendable private func webhook(_ request: Request, context: GalleryContext) async throws -> Response {
        try await .wire(["webhook": WebhookBody(webhooks.webhook(context.segment("webhook"), by: context.viewer))])
    }

    @Sendable private func change(_ request: Request, context: GalleryContext) async throws -> Response {
        var draft = try await request.json(WebhookRequest.self, context: context).draft
        // huggingface_hub sends an empty list for what it leaves as it is.
        if draft.watched?.isEmpty == true { draft.watched = nil }
        return try await .wire(
            ["webhook": WebhookBody(webhooks.change(context.segment("webhook"), draft, by: context.viewer))])
    }

    @Sendable private func delete(_ request: Request, context: GalleryContext) async throws -> Response {
        try await webhooks.delete(context.segment("webhook"), by: context.viewer)
        return try .done()
    }

    @Sendable private func deliveries(_ request: Request, context: GalleryContext) async throws -> Response {
        let page = try await webhooks.deliveries(
            of: context.segment("webhook"),
            request.query().page(),
            by: context.viewer
        )
        return try .wire(page.elements.map(DeliveryBody.init), next: request.link(page.next, context))
    }
}

private struct WebhookRequest: Decodable {
    var url: String?
    var secret: String?
    var domains: [String]?
    var watched: [WebhookDraft.Watched]?
    var jobSourceId: String?

    var draft: WebhookDraft {
        var draft = WebhookDraft(url: url, secret: secret, domains: domains, watched: watched)
        draft.hasJob = jobSourceId != nil
        return draft
    }
}

private struct WebhookBody: Encodable {
    let id: String
    let url: String
    let watched: [WebhookDraft.Watched]
    let domains: [WebhookDomain]
    let secret: String?
    let disabled: Bool

    init(_ revealed: RevealedWebhook) {
        let hook = revealed.webhook
        id = hook.id
        url = hook.url
        watched = hook.watches.map { WebhookDraft.Watched(type: $0.type, name: $0.name) }
        domains = hook.domains
        secret = revealed.secret
        disabled = hook.isDisabled
    }
}

private struct DeliveryBody: Encodable {
    let id: String
    let scope: String
    let action: String
    let state: String
    let attempts: Int
    let status: Int?
    let error: String?
    let createdAt: Date

    init(_ delivery: WebhookDelivery) {
        id = delivery.id
        scope = delivery.scope
        action = delivery.action
        state = delivery.state.rawValue
        attempts = delivery.attempts
        status = delivery.status
        error = delivery.error.isEmpty ? nil : delivery.error
        createdAt = delivery.createdAt
    }
}
