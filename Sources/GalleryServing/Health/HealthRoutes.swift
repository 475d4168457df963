import Foundation
import GalleryModel
package import Hummingbird
import Logging

/// `/healthz`: the process answers. `/readyz`: so do the database and the storage.
package struct HealthRoutes: Sendable {
    private let checks: [ReadinessCheck]

    package init(checks: [ReadinessCheck]) {
        self.checks = checks
    }

    package func add(to router: some RouterMethods<GalleryContext>) {
        router.get("healthz") { _, _ in HealthBody(status: "ok", checks: nil) }
        router.get("readyz") { _, context in await readiness(context) }
    }

    private func readiness(_ context: GalleryContext) async -> EditedResponse<HealthBody> {
        var results: [String: String] = [:]
        var isReady = true
        for check in checks {
            do {
                try await check.probe()
                results[check.name] = "ok"
            } catch {
                isReady = false
                results[check.name] = "failed"
                context.logger.error("not ready", metadata: ["check": "\(check.name)", "error": "\(error)"])
            }
        }
        return EditedResponse(
            status: isReady ? .ok : .serviceUnavailable,
            response: HealthBody(status: isReady ? "ok" : "unavailable", checks: results)
        )
    }
}

struct HealthBody: ResponseEncodable {
    var status: String
    var checks: [String: String]?
}
