import ArgumentParser
import GalleryClient

/// The group `gallery-cli billing …`.
struct BillingCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "billing",
        abstract: "Show what compute costs and how it was paid",
        subcommands: [BillingShow.self, BillingStatement.self, BillingExport.self],
        defaultSubcommand: BillingShow.self
    )
}

/// Shows balance, vouchers and debts.
struct BillingShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show balance, vouchers, debts and free hours"
    )

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (state, hours) = try await Session.run { session in
            let state: APIAnswer<BillingStateBody> = try await session.api.get("billing")
            let hours: APIAnswer<FreeHoursBody> = try await session.api.get("compute/free-hours")
            return (state, hours)
        }
        output.show(state) { Self.text($0, hours.body) }
    }

    private static func text(_ state: BillingStateBody, _ hours: FreeHoursBody) -> String {
        let amount = { (text: String) in "\(text) \(state.currency)" }
        var facts = Facts()
        facts.add("Account", state.account)
        facts.add("Balance", amount(state.balance))
        facts.add("May be spent", amount(state.spendable) + " (with vouchers, less debts)")
        facts.add("Owed", state.owed == "0.00" ? nil : amount(state.owed))
        facts.add("State", Self.words(state))
        facts.add("Being metered", String(state.runningMeters))
        facts.add("Free hours left", "\(Moment.length(hours.leftSeconds)), until \(Moment.text(hours.weekEnd))")
        guard !state.vouchers.isEmpty else { return facts.text }
        var table = Table("VOUCHER", "LEFT", "OF", "UNTIL", "NOTE")
        for voucher in state.vouchers {
            table.add(voucher.id, voucher.left, voucher.amount, Moment.text(voucher.expiresAt), voucher.note)
        }
        return facts.text + "\n" + table.text
    }

    private static func words(_ state: BillingStateBody) -> String {
        let end = Moment.text(state.until)
        return switch state.state {
        case "clear": "nothing is owed"
        case "grace": "in arrears: what runs goes on until \(end); top up before"
        case "retention": "frozen: top up before \(end), or what is paid is released"
        case "released": "released: what was paid is gone; top up to start again"
        default: state.state
        }
    }
}

/// The days that are shown.
struct SpanOptions: ParsableArguments {
    @Option(help: "The first day (UTC), as in 2026-11-22; the first of this month unless given.")
    var from: String?

    @Option(help: "The last day; today unless given.")
    var until: String?

    var query: [(String, String?)] { [("from", from), ("until", until)] }
}

/// Shows what was settled.
struct BillingStatement: AsyncParsableCommand {
    enum Period: String, ExpressibleByArgument, CaseIterable { case hour, day, month }

    static let configuration = CommandConfiguration(
        commandName: "statement",
        abstract: "Show what was settled, by hours, days or months"
    )

    @Option(help: "What a row stands for.")
    var by = Period.day

    @OptionGroup var span: SpanOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = span.query + [("period", by.rawValue)]
        let answer: APIAnswer<StatementBody> = try await Session.run {
            try await $0.api.get("billing/statement", query)
        }
        output.show(answer) { statement in
            var table = Table("FROM (UTC)", "USED", "AMOUNT", "VOUCHERS", "BALANCE", "UNPAID")
            for row in statement.rows { Self.add(row, Self.start(row.start, by), to: &table) }
            Self.add(statement.total, "total (\(statement.currency))", to: &table)
            return table.text
        }
    }

    private static func add(_ row: StatementBody.Row, _ name: String, to table: inout Table) {
        table.add(name, Moment.length(row.seconds), row.amount, row.fromVouchers, row.fromBalance, row.unpaid)
    }

    private static func start(_ wire: String, _ period: Period) -> String {
        switch period {
        case .hour: String(wire.prefix(16)).replacing("T", with: " ")
        case .day: String(wire.prefix(10))
        case .month: String(wire.prefix(7))
        }
    }
}

/// Writes the lines of a statement as a table for spreadsheets.
struct BillingExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write every settled piece of use as CSV"
    )

    @OptionGroup var span: SpanOptions

    func run() async throws {
        let query = span.query
        try await Session.run { session in
            try await session.api.pieces("billing/lines.csv", query) { Console.standard.write($0) }
        }
    }
}
