/// How an account stands.
struct BillingStateBody: Decodable, Sendable {
    struct Voucher: Decodable, Sendable {
        var id: String
        var amount: String
        var left: String
        var expiresAt: String
        var note: String
    }

    var account: String
    var currency: String
    var balance: String
    var owed: String
    var spendable: String
    var state: String
    var until: String?
    var vouchers: [Voucher]
    var runningMeters: Int
}

/// The free hours of this week.
struct FreeHoursBody: Decodable, Sendable {
    var weekEnd: String
    var grantedSeconds: Int64
    var leftSeconds: Int64
}

/// A statement.
struct StatementBody: Decodable, Sendable {
    struct Row: Decodable, Sendable {
        var start: String
        var seconds: Int64
        var amount: String
        var fromVouchers: String
        var fromBalance: String
        var unpaid: String
    }

    var currency: String
    var rows: [Row]
    var total: Row
}
