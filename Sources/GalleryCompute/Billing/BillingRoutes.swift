import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `/api/v1/billing` and `/api/v1/console/billing`
struct BillingRoutes: Sendable {
    static let span: [APIParameter] = [
        .text("from", "The first day (UTC), as in 2026-11-22; the first of this month unless given."),
        .text("until", "The last day; today unless given."),
    ]
    private static let period = APIParameter.choice("period", StatementPeriod.self, "By days unless given.")

    let billing: Billing

    func add(to api: APIRoutes) {
        addPrices(to: api)
        addOwn(to: api)
        addConsole(to: api)
        addMoney(to: api)
    }

    private func addPrices(to api: APIRoutes) {
        api.get("compute/prices", "List the prices in force and those to come", for: .everyone) { _ in
            PricesBody(currency: billing.currency, items: try await billing.prices().map(PriceBody.init))
        }
        api.send(
            .post,
            "console/prices",
            "Set what an hour of a flavor costs from now or later on",
            for: .administrators,
            body: NewPriceBody.self,
            answers: PriceBody.self,
            status: .created
        ) { call in
            try ComputeRights.mustOperate(call.viewer)
            let price = try await billing.setPrice(
                of: call.body.flavor,
                in: call.body.region,
                perHour: Self.amount(call.body.perHour, field: "perHour"),
                from: call.body.startsAt,
                by: call.viewer
            )
            return PriceBody(price)
        }
        api.send(
            .delete,
            "console/prices",
            "Take a price away that has not begun",
            for: .administrators,
            query: [
                .text("flavor", "The flavor."), .text("region", "The region."),
                .text("startsAt", "When it would begin."),
            ]
        ) { call in
            let query = try call.query()
            let start = try? Date(query["startsAt"] ?? "", strategy: .iso8601)
            try await billing.dropPrice(
                of: query["flavor"] ?? "",
                in: query["region"] ?? "",
                from: start ?? .distantPast,
                by: call.viewer
            )
        }
    }

    // MARK: One's own

    private func addOwn(to api: APIRoutes) {
        api.get("billing", "Show one's balance, vouchers and debts", answers: BillingStateBody.self) { call in
            try await state(nil, call)
        }
        api.get(
            "billing/statement",
            "Show what was settled, by hours, days or months",
            query: Self.span + [Self.period],
            answers: StatementBody.self
        ) { call in try await statement(nil, call) }
        api.get(
            "billing/lines",
            "List the lines of a statement, the earliest first",
            query: Self.span + APIParameter.paging,
            answers: APIPage<UsageLineBody>.self
        ) { call in try await lines(nil, call) }
        api.raw(
            .get,
            "billing/lines.csv",
            "Export the lines of a statement as a table",
            query: Self.span,
            answer: .string(),
            answerTypes: ["text/csv"]
        ) { request, context in try await export(nil, request, context) }
        api.get(
            "billing/ledger",
            "List what was booked on one's account, the latest first",
            query: APIParameter.paging,
            answers: APIPage<LedgerEntryBody>.self
        ) { call in
            let (cursor, limit) = try call.paging(standard: 50, maximum: 200)
            return Self.page(try await billing.ledger(after: cursor, limit: limit, by: call.viewer))
        }
    }

    // MARK: For operators

    private func addConsole(to api: APIRoutes) {
        api.get(
            "console/billing/arrears",
            "List accounts in arrears",
            for: .administrators,
            answers: ArrearsListBody.self
        ) { call in
            let found = try await billing.arrears(by: call.viewer)
            return ArrearsListBody(currency: billing.currency, items: found.map(ArrearsBody.init))
        }
        api.get(
            "console/billing/books",
            "Check the books: every entry, balance, line and second",
            for: .administrators,
            answers: BooksBody.self
        ) { call in
            let check = try await billing.checkBooks(by: call.viewer)
            return BooksBody(isRight: check.faults.isEmpty, faults: check.faults)
        }
        api.get(
            "console/billing/ledger",
            "List everything that was booked, the latest first",
            for: .administrators,
            query: [.text("account", "Only of this account.")] + APIParameter.paging,
            answers: APIPage<LedgerEntryBody>.self
        ) { call in
            let (cursor, limit) = try call.paging(standard: 50, maximum: 200)
            let name = try call.query()["account"].flatMap { $0.isEmpty ? nil : $0 }
            let found = try await billing.ledger(
                of: name,
                all: name == nil,
                after: cursor,
                limit: limit,
                by: call.viewer
            )
            return Self.page(found)
        }
        let account = "console/billing/accounts/{account}"
        api.get(account, "Show an account's balance, vouchers and debts", for: .administrators) { call in
            try await state(call.path("account"), call)
        }
        api.get(
            "\(account)/statement",
            "Show what was settled for an account",
            for: .administrators,
            query: Self.span + [Self.period],
            answers: StatementBody.self
        ) { call in try await statement(call.path("account"), call) }
        api.get(
            "\(account)/lines",
            "List the lines of an account's statement",
            for: .administrators,
            query: Self.span + APIParameter.paging,
            answers: APIPage<UsageLineBody>.self
        ) { call in try await lines(call.path("account"), call) }
        api.raw(
            .get,
            "\(account)/lines.csv",
            "Export the lines of an account's statement as a table",
            for: .administrators,
            query: Self.span,
            answer: .string(),
            answerTypes: ["text/csv"]
        ) { request, context in try await export(context.segment("account"), request, context) }
    }

    private func addMoney(to api: APIRoutes) {
        let account = "console/billing/accounts/{account}"
        addPayment("\(account)/top-ups", "Book money that was received", to: api) { name, body, viewer in
            let (amount, note) = (try Self.amount(body.amount), body.note ?? "")
            _ = try await billing.topUp(name, amount, reference: body.reference, note: note, by: viewer)
        }
        addPayment("\(account)/corrections", "Take back money that was booked by mistake", to: api) {
            name,
            body,
            viewer in
            let (amount, note) = (try Self.amount(body.amount), body.note ?? "")
            _ = try await billing.takeBack(name, amount, reference: body.reference, note: note, by: viewer)
        }
        api.send(
            .post,
            "\(account)/vouchers",
            "Grant a voucher",
            for: .administrators,
            body: NewVoucherBody.self,
            answers: GrantedVoucherBody.self,
            status: .created
        ) { call in
            try ComputeRights.mustOperate(call.viewer)
            let id = try await billing.grantVoucher(
                to: call.path("account"),
                Self.amount(call.body.amount),
                until: call.body.expiresAt,
                reference: call.body.reference,
                note: call.body.note ?? "",
                by: call.viewer
            )
            return GrantedVoucherBody(id: id)
        }
    }

    // MARK: Answers

    private func addPayment(
        _ path: String,
        _ summary: String,
        to api: APIRoutes,
        book: @escaping @Sendable (_ account: String, PaymentBody, _ viewer: Viewer) async throws -> Void
    ) {
        api.send(
            .post,
            path,
            summary,
            for: .administrators,
            body: PaymentBody.self,
            answers: BillingStateBody.self,
            status: .created
        ) { call in
            try ComputeRights.mustOperate(call.viewer)
            let name = try call.path("account")
            try await book(name, call.body, call.viewer)
            return BillingStateBody(
                try await billing.state(of: name, by: call.viewer),
                currency: billing.currency,
                now: billing.world.now()
            )
        }
    }

    private func state(_ name: String?, _ call: APICall<Void>) async throws -> BillingStateBody {
        let state = try await billing.state(of: name, by: call.viewer)
        return BillingStateBody(state, currency: billing.currency, now: billing.world.now())
    }

    private func statement(_ name: String?, _ call: APICall<Void>) async throws -> StatementBody {
        let query = try call.query()
        let period = try query.choice("period", StatementPeriod.self) ?? .day
        let statement = try await billing.statement(period, span(query), of: name, by: call.viewer)
        return StatementBody(statement, period, currency: billing.currency)
    }

    private func lines(_ name: String?, _ call: APICall<Void>) async throws -> APIPage<UsageLineBody> {
        let (cursor, limit) = try call.paging(standard: 100, maximum: 1000)
        let found = try await billing.lines(
            span(call.query()),
            after: cursor,
            limit: limit,
            of: name,
            by: call.viewer
        )
        return APIPage(items: found.lines.map(UsageLineBody.init), next: found.next)
    }

    private func export(_ name: String?, _ request: Request, _ context: GalleryContext) async throws -> Response {
        let pieces = try await billing.export(span(request.query()), of: name, by: context.viewer)
        let day = billing.world.now().wire.prefix(10)
        let headers: HTTPFields = [
            .contentType: "text/csv; charset=utf-8",
            .contentDisposition: "attachment; filename=\"usage-\(day).csv\"",
            .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        ]
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: CSV.mark + CSV.line(LinePieces.head)))
            var place: LinePlace?
            while let (rows, next) = try await pieces.piece(after: place) {
                try await writer.write(ByteBuffer(string: rows.map(CSV.line).joined()))
                place = next
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private func span(_ query: QueryParameters) throws -> StatementSpan {
        try StatementSpan(from: query["from"] ?? "", until: query["until"] ?? "", now: billing.world.now())
    }

    private static func page(_ found: (entries: [BookedEntry], next: String?)) -> APIPage<LedgerEntryBody> {
        APIPage(items: found.entries.map(LedgerEntryBody.init), next: found.next)
    }

    static func amount(_ text: String, field: String = "amount") throws(BillingError) -> Money {
        guard let amount = Money(text.trimmingCharacters(in: .whitespaces)), amount >= .zero else {
            throw .badAmount(field: field)
        }
        return amount
    }
}
