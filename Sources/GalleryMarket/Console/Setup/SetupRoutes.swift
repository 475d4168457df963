import GalleryHub
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/api/v1/setup` and `/api/v1/console/settings`.
struct SetupRoutes: Sendable {
    let setup: Setup
    let settings: SiteSettings
    let edge: IdentityEdge

    func add(to api: APIRoutes) {
        api.send(
            .post,
            "setup",
            "Make the first administrator, while there is none",
            for: .everyone,
            body: SetupRequest.self,
            status: .created
        ) { call in
            var form = Setup.Form()
            form.token = call.body.token
            form.name = call.body.name
            form.email = call.body.email ?? ""
            form.password = call.body.password
            form.settings = call.body.settings?.values ?? [:]
            let started = try await setup.finish(form, from: edge.origin(call.request, call.context))
            return AccountBody(started.account, isOwn: true)
        }
        api.get(
            "console/settings",
            "Show what may change while the gallery runs",
            for: .administrators,
            answers: SiteSettingsBody.self
        ) {
            call in
            SiteSettingsBody(try await settings.show(by: call.viewer))
        }
        api.send(
            .patch,
            "console/settings",
            "Change what is given",
            for: .administrators,
            body: SiteSettingsChange.self,
            answers: SiteSettingsBody.self
        ) { call in
            try await settings.change(call.body.values, by: call.viewer)
            return SiteSettingsBody(try await settings.show(by: call.viewer))
        }
    }
}

/// The first start in the interface.
struct SetupRequest: Codable, Sendable {
    /// What the server printed when it started.
    var token: String
    var name: String
    var email: String?
    var password: String
    var settings: SiteSettingsChange?
}

/// What is to be changed; what is missing stays.
struct SiteSettingsChange: Codable, Sendable {
    var name: String?
    var language: String?
    var publishingPolicy: String?
    var allowsSignUp: Bool?

    var values: [String: String] {
        var values: [String: String] = [:]
        values["site.name"] = name
        values["site.language"] = language
        values["publishing.policy"] = publishingPolicy
        values["identity.allowsSignUp"] = allowsSignUp.map { $0 ? "true" : "false" }
        return values
    }
}

/// The settings that may change, in the interface.
struct SiteSettingsBody: Codable, Sendable {
    var name: String
    var language: String
    var publishingPolicy: String
    var allowsSignUp: Bool
    var deliversMail: Bool
    /// Those given at start, which cannot be changed here, with where they come from.
    var fixed: [String: String]

    init(_ shown: ShownSettings) {
        name = shown.settings.site.name
        language = shown.settings.site.language.rawValue
        publishingPolicy = shown.settings.publishing.policy.rawValue
        allowsSignUp = shown.settings.identity.allowsSignUp
        deliversMail = shown.deliversMail
        fixed = shown.sources.filter { SettingsInForce.adjustable.contains($0.key) }
    }
}
