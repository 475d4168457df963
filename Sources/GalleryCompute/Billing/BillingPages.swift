import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/my/billing`: what one has, owes and used.
struct BillingPages: Sendable {
    let billing: Billing
    let flavors: Flavors
    let pages: Pages
    let menus: PageMenus

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/my/billing", use: show)
    }

    @Sendable private func show(_ request: Request, context: GalleryContext) async throws -> Response {
        let state = try await billing.state(by: context.viewer)
        let query = try request.query()
        let period = try query.choice("period", StatementPeriod.self) ?? .day
        let now = billing.world.now()
        var fault: String?
        var span = try StatementSpan(from: "", until: "", now: now)
        var statement = Statement(rows: [])
        do {
            span = try StatementSpan(from: query["from"] ?? "", until: query["until"] ?? "", now: now)
            statement = try await billing.statement(period, span, by: context.viewer)
        } catch let error as BillingError {
            fault = context.say(error.problem)
        }
        let page = MyBillingPage(
            menu: try await menus.mine("billing", context),
            account: BillingSummary(state, billing, now: now, context),
            statement: StatementTable(
                statement,
                period,
                span,
                fault: fault,
                export: "/api/v1/billing/lines.csv",
                currency: billing.currency,
                context
            ),
            free: FreeHoursText(try await flavors.freeHours(by: context.viewer), now: now, context)
        )
        let title = context.say("billing.title")
        let status: HTTPResponse.Status = fault == nil ? .ok : .badRequest
        return try await pages.answer(page, title: title, status: status, place: "/my", request, context)
    }
}

/// `templates/billing/mine.mustache`
struct MyBillingPage: Page {
    static let template = "billing/mine"

    let menu: [SideEntry]
    let account: BillingSummary
    let statement: StatementTable
    let free: FreeHoursText?
}

/// `templates/billing/summary.mustache`: balance, vouchers and what happens next.
struct BillingSummary: Sendable {
    struct VoucherRow: Sendable {
        let left: String
        let amount: String
        let note: String?
        let state: Badge
        let ends: Moment
    }

    let balance: String
    let spendable: String
    let unsettled: String?
    let owed: String?
    let badge: Badge
    let notice: Notice?
    let next: Moment?
    let vouchers: [VoucherRow]

    init(_ state: BillingState, _ billing: Billing, now: Date, _ context: GalleryContext) {
        let money = { (amount: Money) in "\(amount.text) \(billing.currency)" }
        let holdings = state.holdings
        balance = money(holdings.wallet)
        spendable = money(max(.zero, holdings.spendable(at: now)))
        unsettled = state.unsettled > .zero ? money(state.unsettled) : nil
        owed = holdings.owed > .zero ? money(holdings.owed) : nil
        badge = Self.badge(state.standing.state, context)
        notice = Self.notice(state.standing.state, owed: money(holdings.owed), context)
        next = state.standing.until.map { context.formats.moment($0, now: now) }
        vouchers = state.vouchers.map { voucher in
            let left = holdings.left(of: voucher)
            let isOver = voucher.expiresAt <= now
            return VoucherRow(
                left: money(left),
                amount: money(voucher.amount),
                note: voucher.note.isEmpty ? nil : voucher.note,
                state: isOver
                    ? Badge(context.say("billing.voucher.ended"), .warning, icon: "clock")
                    : left == .zero
                        ? Badge(context.say("billing.voucher.used"))
                        : Badge(context.say("billing.voucher.valid"), .positive, icon: "check"),
                ends: context.formats.moment(voucher.expiresAt, now: now)
            )
        }
    }

    static func badge(_ state: Standing.State, _ context: GalleryContext) -> Badge {
        let look: (tone: Tone, icon: String) =
            switch state {
            case .clear: (.positive, "check")
            case .grace: (.warning, "clock")
            case .retention: (.danger, "lock")
            case .released: (.danger, "trash")
            }
        return Badge(context.say("billing.state.\(state.rawValue)"), look.tone, icon: look.icon)
    }

    /// One sentence of what it means, and what happens next.
    private static func notice(_ state: Standing.State, owed: String, _ context: GalleryContext) -> Notice? {
        guard state != .clear else { return nil }
        return Notice(
            context.say("billing.next.\(state.rawValue)", ["owed": owed]),
            state == .grace ? .warning : .danger
        )
    }
}

/// `templates/billing/statement.mustache`
struct StatementTable: Sendable {
    struct Row: Sendable {
        let time: String
        let duration: String
        let amount: String
        let vouchers: String
        let balance: String
        let unpaid: String
    }

    let periods: [FormChoice]
    let from: String
    let until: String
    let fault: String?
    let rows: [Row]
    let hasRows: Bool
    let total: Row
    let currency: String
    let exportPath: String

    init(
        _ statement: Statement,
        _ period: StatementPeriod,
        _ span: StatementSpan,
        fault: String?,
        export: String,
        currency: String,
        _ context: GalleryContext
    ) {
        let format = Date.ISO8601FormatStyle().year().month().day()
        periods = StatementPeriod.allCases.map {
            FormChoice($0.rawValue, context.say("billing.period.\($0.rawValue)"), isChosen: $0 == period)
        }
        from = span.from.formatted(format)
        until = span.until.addingTimeInterval(-1).formatted(format)
        self.fault = fault
        self.currency = currency
        rows = statement.rows.map { Row($0, Self.time($0.start, period)) }
        hasRows = !rows.isEmpty
        total = Row(statement.total, context.say("billing.total"))
        exportPath = "\(export)?from=\(from)&until=\(until)"
    }

    /// `2026-11-22 13:00`, `2026-11-22` or `2026-11`, in UTC as hours are settled.
    private static func time(_ start: Date, _ period: StatementPeriod) -> String {
        let text = start.formatted(Date.ISO8601FormatStyle())
        return switch period {
        case .hour: text.prefix(10) + " " + text.dropFirst(11).prefix(5)
        case .day: String(text.prefix(10))
        case .month: String(text.prefix(7))
        }
    }
}

extension StatementTable.Row {
    fileprivate init(_ row: StatementRow, _ time: String) {
        self.time = time
        duration = DurationText.text(row.seconds)
        amount = row.amount.text
        vouchers = row.fromVouchers.text
        balance = row.fromBalance.text
        unpaid = row.unpaid.text
    }
}

/// Seconds as `12:03:07`.
enum DurationText {
    static func text(_ seconds: Int64) -> String {
        let two = { (number: Int64) in number < 10 ? "0\(number)" : String(number) }
        return "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }
}

/// The free hours of the week in words.
struct FreeHoursText: Sendable {
    let left: String
    let granted: String
    let ends: Moment

    /// Nil where none are given.
    init?(_ hours: FreeHours, now: Date, _ context: GalleryContext) {
        guard hours.granted > 0 else { return nil }
        left = DurationText.text(hours.left)
        granted = DurationText.text(hours.granted)
        ends = context.formats.moment(hours.end, now: now)
    }
}
