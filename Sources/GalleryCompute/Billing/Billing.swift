package import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel
package import GalleryServing

/// What use costs and who paid for it: prices, balances, vouchers, statements and arrears.
package struct Billing: Sendable {
    static let longest: TimeInterval = 3660 * 86_400

    let database: any Database
    let world: World
    package let metering: Metering
    package let settlement: Settlement
    /// What amounts are counted in.
    package let currency: String
    package var terms: BillingTerms { settlement.terms }

    /// `observers` are told when an account's standing changes.
    package init(
        database: any Database,
        world: World,
        settings: Settings.Billing,
        observers: [StandingObserver] = []
    ) {
        self.database = database
        self.world = world
        currency = settings.currency
        metering = Metering(world: world)
        settlement = Settlement(
            database: database,
            world: world,
            terms: BillingTerms(graceHours: settings.graceHours, retentionHours: settings.retentionHours),
            observers: observers
        )
    }

    package func register(in handlers: inout JobHandlers) {
        handlers.on(SettleJob.self) { [settlement] _ in try await settlement.settleAll() }
        handlers.on(ArrearsJob.self) { [settlement] _ in try await settlement.tick() }
        // What is due appears at full hours, and when the last word of a run comes later.
        handlers.every(.seconds(120), enqueue: SettleJob())
        handlers.every(.seconds(600), enqueue: ArrearsJob())
    }

    // MARK: For whoever runs things

    /// Refuses what could not be paid for: in arrears, or with less than one hour's price. Asked before something is
    /// started; the meter itself asks only that nothing is frozen.
    package func demandMayStart(_ used: UsedFlavor, by account: AccountID, _ db: any SQLConnection) throws {
        guard used.tariff == .paid else { return }
        let standing = try db.standing(of: account)
        guard !standing.isFrozen else { throw BillingError.frozen }
        let holdings = try db.holdings(of: account)
        guard holdings.owed == .zero else { throw BillingError.inArrears }
        let now = world.now()
        guard let price = try PriceHistory(db.prices(of: used.flavor, in: used.region)).price(at: now) else {
            throw BillingError.noPrice(flavor: used.flavor, region: used.region)
        }
        guard holdings.spendable(at: now) >= price else { throw BillingError.tooLittle(price) }
    }

    /// Refuses while what is paid is frozen.
    package func demandNotFrozen(_ account: AccountID, _ db: any SQLConnection) throws {
        guard try !db.standing(of: account).isFrozen else { throw BillingError.frozen }
    }

    // MARK: Prices

    /// The prices in force and those to come; all of them since `time` where it is given.
    package func prices(since time: Date? = nil) async throws -> [Price] {
        let time = time ?? world.now()
        return try await database.read { db in try db.prices(since: time) }
    }

    /// Sets what an hour costs from `start` on, from now on where it is nil. What was used before keeps its price.
    @discardableResult
    package func setPrice(
        of flavor: String,
        in region: String,
        perHour: Money,
        from start: Date? = nil,
        by viewer: Viewer
    ) async throws -> Price {
        let me = try ComputeRights.mustOperate(viewer)
        guard perHour >= .zero, perHour <= .largest else { throw BillingError.badAmount(field: "perHour") }
        return try await database.write { [world] db in
            // Asked for inside: had this waited for its turn, the hour before might be settled.
            let now = world.now()
            let first = ClockTime.nextSecond(now)
            let begin = start.map(ClockTime.nextSecond) ?? first
            guard begin >= first, begin.timeIntervalSince(now) < Self.longest else { throw BillingError.badPriceStart }
            let price = Price(flavor: flavor, region: region, start: begin, perHour: perHour)
            try FlavorPlace.demand(flavor, in: region, db)
            try db.save(price, at: now)
            let detail = ["region": region, "price": perHour.text, "start": begin.wire]
            try db.audit("billing.set-price", on: flavor, by: me.id, detail: detail, world: world)
            return price
        }
    }

    /// Takes a price away that has not begun.
    package func dropPrice(of flavor: String, in region: String, from start: Date, by viewer: Viewer) async throws {
        let me = try ComputeRights.mustOperate(viewer)
        try await database.write { db in
            // Asked for inside: had this waited for its turn, the price might be in force, and hours settled at it.
            guard start > ClockTime.nextSecond(world.now()) else { throw BillingError.priceBegun }
            guard try db.deletePrice(of: flavor, in: region, from: start) else { throw BillingError.unknownPrice }
            let detail = ["region": region, "start": start.wire]
            try db.audit("billing.drop-price", on: flavor, by: me.id, detail: detail, world: world)
        }
    }

    // MARK: Money in

    /// Books money that an operator received. Debts are paid at once, and arrears end with the last of them. The same
    /// reference books the same thing once.
    @discardableResult
    package func topUp(
        _ name: String,
        _ amount: Money,
        reference: String,
        note: String = "",
        by viewer: Viewer
    ) async throws -> Holdings {
        try await pay(name, amount, .topUp, reference, note, by: viewer) { holdings in holdings.topUp(amount) }
    }

    /// Takes back what was topped up by mistake.
    @discardableResult
    package func takeBack(
        _ name: String,
        _ amount: Money,
        reference: String,
        note: String = "",
        by viewer: Viewer
    ) async throws -> Holdings {
        try await pay(name, amount, .correction, reference, note, by: viewer) { holdings in
            try holdings.takeBack(amount)
        }
    }

    private func pay(
        _ name: String,
        _ amount: Money,
        _ kind: LedgerKind,
        _ reference: String,
        _ note: String,
        by viewer: Viewer,
        _ postings: @escaping @Sendable (inout Holdings) throws -> [Posting]
    ) async throws -> Holdings {
        let me = try ComputeRights.mustOperate(viewer)
        let key = try Self.key(kind, amount, reference, note)
        let now = world.now()
        return try await database.write { [world, settlement] db in
            let account = try db.billed(name, getsMoney: kind == .topUp)
            var holdings = try db.holdings(of: account)
            if let there = try db.ledgerEntry(key: key) {
                let moved = there.postings.first { $0.place == .cash }?.amount
                guard there.account == account, moved == (kind == .topUp ? -amount : amount) else {
                    throw BillingError.referenceTaken
                }
                return holdings
            }
            let entry = try LedgerEntry(kind, of: account, key: key, note: note, postings(&holdings))
            _ = try db.book(entry, id: world.newID(), by: me.id, at: now)
            let detail = ["amount": amount.text, "reference": reference, "note": note]
            let action = kind == .topUp ? "billing.top-up" : "billing.take-back"
            try db.audit(action, on: account.rawValue, by: me.id, detail: detail, world: world)
            try settlement.review(account, owing: holdings.owed, at: now, db)
            return holdings
        }
    }

    /// Gives a voucher, which pays for use within the time until `end`, before the balance does.
    @discardableResult
    package func grantVoucher(
        to name: String,
        _ amount: Money,
        until end: Date,
        reference: String,
        note: String = "",
        by viewer: Viewer
    ) async throws -> String {
        let me = try ComputeRights.mustOperate(viewer)
        let key = try Self.key(.voucher, amount, reference, note)
        let now = world.now()
        guard end > now, end.timeIntervalSince(now) < Self.longest else { throw BillingError.badExpiry }
        let expiry = ClockTime.nextHour(end)
        return try await database.write { [world] db in
            let account = try db.billed(name, getsMoney: true)
            if let there = try db.ledgerEntry(key: key) {
                let given = there.postings.first { $0.place == .voucher }
                guard there.account == account, given?.amount == amount else { throw BillingError.referenceTaken }
                return given?.voucher ?? ""
            }
            let id = world.newID()
            try db.insertVoucher(id, amount, for: account, until: expiry, note: note, at: now)
            let postings = [
                Posting(place: .promotion, amount: -amount), Posting(place: .voucher, voucher: id, amount: amount),
            ]
            let entry = try LedgerEntry(.voucher, of: account, key: key, note: note, postings)
            _ = try db.book(entry, id: world.newID(), by: me.id, at: now)
            let detail = ["amount": amount.text, "reference": reference, "note": note, "until": expiry.wire]
            try db.audit("billing.grant-voucher", on: account.rawValue, by: me.id, detail: detail, world: world)
            return id
        }
    }

    private static func key(
        _ kind: LedgerKind,
        _ amount: Money,
        _ reference: String,
        _ note: String
    ) throws(BillingError) -> String {
        guard amount > .zero, amount <= .largest else { throw .badAmount(field: "amount") }
        guard note.count <= 200, !note.contains(where: { $0.isNewline || $0 == "\0" }) else { throw .badNote }
        let isPlain = reference.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard isPlain, (1...80).contains(reference.utf8.count) else { throw .badReference }
        return "\(kind.rawValue) \(reference)"
    }
}

extension SQLConnection {
    /// The account by its name. Money is for people alone: nothing is run in the name of an organisation, so that nothing could
    /// be paid with it.
    func billed(_ name: String, getsMoney: Bool = false) throws -> AccountID {
        guard let account = try account(named: name) else { throw BillingError.unknownAccount }
        guard !getsMoney || account.kind == .user else { throw BillingError.organization }
        return account.id
    }
}
