package import GalleryModel

/// What can be wrong with prices, payments and use.
package enum BillingError: DomainError, Equatable {
    case noPrice(flavor: String, region: String)
    case badAmount(field: String)
    case badNote
    case badReference
    case badExpiry
    case priceBegun
    case badPriceStart
    case unknownPrice
    case referenceTaken
    case moreThanBalance
    case unbalanced
    case inArrears
    case frozen
    case tooLittle(Money)
    case unknownAccount
    case organization
    case badPeriod
    case longPeriod
    case badCursor

    package var problem: Problem {
        switch self {
        case .noPrice(let flavor, let region):
            Problem(.conflict, "billing-no-price", "There is no price for \(flavor) in \(region): an operator sets it.")
        case .badAmount(let field):
            Problem(
                .unprocessable,
                "billing-amount",
                "Write an amount above zero with at most six places, as 12.50.",
                members: ["field": field]
            )
        case .badNote:
            Problem(
                .unprocessable,
                "billing-note",
                "A note has at most 200 characters on one line.",
                members: ["field": "note"]
            )
        case .badReference:
            Problem(
                .unprocessable,
                "billing-reference",
                "A reference has 1 to 80 letters, digits, dots, dashes and underscores.",
                members: ["field": "reference"]
            )
        case .badExpiry:
            Problem(
                .unprocessable,
                "billing-expiry",
                "A voucher ends in the future, within ten years.",
                members: ["field": "expiresAt"]
            )
        case .priceBegun:
            Problem(.conflict, "billing-price-begun", "A price that is in force, or was, cannot be taken away.")
        case .badPriceStart:
            Problem(
                .unprocessable,
                "billing-price-start",
                "A price begins now or later, within ten years: what was used is charged at the price of its time.",
                members: ["field": "startsAt"]
            )
        case .unknownPrice: Problem(.missing, "billing-price-unknown", "There is no such planned price.")
        case .referenceTaken:
            Problem(
                .conflict,
                "billing-reference-taken",
                "Something else was booked under this reference.",
                members: ["field": "reference"]
            )
        case .moreThanBalance:
            Problem(
                .conflict,
                "billing-more-than-balance",
                "Only what the balance holds can be taken back.",
                members: ["field": "amount"]
            )
        case .unbalanced: Problem(.conflict, "billing-unbalanced", "This would not balance, so it is not booked.")
        case .inArrears:
            Problem(.conflict, "billing-in-arrears", "The account owes something: top it up, then try again.")
        case .frozen:
            Problem(
                .conflict,
                "billing-frozen",
                "What is paid is frozen because of a debt: top up the account, then try again."
            )
        case .tooLittle(let price):
            Problem(
                .conflict,
                "billing-too-little",
                "Balance and vouchers must cover one hour, which costs \(price.text): top up, then try again."
            )
        case .unknownAccount: Problem(.missing, "billing-account-unknown", "There is no such account.")
        case .organization:
            Problem(
                .unprocessable,
                "billing-organization",
                "An organisation runs nothing and pays for nothing: top up the account of one of its members.",
                members: ["field": "account"]
            )
        case .badPeriod:
            Problem(.invalid, "billing-period", "Write days as in 2026-11-22, the last not before the first.")
        case .longPeriod:
            Problem(.invalid, "billing-period-long", "By hours 31 days at most, by days 366, by months ten years.")
        case .badCursor:
            Problem(.invalid, "billing-cursor", "The cursor is not one of this list: start at its beginning.")
        }
    }
}
