import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes

/// Applications for gated use over `/api/v1`.
struct ApplicationRoutes: Sendable {
    let finder: AssetFinder
    let applications: Applications

    func add(to api: APIRoutes) {
        let base = "assets/{kind}/{owner}/{name}"
        api.group("Gated use") { api in
            api.get(
                "\(base)/application",
                "My own application for use",
                for: .everyone,
                answers: OwnApplicationBody.self
            ) { call in
                let own = try await applications.requests.own(for: repo(of: call), by: call.viewer)
                return OwnApplicationBody(state: own?.state.rawValue, reason: own?.rejectionReason)
            }
            api.send(
                .post,
                "\(base)/application",
                "Apply for use",
                body: ApplyBody.self,
                answers: OwnApplicationBody.self
            ) { call in
                let state = try await applications.apply(
                    for: repo(of: call),
                    name: call.body.name,
                    reason: call.body.reason,
                    accepting: AgreementKind.all(call.body.accept ?? []),
                    by: call.viewer
                )
                return OwnApplicationBody(state: state.rawValue)
            }
            api.get(
                "\(base)/applications",
                "The applications for use of an asset, by their state",
                for: .keepers,
                query: [.choice("state", GrantState.self, "pending, unless given.")] + APIParameter.paging,
                answers: APIPage<ApplicationBody>.self
            ) { call in
                let state = try call.query()["state"].map(Self.state) ?? .pending
                let paging = try call.paging()
                let page = try await applications.list(
                    of: repo(of: call),
                    state,
                    after: paging.cursor,
                    limit: paging.limit,
                    by: call.viewer
                )
                return APIPage(items: page.applications.map(ApplicationBody.init), next: page.next)
            }
            api.send(
                .put,
                "\(base)/applications/{user}",
                "Grant an application, reject it with a reason, or revoke the decision",
                for: .keepers,
                body: ApplicationDecisionBody.self
            ) { call in
                try await applications.decide(
                    call.path("user"),
                    Self.state(call.body.state),
                    reason: call.body.reason ?? "",
                    of: repo(of: call),
                    by: call.viewer
                )
            }
            api.send(
                .post,
                "\(base)/applications",
                "Let users in who did not apply",
                for: .keepers,
                body: LetInBody.self
            ) { call in
                try await applications.letIn(call.body.users, to: repo(of: call), by: call.viewer)
            }
        }
    }

    private static func state(_ name: String) throws -> GrantState {
        guard let state = GrantState(rawValue: name) else {
            throw Problem.invalid("access-state-unknown", "The state is one of pending, accepted, rejected.")
        }
        return state
    }

    private func repo(of call: APICall<some Sendable>) async throws -> RepoID {
        try await finder.asset(call.path("kind"), call.path("owner"), call.path("name"), by: call.viewer).1.id
    }
}

struct ApplyBody: Codable, Sendable {
    var name: String
    var reason: String
    /// The agreements that are accepted with this: `service`, `data`.
    var accept: [String]?
}

struct OwnApplicationBody: Codable, Sendable {
    /// Null where one has not applied.
    var state: String?
    /// Why it was rejected.
    var reason: String?
}

struct ApplicationBody: Codable, Sendable {
    var user: String
    var nickname: String
    var state: String
    var fields: [String: String]
    var reason: String?
    var isByHand: Bool
    var at: String

    init(_ entry: AccessRequestEntry) {
        user = entry.account.name
        nickname = entry.account.nickname
        state = entry.request.state.rawValue
        let data = Data(entry.request.fieldsJSON.utf8)
        fields = (try? JSONDecoder().decode([String: String].self, from: data)) ?? [:]
        reason = entry.request.rejectionReason.isEmpty ? nil : entry.request.rejectionReason
        isByHand = entry.request.isByHand
        at = entry.request.createdAt.wire
    }
}

struct ApplicationDecisionBody: Codable, Sendable {
    var state: String
    var reason: String?
}

struct LetInBody: Codable, Sendable {
    var users: [String]
}
