import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/settings/sessions`: the browsers that are signed in.
struct SessionPages: Sendable {
    let sessions: Sessions
    let edge: IdentityEdge
    let world: World
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/settings/sessions", use: show)
        router.post("/settings/sessions/end-others", use: endOthers)
        router.post("/settings/sessions/:session/end", use: end)
    }

    private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        let now = world.now()
        let cookie = edge.origin(request, context).cookie
        let current = try await cookie.asyncMap { try await sessions.current(cookie: $0) }
        let list = try await sessions.list(by: context.viewer)
        let page = SessionsPage(
            menu: SettingsMenu.entries("sessions", context),
            sessions: list.map { session in
                SessionsPage.Entry(
                    id: session.id.rawValue,
                    browser: BrowserName.text(session.agent) ?? context.say("settings.sessions.unknown"),
                    agent: session.agent,
                    address: session.address,
                    started: context.formats.moment(session.createdAt, now: now),
                    seen: context.formats.moment(session.lastSeenAt, now: now),
                    isCurrent: session.id == current
                )
            },
            hasOthers: list.contains { $0.id != current }
        )
        return try await pages.answer(page, title: context.say("settings.sessions"), request, context)
    }

    private func end(_ request: Request, context: GalleryContext) async throws -> Response {
        _ = try await pages.form(request, context)
        try await sessions.end(SessionID(context.segment("session")), by: context.viewer)
        return pages.redirect(to: "/settings/sessions", flash: context.say("settings.sessions.ended"), request, context)
    }

    private func endOthers(_ request: Request, context: GalleryContext) async throws -> Response {
        _ = try await pages.form(request, context)
        try await sessions.endOthers(than: edge.origin(request, context).cookie, by: context.viewer)
        return pages.redirect(to: "/settings/sessions", flash: context.say("settings.sessions.ended"), request, context)
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(_ transform: (Wrapped) async throws -> Value?) async rethrows -> Value? {
        guard let self else { return nil }
        return try await transform(self)
    }
}

/// What a browser calls itself, in few words.
enum BrowserName {
    /// `Firefox on Linux`; nil for what is not known.
    static func text(_ agent: String) -> String? {
        let browsers = [
            ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
            ("curl/", "curl"), ("python", "Python"),
        ]
        let systems = [
            ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS", "macOS"), ("Linux", "Linux"),
        ]
        let browser = browsers.first { agent.contains($0.0) }?.1
        let system = systems.first { agent.contains($0.0) }?.1
        let parts = [browser, system].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " · ")
    }
}

/// `/settings/sessions`
struct SessionsPage: Page {
    static let template = "settings/sessions"

    struct Entry {
        let id: String
        let browser: String
        let agent: String
        let address: String
        let started: Moment
        let seen: Moment
        let isCurrent: Bool
    }

    let menu: [SideEntry]
    let sessions: [Entry]
    let hasOthers: Bool
}
