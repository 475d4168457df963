import Foundation
import GalleryModel
import GalleryServing

/// A price in the interface; amounts are decimal texts, which lose nothing.
struct PriceBody: Codable, Sendable {
    var flavor: String
    var region: String
    var startsAt: Date
    var perHour: String

    init(_ price: Price) {
        flavor = price.flavor
        region = price.region
        startsAt = price.start
        perHour = price.perHour.text
    }
}

/// A price as an operator sets it.
struct NewPriceBody: Codable, Sendable {
    var flavor: String
    var region: String
    /// As `12.50`.
    var perHour: String
    /// Now where it is missing.
    var startsAt: Date?
}

/// All prices, in which currency they are.
struct PricesBody: Codable, Sendable {
    var currency: String
    var items: [PriceBody]
}

/// How an account stands.
struct BillingStateBody: Codable, Sendable {
    struct Voucher: Codable, Sendable {
        var id: String
        var amount: String
        var left: String
        var expiresAt: Date
        var note: String
    }

    var account: String
    var currency: String
    /// What it has, without vouchers.
    var balance: String
    var owed: String
    /// Balance and valid vouchers, less what is owed.
    var spendable: String
    /// Used since the last full hour; it is taken when that is settled.
    var unsettled: String
    var state: Standing.State
    var since: Date?
    /// When the next step comes unless the debt is paid.
    var until: Date?
    var vouchers: [Voucher]
    var runningMeters: Int

    init(_ state: BillingState, currency: String, now: Date) {
        account = state.name
        self.currency = currency
        balance = state.holdings.wallet.text
        owed = state.holdings.owed.text
        spendable = state.holdings.spendable(at: now).text
        unsettled = state.unsettled.text
        self.state = state.standing.state
        since = state.standing.since.timeIntervalSince1970 > 0 ? state.standing.since : nil
        until = state.standing.until
        vouchers = state.vouchers.map { voucher in
            Voucher(
                id: voucher.id,
                amount: voucher.amount.text,
                left: (state.holdings.left(of: voucher)).text,
                expiresAt: voucher.expiresAt,
                note: voucher.note
            )
        }
        runningMeters = state.running
    }
}

/// Money that comes in or is taken back.
struct PaymentBody: Codable, Sendable {
    /// As `12.50`.
    var amount: String
    /// Names the payment: the same reference books the same thing once.
    var reference: String
    var note: String?
}

/// A voucher as an operator grants it.
struct NewVoucherBody: Codable, Sendable {
    var amount: String
    /// Rounded up to a full hour.
    var expiresAt: Date
    var reference: String
    var note: String?
}

/// A voucher that was granted.
struct GrantedVoucherBody: Codable, Sendable {
    var id: String
}

/// A statement.
struct StatementBody: Codable, Sendable {
    struct Row: Codable, Sendable {
        var start: Date
        var seconds: Int64
        var amount: String
        var fromVouchers: String
        var fromBalance: String
        var unpaid: String

        init(_ row: StatementRow) {
            start = row.start
            seconds = row.seconds
            amount = row.amount.text
            fromVouchers = row.fromVouchers.text
            fromBalance = row.fromBalance.text
            unpaid = row.unpaid.text
        }
    }

    var currency: String
    var period: StatementPeriod
    var rows: [Row]
    var total: Row

    init(_ statement: Statement, _ period: StatementPeriod, currency: String) {
        self.currency = currency
        self.period = period
        rows = statement.rows.map(Row.init)
        total = Row(statement.total)
    }
}

/// A settled piece of use.
struct UsageLineBody: Codable, Sendable {
    var run: String
    var flavor: String
    var region: String
    var tariff: Tariff
    var start: Date
    var end: Date
    var seconds: Int64
    var pricePerHour: String
    var amount: String

    init(_ line: UsageLine) {
        run = line.run
        flavor = line.used.flavor
        region = line.used.region
        tariff = line.used.tariff
        start = line.start
        end = line.end
        seconds = line.seconds
        pricePerHour = line.price.text
        amount = line.amount.text
    }
}

/// An entry of the ledger.
struct LedgerEntryBody: Codable, Sendable {
    struct Side: Codable, Sendable {
        var place: LedgerPlace
        /// The voucher's id where the place is one.
        var voucher: String?
        var amount: String
    }

    var id: String
    var kind: LedgerKind
    var account: String
    var actor: String?
    /// The hour that a charge is for.
    var hour: Date?
    var note: String
    var at: Date
    /// They add up to nothing.
    var postings: [Side]

    init(_ entry: BookedEntry) {
        id = entry.id
        kind = entry.kind
        account = entry.account
        actor = entry.actor
        hour = entry.hour
        note = entry.note
        at = entry.at
        postings = entry.postings.map { posting in
            Side(
                place: posting.place,
                voucher: posting.voucher.isEmpty ? nil : posting.voucher,
                amount: posting.amount.text
            )
        }
    }
}

/// An account in arrears.
struct ArrearsBody: Codable, Sendable {
    var account: String
    var state: Standing.State
    var since: Date
    var until: Date?
    var owed: String

    init(_ entry: ArrearsEntry) {
        account = entry.name
        state = entry.standing.state
        since = entry.standing.since
        until = entry.standing.until
        owed = entry.owed.text
    }
}

/// All of them.
struct ArrearsListBody: Codable, Sendable {
    var currency: String
    var items: [ArrearsBody]
}

/// Whether the books are right.
struct BooksBody: Codable, Sendable {
    var isRight: Bool
    var faults: [BooksCheck.Fault]
}
