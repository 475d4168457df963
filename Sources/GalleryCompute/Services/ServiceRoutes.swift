import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/api/v1/services`
struct ServiceRoutes: Sendable {
    let services: Services

    func add(to api: APIRoutes) {
        addLooking(to: api)
        addChanging(to: api)
        addKeys(to: api)
    }

    private func addLooking(to api: APIRoutes) {
        api.get(
            "services",
            "List one's inference services, the newest first",
            query: APIParameter.paging,
            answers: APIPage<ServiceBody>.self
        ) { call in
            let (cursor, limit) = try call.paging()
            let found = try await services.list(before: cursor, limit: limit + 1, by: call.viewer)
            let shown = found.prefix(limit)
            return APIPage(
                items: shown.map { ServiceBody($0, origin: call.request.origin(call.context)) },
                next: found.count > limit ? shown.last?.service.id : nil
            )
        }
        api.get("services/{service}", "Show an inference service", answers: ServiceBody.self) { call in
            body(try await services.show(call.path("service"), by: call.viewer), call)
        }
        api.get(
            "services/{service}/cost",
            "Show what a service costs so far, all its replicas together",
            answers: RunCostBody.self
        ) { call in
            RunCostBody(
                try await services.cost(of: call.path("service"), by: call.viewer),
                services.billing.currency
            )
        }
        api.get(
            "services/{service}/usage",
            "Show who used a service how much, by day",
            query: [.number("days", "Of how many days; 30 unless given.", in: 1...366)],
            answers: ServiceUsagesBody.self
        ) { call in
            let days = try call.query().integer("days", in: 1...366) ?? 30
            let usage = try await services.usage(of: call.path("service"), days: days, by: call.viewer)
            return ServiceUsagesBody(items: usage.map(ServiceUsageBody.init))
        }
    }

    private func addChanging(to api: APIRoutes) {
        api.send(
            .post,
            "services",
            "Deploy a model as an inference service",
            body: NewServiceBody.self,
            answers: ServiceBody.self,
            status: .created
        ) { call in body(try await services.create(call.body.draft, by: call.viewer), call) }
        api.send(.post, "services/{service}/start", "Start a service that is at rest", answers: ServiceBody.self) {
            call in body(try await services.start(call.path("service"), by: call.viewer), call)
        }
        api.send(
            .post,
            "services/{service}/stop",
            "Stop a service: it takes no new requests, those under way may end within half a minute",
            answers: ServiceBody.self
        ) { call in body(try await services.stop(call.path("service"), by: call.viewer), call) }
        api.send(
            .post,
            "services/{service}/scale",
            "Set how many replicas of a service answer",
            body: ServiceScaleBody.self,
            answers: ServiceBody.self
        ) { call in
            body(
                try await services.scale(call.path("service"), to: call.body.replicas, by: call.viewer),
                call
            )
        }
        api.send(.delete, "services/{service}", "Delete a service with its keys and logs") { call in
            try await services.delete(call.path("service"), by: call.viewer)
        }
    }

    private func addKeys(to api: APIRoutes) {
        api.get("services/{service}/keys", "List the keys of a service", answers: ServiceKeysBody.self) { call in
            let keys = try await services.keys(of: call.path("service"), by: call.viewer)
            return ServiceKeysBody(items: keys.map { ServiceKeyBody($0) })
        }
        api.send(
            .post,
            "services/{service}/keys",
            "Make a key for a service; it is told this once",
            body: NewServiceKeyBody.self,
            answers: ServiceKeyBody.self,
            status: .created
        ) { call in
            let issued = try await services.addKey(
                call.body.name,
                perMinute: call.body.perMinute,
                to: call.path("service"),
                by: call.viewer
            )
            return ServiceKeyBody(issued.key, text: issued.text)
        }
        api.send(.delete, "services/{service}/keys/{key}", "Revoke a key of a service") { call in
            try await services.revokeKey(call.path("key"), of: call.path("service"), by: call.viewer)
        }
    }

    private func body<Body>(_ standing: ServiceStanding, _ call: APICall<Body>) -> ServiceBody {
        ServiceBody(standing, origin: call.request.origin(call.context))
    }
}
