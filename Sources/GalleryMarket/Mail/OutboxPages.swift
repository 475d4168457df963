import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// The outbox: what the gallery has mailed, and what it could not.
struct OutboxPages: Sendable {
    let mail: Mail
    let pages: Pages
    let world: World

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/console/outbox", use: list)
        router.get("/console/outbox/:mail", use: show)
        router.post("/console/outbox/:mail/repeat", use: sendAgain)
    }

    @Sendable private func list(_ request: Request, context: GalleryContext) async throws -> Response {
        let query = try request.query()
        let state = query["state"].flatMap(OutgoingMail.State.init(rawValue:))
        let found = try await mail.outbox(state, before: query["cursor"], by: context.viewer)
        let now = world.now()
        let address = { (state: OutgoingMail.State?) in
            "/console/outbox" + (state.map { "?state=\($0.rawValue)" } ?? "")
        }
        let page = OutboxPage(
            menu: ConsoleMenu.entries("outbox", context),
            delivers: mail.delivers,
            choices: ([nil] + OutgoingMail.State.allCases).map { choice in
                OutboxPage.Choice(
                    text: context.say("outbox.state.\(choice?.rawValue ?? "any")"),
                    count: choice.map { context.formats.number(found.counts[$0] ?? 0) },
                    path: address(choice),
                    isCurrent: choice == state
                )
            },
            rows: found.mails.map { OutboxPage.Row($0, now: now, context) },
            hasRows: !found.mails.isEmpty,
            nextPath: found.next.map { "\(address(state))\(state == nil ? "?" : "&")cursor=\($0)" }
        )
        return try await pages.answer(page, title: context.say("outbox.title"), request, context)
    }

    @Sendable private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        let mail = try await mail.mail(context.segment("mail"), by: context.viewer)
        let page = OutgoingMailPage(
            menu: ConsoleMenu.entries("outbox", context),
            row: OutboxPage.Row(mail, now: world.now(), context),
            text: mail.state == .kept ? mail.text : nil,
            mayRepeat: mail.state == .failed
        )
        return try await pages.answer(page, title: mail.subject, place: "/console", request, context)
    }

    @Sendable private func sendAgain(_ request: Request, context: GalleryContext) async throws -> Response {
        let id = try context.segment("mail")
        try await mail.sendAgain(id, by: context.viewer)
        return pages.redirect(to: "/console/outbox/\(id)", flash: context.say("outbox.repeat.done"), request, context)
    }
}

/// `/console/outbox`
struct OutboxPage: Page {
    static let template = "mail/outbox"

    struct Choice: Sendable {
        let text: String
        let count: String?
        let path: String
        let isCurrent: Bool
    }

    struct Row: Sendable {
        let path: String
        let repeatPath: String
        let recipient: String
        let subject: String
        let template: String
        let state: String
        let tone: String
        let attempts: Int
        let error: String?
        let time: Moment
    }

    let menu: [SideEntry]
    let delivers: Bool
    let choices: [Choice]
    let rows: [Row]
    let hasRows: Bool
    let nextPath: String?
}

extension OutboxPage.Row {
    init(_ mail: OutgoingMail, now: Date, _ context: GalleryContext) {
        path = "/console/outbox/\(mail.id)"
        repeatPath = "/console/outbox/\(mail.id)/repeat"
        recipient = mail.recipient
        subject = mail.subject
        template = mail.template
        state = context.say("outbox.state.\(mail.state.rawValue)")
        tone = mail.state.tone.rawValue
        attempts = mail.attempts
        error = mail.error.isEmpty ? nil : mail.error
        time = context.formats.moment(mail.createdAt, now: now)
    }
}

extension OutgoingMail.State {
    /// What the state means, as a colour.
    fileprivate var tone: Tone {
        switch self {
        case .waiting: .warning
        case .sent: .positive
        case .kept: .neutral
        case .failed: .danger
        }
    }
}

/// `/console/outbox/…`
struct OutgoingMailPage: Page {
    static let template = "mail/mail"

    let menu: [SideEntry]
    let row: OutboxPage.Row
    /// Only of mails that stay here.
    let text: String?
    let mayRepeat: Bool
}
