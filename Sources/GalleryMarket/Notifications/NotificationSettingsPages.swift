import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// Where people choose what they are told of, and where links in mails end them.
struct NotificationSettingsPages: Sendable {
    let notifications: Notifications
    let accounts: Accounts
    let links: UnsubscribeLinks
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/settings/notifications", use: show)
        router.post("/settings/notifications", use: save)
        router.get("/unsubscribe/:token", use: ask)
        router.post("/unsubscribe/:token", use: unsubscribe)
    }

    @Sendable private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        let account = try context.viewer.mustBeSignedIn()
        let page = NotificationSettingsPage(
            try await notifications.preferences(by: context.viewer),
            email: try await accounts.account(named: account.name).email,
            isReviewer: account.role != .user,
            context
        )
        return try await pages.answer(page, title: context.say("notifications.settings.title"), request, context)
    }

    @Sendable private func save(_ request: Request, context: GalleryContext) async throws -> Response {
        let account = try context.viewer.mustBeSignedIn()
        let fields = try await pages.form(request, context)
        let (onPage, byMail) = (Set(fields.values("page")), Set(fields.values("mail")))
        // A box that is not ticked is not sent; those that the form did not show stay as they are.
        let shown = NotificationKind.allCases.filter { account.role != .user || !$0.isForReviewers }
        let choices = shown.map { kind in
            let isShown = onPage.contains(kind.rawValue) || kind.isAlwaysShown
            return (kind, NotificationChoice(onPage: isShown, byMail: byMail.contains(kind.rawValue)))
        }
        _ = try await notifications.choose(
            mails: fields["mails"] != nil,
            language: .some(Language(rawValue: fields["language"] ?? "")),
            Dictionary(choices) { $1 },
            by: context.viewer
        )
        return pages.redirect(
            to: "/settings/notifications",
            flash: context.say("notifications.settings.saved"),
            request,
            context
        )
    }

    /// Programs that look at links ahead of their readers must not end anything, so this only asks.
    @Sendable private func ask(_ request: Request, context: GalleryContext) async throws -> Response {
        let target = try target(context)
        return try await answer(isDone: false, target.kind, request, context)
    }

    /// Of a person's click on the page, or of a mail program's (RFC 8058), which sends neither cookie nor form token.
    @Sendable private func unsubscribe(_ request: Request, context: GalleryContext) async throws -> Response {
        let target = try target(context)
        let fields = try await request.form(context: context, upTo: 16 << 10)
        let kind = fields["all"] == nil ? target.kind : nil
        try await notifications.unsubscribe(target.account, from: kind)
        return try await answer(isDone: true, kind, request, context)
    }

    private func answer(
        isDone: Bool,
        _ kind: NotificationKind?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let page = UnsubscribePage(
            isDone: isDone,
            kind: kind.map { context.say("notifications.kind.\($0.rawValue)") },
            path: request.uri.path
        )
        return try await pages.answer(page, title: context.say("unsubscribe.title"), request, context)
    }

    private func target(_ context: GalleryContext) throws -> (account: AccountID, kind: NotificationKind?) {
        guard let target = links.target(of: try context.segment("token")) else {
            throw Problem(
                .missing,
                "unsubscribe-link-invalid",
                "This link to end e-mails is not complete. Copy all of it, or change the settings of your account."
            )
        }
        return target
    }
}

/// `/unsubscribe/…`
struct UnsubscribePage: Page {
    static let template = "notifications/unsubscribe"

    let isDone: Bool
    /// Nil for all.
    let kind: String?
    let path: String
}
