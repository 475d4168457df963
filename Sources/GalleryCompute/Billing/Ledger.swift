package import Foundation
package import GalleryDatabase
package import GalleryModel

/// An account of the books. What the gallery owes somebody stands there with a plus, what somebody owes with a minus.
package enum LedgerPlace: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// What came in through an operator.
    case cash
    /// What vouchers cost the gallery.
    case promotion
    /// What was used.
    case revenue
    /// Somebody's balance; never below zero.
    case wallet
    /// What somebody could not pay; never above zero.
    case owed
    /// What is left of a voucher; never below zero.
    case voucher
}

/// Why something was booked.
package enum LedgerKind: String, Sendable, Codable, CaseIterable, SQLConvertible {
    case charge
    case topUp = "top-up"
    case correction
    case voucher
    case lapse
}

/// One side of an entry.
package struct Posting: Sendable, Equatable {
    package var place: LedgerPlace
    /// Its id where the place is a voucher, else empty.
    package var voucher = ""
    package var amount: Money
}

/// What was booked at once. Its postings add up to nothing, or it is not an entry.
package struct LedgerEntry: Sendable, Equatable {
    package let kind: LedgerKind
    package let account: AccountID
    /// Says what it is for, so that a repetition books nothing.
    package let key: String
    /// The hour that a charge is for.
    package let hour: Date?
    package let note: String
    package let postings: [Posting]

    package init(
        _ kind: LedgerKind,
        of account: AccountID,
        key: String,
        hour: Date? = nil,
        note: String = "",
        _ postings: [Posting]
    ) throws(BillingError) {
        guard postings.reduce(Money.zero, { $0 + $1.amount }) == .zero else { throw .unbalanced }
        self.kind = kind
        self.account = account
        self.key = key
        self.hour = hour
        self.note = note
        self.postings = postings.filter { $0.amount != .zero }
    }
}

/// A voucher: an amount that pays for use until it ends, and is no money otherwise.
package struct Voucher: Record, Equatable {
    package let id: String
    package let account: AccountID
    package let amount: Money
    /// A full hour.
    package let expiresAt: Date
    package let note: String
    package let createdAt: Date

    package init(row: Row) throws {
        id = try row.get("id")
        account = try row.get("account")
        amount = Money(micros: try row.get("amount"))
        expiresAt = try row.get("expires_at")
        note = try row.get("note")
        createdAt = try row.get("created_at")
    }
}

/// What somebody has: vouchers, money, debts.
package struct Holdings: Sendable, Equatable {
    package struct Rest: Sendable, Equatable {
        package var voucher: String
        package var left: Money
        package var expiresAt: Date

        package init(voucher: String, left: Money, expiresAt: Date) {
            (self.voucher, self.left, self.expiresAt) = (voucher, left, expiresAt)
        }
    }

    package var wallet = Money.zero
    /// What is to be paid; zero or more.
    package var owed = Money.zero
    /// Those with something left, whether they are still valid or not.
    package var vouchers: [Rest] = []

    package init(wallet: Money = .zero, owed: Money = .zero, vouchers: [Rest] = []) {
        (self.wallet, self.owed, self.vouchers) = (wallet, owed, vouchers)
    }

    /// What can be spent on use at `time`.
    package func spendable(at time: Date) -> Money {
        vouchers.reduce(wallet - owed) { $1.expiresAt > time ? $0 + $1.left : $0 }
    }

    /// What is left of a voucher.
    package func left(of voucher: Voucher) -> Money { vouchers.first { $0.voucher == voucher.id }?.left ?? .zero }

    /// Pays for use within an hour that ends at `end`: with the vouchers that end first, then with the balance; the rest is
    /// owed.
    mutating func pay(_ amount: Money, hourEnding end: Date) -> [Posting] {
        var (rest, postings) = (amount, [Posting(place: .revenue, amount: amount)])
        let order = vouchers.indices.sorted {
            (vouchers[$0].expiresAt, vouchers[$0].voucher) < (vouchers[$1].expiresAt, vouchers[$1].voucher)
        }
        for index in order where vouchers[index].expiresAt >= end {
            let part = min(rest, vouchers[index].left)
            vouchers[index].left -= part
            rest -= part
            postings.append(Posting(place: .voucher, voucher: vouchers[index].voucher, amount: -part))
        }
        let part = min(rest, wallet)
        wallet -= part
        owed += rest - part
        postings.append(Posting(place: .wallet, amount: -part))
        postings.append(Posting(place: .owed, amount: part - rest))
        return postings
    }

    /// Money comes in: debts are paid first.
    mutating func topUp(_ amount: Money) -> [Posting] {
        let part = min(amount, owed)
        owed -= part
        wallet += amount - part
        return [
            Posting(place: .cash, amount: -amount), Posting(place: .owed, amount: part),
            Posting(place: .wallet, amount: amount - part),
        ]
    }

    /// Takes back what was topped up by mistake; at most what is there.
    mutating func takeBack(_ amount: Money) throws(BillingError) -> [Posting] {
        guard amount <= wallet else { throw .moreThanBalance }
        wallet -= amount
        return [Posting(place: .cash, amount: amount), Posting(place: .wallet, amount: -amount)]
    }
}
