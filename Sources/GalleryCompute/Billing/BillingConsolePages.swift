import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/console/billing`: who owes what, and what was booked; and the page of one account, where money comes in.
struct BillingConsolePages: Sendable {
    private static let fields = [
        "billing-amount": "amount", "billing-more-than-balance": "amount", "billing-expiry": "expires",
        "billing-note": "note", "billing-reference": "amount", "billing-reference-taken": "amount",
    ]

    let billing: Billing
    let pages: Pages
    let menus: PageMenus

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/console/billing", use: overview)
        router.get("/console/billing/:account") { request, context in
            try await account(context.segment("account"), nil, request, context)
        }
        for (path, saying) in [
            ("top-ups", "billing.toppedUp"), ("corrections", "billing.takenBack"), ("vouchers", "billing.granted"),
        ] {
            router.post("/console/billing/:account/\(path)") { request, context in
                try await pay(path, saying: context.say(saying), request, context)
            }
        }
    }

    @Sendable private func overview(_ request: Request, context: GalleryContext) async throws -> Response {
        let query = try request.query()
        if let name = query["account"]?.trimmingCharacters(in: .whitespaces), !name.isEmpty {
            return Response(
                status: .seeOther,
                headers: [.location: "/console/billing/\(PercentEncoding.encode(name))"]
            )
        }
        let cursor = query["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        let found = try await billing.ledger(all: true, after: cursor, by: context.viewer)
        let now = billing.world.now()
        var verdict: Notice?
        if query["check"] == "1" {
            let faults = try await billing.checkBooks(by: context.viewer).faults
            verdict =
                faults.isEmpty
                ? Notice(context.say("billing.books.right"), .positive)
                : Notice(faults.map { "\($0.rule): \($0.subject)" }.joined(separator: "; "), .danger)
        }
        let page = BillingConsolePage(
            menu: menus.console("billing", context),
            notice: verdict,
            arrears: try await billing.arrears(by: context.viewer).map { entry in
                BillingConsolePage.Arrears(
                    name: entry.name,
                    path: "/console/billing/\(PercentEncoding.encode(entry.name))",
                    owed: "\(entry.owed.text) \(billing.currency)",
                    state: BillingSummary.badge(entry.standing.state, context),
                    next: entry.standing.until.map { context.formats.moment($0, now: now) }
                )
            },
            entries: found.entries.map { LedgerRow($0, billing.currency, now: now, context) },
            pager: try request.pager(next: found.next, isFirst: cursor == nil)
        )
        return try await pages.answer(page, title: context.say("billing.console"), place: "/console", request, context)
    }

    private func account(
        _ name: String,
        _ fault: FormFault?,
        form: PageForm? = nil,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let state = try await billing.state(of: name, by: context.viewer)
        let now = billing.world.now()
        let found = try await billing.ledger(of: name, limit: 30, by: context.viewer)
        let month = try StatementSpan(from: "", until: "", now: now)
        let statement = try await billing.statement(.day, month, of: name, by: context.viewer)
        let path = "/console/billing/\(PercentEncoding.encode(state.name))"
        let kind = form?.kind ?? ""
        let page = BillingAccountPage(
            menu: menus.console("billing", context),
            name: state.name,
            path: path,
            fault: fault?.general,
            account: BillingSummary(state, billing, now: now, context),
            topUp: PaymentForm("top-ups", form, fault, isThis: kind == "top-ups", billing.world),
            takeBack: PaymentForm("corrections", form, fault, isThis: kind == "corrections", billing.world),
            voucher: PaymentForm("vouchers", form, fault, isThis: kind == "vouchers", billing.world),
            statement: StatementTable(
                statement,
                .day,
                month,
                fault: nil,
                export: "/api/v1/console/billing/accounts/\(PercentEncoding.encode(state.name))/lines.csv",
                currency: billing.currency,
                context
            ),
            entries: found.entries.map { LedgerRow($0, billing.currency, now: now, context) }
        )
        return try await pages.answer(
            page,
            title: "\(context.say("billing.console")) · \(state.name)",
            status: fault == nil ? .ok : .unprocessableContent,
            place: "/console",
            request,
            context
        )
    }

    private func pay(
        _ kind: String,
        saying flash: String,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        try ComputeRights.mustOperate(context.viewer)
        let sent = try await pages.form(request, context)
        let name = try context.segment("account")
        let text = { (field: String) in (sent[field] ?? "").trimmingCharacters(in: .whitespaces) }
        let form = PageForm(kind: kind, amount: text("amount"), note: text("note"), expires: text("expires"))
        do {
            let amount = try BillingRoutes.amount(form.amount)
            let (reference, viewer) = (text("reference"), context.viewer)
            switch kind {
            case "top-ups":
                try await billing.topUp(name, amount, reference: reference, note: form.note, by: viewer)
            case "corrections":
                try await billing.takeBack(name, amount, reference: reference, note: form.note, by: viewer)
            default:
                guard let day = try? Date("\(form.expires)T00:00:00Z", strategy: .iso8601) else {
                    throw BillingError.badExpiry
                }
                // The day that is named is the last one.
                let end = day.addingTimeInterval(86_400)
                try await billing.grantVoucher(
                    to: name,
                    amount,
                    until: end,
                    reference: reference,
                    note: form.note,
                    by: viewer
                )
            }
        } catch let error as BillingError where error != .unknownAccount {
            let fault = FormFault(error.problem, Self.fields, context)
            return try await account(name, fault, form: form, request, context)
        }
        return pages.redirect(
            to: "/console/billing/\(PercentEncoding.encode(name))",
            flash: flash,
            tone: .positive,
            request,
            context
        )
    }
}

/// What was typed into one of the forms.
struct PageForm: Sendable {
    let kind: String
    let amount: String
    let note: String
    let expires: String
}

/// A form by which money moves; its reference is made with the page, so that sending it twice books once.
struct PaymentForm: Sendable {
    let kind: String
    /// Whether it came back with a fault.
    let isOpen: Bool
    let reference: String
    let amount: FormField
    let note: FormField
    let expires: FormField

    init(_ kind: String, _ form: PageForm?, _ fault: FormFault?, isThis: Bool, _ world: World) {
        let field = { (name: String, value: String?) in
            FormField(isThis ? value ?? "" : "", error: isThis ? fault?.error(at: name) : nil)
        }
        self.kind = kind
        isOpen = isThis
        reference = "page-\(world.newID())"
        amount = field("amount", form?.amount)
        note = field("note", form?.note)
        expires = field("expires", form?.expires)
    }
}

/// `templates/billing/console.mustache`
struct BillingConsolePage: Page {
    static let template = "billing/console"

    struct Arrears: Sendable {
        let name: String
        let path: String
        let owed: String
        let state: Badge
        let next: Moment?
    }

    let menu: [SideEntry]
    let notice: Notice?
    let arrears: [Arrears]
    let entries: [LedgerRow]
    let pager: Pager
}

/// `templates/billing/account.mustache`
struct BillingAccountPage: Page {
    static let template = "billing/account"

    let menu: [SideEntry]
    let name: String
    let path: String
    let fault: String?
    let account: BillingSummary
    let topUp: PaymentForm
    let takeBack: PaymentForm
    let voucher: PaymentForm
    let statement: StatementTable
    let entries: [LedgerRow]
}

/// A line of the ledger, for `billing/ledger-row`.
struct LedgerRow: Sendable {
    let account: String
    let accountPath: String
    let kind: String
    let note: String?
    let actor: String?
    let change: String
    let at: Moment

    init(_ entry: BookedEntry, _ currency: String, now: Date, _ context: GalleryContext) {
        account = entry.account
        accountPath = "/console/billing/\(PercentEncoding.encode(entry.account))"
        kind = context.say("billing.kind.\(entry.kind.rawValue)")
        note = entry.note.isEmpty ? nil : entry.note
        actor = entry.actor
        change = "\(entry.change > .zero ? "+" : "")\(entry.change.text) \(currency)"
        at = context.formats.moment(entry.at, now: now)
    }
}
