import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The pages of notifications, and the stream that keeps open pages up to date.
struct NotificationPages: Sendable {
    let notifications: Notifications
    let streams: NotificationStreams
    let pages: Pages
    let world: World

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/notifications", use: list)
        router.get("/notifications/live", use: live)
        router.post("/notifications/read", use: readAll)
        router.get("/notifications/:notification", use: open)
        router.post("/notifications/:notification/read") { request, context in
            try await setRead(true, request, context)
        }
        router.post("/notifications/:notification/unread") { request, context in
            try await setRead(false, request, context)
        }
        router.post("/notifications/:notification/delete", use: delete)
    }

    @Sendable private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        let query = try request.query()
        let group = try NotificationKind.Group.named(query["group"])
        let filter = NotificationFilter(isUnread: query["show"] != "all" && query["show"] != nil, group: group)
        let found = try await notifications.list(filter, after: query["cursor"], limit: 30, by: context.viewer)
        let page = NotificationsPage(
            found.notifications,
            next: found.next,
            filter: filter,
            unread: try await notifications.unread(by: context.viewer),
            now: world.now(),
            context
        )
        return try await pages.answer(page, title: context.say("notifications.title"), request, context)
    }

    /// Marks a notification as read and leads to what it is about.
    @Sendable private func open(_ request: Request, context: GalleryContext) async throws -> Response {
        let opened = try await notifications.setRead(true, context.segment("notification"), by: context.viewer)
        guard let path = opened.path else {
            return pages.redirect(
                to: "/notifications",
                flash: context.say("notifications.gone"),
                tone: .warning,
                request,
                context
            )
        }
        return pages.redirect(to: path, request, context)
    }

    private func setRead(_ isRead: Bool, _ request: Request, _ context: GalleryContext) async throws -> Response {
        try await notifications.setRead(isRead, context.segment("notification"), by: context.viewer)
        return try await back(request, context)
    }

    @Sendable private func delete(_ request: Request, context: GalleryContext) async throws -> Response {
        try await notifications.delete(context.segment("notification"), by: context.viewer)
        return try await back(request, context)
    }

    @Sendable private func readAll(_ request: Request, context: GalleryContext) async throws -> Response {
        let fields = try await pages.form(request, context)
        let until = fields["until"].flatMap { Double($0) }.map { Date(timeIntervalSince1970: $0 / 1000) }
        let count = try await notifications.readAll(until: until, by: context.viewer)
        return pages.redirect(
            to: "/notifications",
            flash: context.say("notifications.read.done", count: count),
            request,
            context
        )
    }

    /// To the list that the form stood on.
    private func back(_ request: Request, _ context: GalleryContext) async throws -> Response {
        let fields = try await pages.form(request, context)
        let path = Pages.localPath(fields["back"]) ?? "/notifications"
        return pages.redirect(to: path.hasPrefix("/notifications") ? path : "/notifications", request, context)
    }

    /// Server-sent events: `unread`, with the number and the latest text, whenever either changes.
    @Sendable private func live(_ request: Request, context: GalleryContext) async throws -> Response {
        let account = try context.viewer.mustBeSignedIn()
        guard context.viewer.onlyRepo == nil else { throw Problem.notYours }
        let state = try await notifications.state(of: account.id)
        guard let (id, signals) = await streams.open(for: account.id, state, at: world.now()) else {
            throw Problem(
                .throttled,
                "streams-too-many",
                "Enough pages of this account listen already: close some, or load this one again later.",
                retryAfter: 60
            )
        }
        let (words, viewer) = (context.words, context.viewer)
        let body = ResponseBody { writer in
            do {
                try await writer.write(ByteBuffer(string: "retry: 10000\n\n"))
                var last = state.latest
                for await signal in signals.cancelOnGracefulShutdown() {
                    switch signal {
                    case .beat: try await writer.write(ByteBuffer(string: ": still here\n\n"))
                    case .state(let state):
                        var event = LiveEvent(unread: state.unread)
                        // Only what has come since the page was opened is news.
                        if state.latest > last, let latest = try await notifications.latest(by: viewer) {
                            event.text = NotificationText(latest, words).title
                            event.path = "/notifications/\(latest.entry.id)"
                        }
                        last = max(last, state.latest)
                        try await writer.write(ByteBuffer(string: event.text(in: "unread")))
                    }
                }
                await streams.close(id)
            } catch {
                await streams.close(id)
                throw error
            }
            try await writer.finish(nil)
        }
        let headers: HTTPFields = [
            .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
            .xAccelBuffering: "no",
        ]
        return Response(status: .ok, headers: headers, body: body)
    }
}

/// What a listening page is told.
private struct LiveEvent: Encodable {
    var unread: Int
    var text: String?
    var path: String?

    func text(in event: String) throws -> String {
        // JSON has no line breaks, so it is one line of the stream.
        "event: \(event)\ndata: \(String(decoding: try JSONEncoder.wire.encode(self), as: UTF8.self))\n\n"
    }
}

extension HTTPField.Name {
    // swift-format-ignore: NeverForceUnwrap
    fileprivate static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering")!
}

extension NotificationKind.Group {
    /// Nil for no text; throws for a group that there is not.
    static func named(_ text: String?) throws -> NotificationKind.Group? {
        guard let text, !text.isEmpty else { return nil }
        guard let group = NotificationKind.Group(rawValue: text) else {
            throw Problem.invalid("notification-group-unknown", "There is no such group of notifications.")
        }
        return group
    }
}
