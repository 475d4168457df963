import Foundation
import GalleryDatabase
import GalleryModel
package import GalleryServing

/// Tells one webhook of one event.
struct WebhookDeliveryJob: Job {
    static let kind = "webhooks.deliver"
    static let attempts = 8

    var delivery: String
}

/// Forgets deliveries of long ago.
struct WebhookSweepJob: Job {
    static let kind = "webhooks.sweep"
}

extension Webhooks {
    private static let keptFor: TimeInterval = 30 * 86_400

    package func register(in handlers: inout JobHandlers) {
        handlers.on(WebhookDeliveryJob.self) { job in try await deliver(job.delivery) }
        handlers.on(WebhookSweepJob.self) { _ in try await sweep() }
        handlers.every(.seconds(86_400), enqueue: WebhookSweepJob())
    }

    /// Sends a delivery and notes what came back; throws when it has to be tried again.
    func deliver(_ id: String) async throws {
        let found = try await database.read { db in
            try db.delivery(id).flatMap { delivery in try db.webhook(delivery.webhook).map { (delivery, $0) } }
        }
        // Deleted meanwhile, or delivered by a worker that died before it could say so.
        guard let (delivery, hook) = found, delivery.state == .waiting else { return }
        guard !hook.isDisabled else { return try await note(id, .failed, nil, "The webhook was disabled.") }
        let secret = try hook.sealedSecret.map(secrets.open)
        let payload = try JSONDecoder().decode(WebhookPayload.self, from: Data(delivery.payload.utf8))
        do {
            let status = try await sender.send(payload, of: delivery, to: hook, secret: secret, at: world.now())
            guard (200..<300).contains(status) else { throw WebhookFailure.status(status) }
            try await note(id, .delivered, status, "")
        } catch let failure as WebhookFailure {
            let isLast = failure.isFinal || delivery.attempts + 1 >= WebhookDeliveryJob.attempts
            try await note(id, isLast ? .failed : .waiting, failure.status, failure.description)
            if failure.isFinal { throw HopelessJob(failure.description) }
            throw failure
        }
    }

    private func sweep() async throws {
        let limit = world.now().addingTimeInterval(-Self.keptFor)
        try await database.write { db in try db.deleteDeliveries(before: limit) }
    }

    private func note(_ id: String, _ state: WebhookDelivery.State, _ status: Int?, _ error: String) async throws {
        let now = world.now()
        try await database.write { db in
            try db.noteDelivery(id, state, status: status, error: String(error.prefix(500)), at: now)
        }
    }
}
