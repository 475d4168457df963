import GalleryModel
package import GalleryServing

/// `components/flavor-picker`: the choice of a flavor within a form. What cannot be chosen is there, grey, with the reason.
package struct FlavorPicker: Sendable {
    struct Row: Sendable {
        let value: String
        let name: String
        let hardware: String
        let region: String
        let price: String
        /// Behind the price.
        let unit: String
        let isChosen: Bool
        let isDisabled: Bool
        let reason: String?
        let fit: Badge?
        let fitText: String?
    }

    /// What the form calls it.
    package static let field = "flavor"

    let field: String
    let flavorRows: [Row]
    let isEmpty: Bool
    let error: String?

    /// `chosen` is what was sent; without one the first that fits stands chosen. `free` is nil for who is not signed in;
    /// `need` tells how many bytes of memory a flavor must have for what is to be run, nil where that is not known.
    package init(
        _ offers: [FlavorOffer],
        chosen: UsedFlavor? = nil,
        free: FreeHours?,
        currency: String,
        error: String? = nil,
        need: (Flavor) -> Int64? = { _ in nil },
        _ context: GalleryContext
    ) {
        field = Self.field
        self.error = error
        let found = offers.map { offer in
            Candidate(offer, free: free, fit: need(offer.flavor).map { FlavorFit(neededBytes: $0, in: offer.flavor) })
        }
        // What can be chosen comes first.
        let sorted = found.filter(\.isOpen) + found.filter { !$0.isOpen }
        let standing =
            sorted.first { $0.isOpen && $0.offer.used == chosen } ?? sorted.first { $0.isOpen && $0.isComfortable }
            ?? sorted.first(where: \.isOpen)
        flavorRows = sorted.map { $0.row(isChosen: $0.offer.used == standing?.offer.used, free, currency, context) }
        isEmpty = flavorRows.isEmpty
    }

    private struct Candidate {
        let offer: FlavorOffer
        let isUsed: Bool
        let fit: FlavorFit?

        init(_ offer: FlavorOffer, free: FreeHours?, fit: FlavorFit?) {
            self.offer = offer
            self.fit = fit
            isUsed = offer.tariff == .free && free.map { $0.left <= 0 } ?? false
        }

        var isOpen: Bool { offer.obstacle == nil && !isUsed }
        var isComfortable: Bool { fit.map { $0.state == .fits } ?? true }

        func row(isChosen: Bool, _ free: FreeHours?, _ currency: String, _ context: GalleryContext) -> Row {
            let row = FlavorRow(offer, currency, context)
            var reason = row.reason
            if reason == nil, isUsed { reason = context.say("flavors.pick.used") }
            var unit = ""
            switch offer.tariff {
            case .paid: if offer.price != nil { unit = context.say("flavors.pick.hour") }
            case .free: if let free { unit = Self.left(free, context) }
            }
            return Row(
                value: offer.used.text,
                name: row.name,
                hardware: row.hardware,
                region: row.regionName,
                price: row.price ?? (offer.tariff == .free ? row.tariffName : "–"),
                unit: unit,
                isChosen: isChosen,
                isDisabled: !isOpen,
                reason: reason,
                fit: fit.map { FlavorPicker.badge($0, context) },
                fitText: fit.map { fit in
                    let values = ["needed": GiB.text(fit.neededBytes), "there": GiB.text(fit.thereBytes)]
                    return context.say("flavors.fit.memory", values)
                }
            )
        }

        private static func left(_ free: FreeHours, _ context: GalleryContext) -> String {
            free.left < 3600
                ? context.say("flavors.pick.left.minutes", count: Int(free.left / 60))
                : context.say("flavors.pick.left.hours", count: Int(free.left / 3600))
        }
    }

    static func badge(_ fit: FlavorFit, _ context: GalleryContext) -> Badge {
        switch fit.state {
        case .fits: Badge(context.say("flavors.fit.fits"), .positive, icon: "check")
        case .tight: Badge(context.say("flavors.fit.tight"), .warning, icon: "warning")
        case .small: Badge(context.say("flavors.fit.small"), .danger, icon: "warning")
        }
    }
}

extension UsedFlavor {
    /// As forms and addresses name it: `cpu-2/local/free`.
    package var text: String { "\(flavor)/\(region)/\(tariff.rawValue)" }

    /// Reads `text`; nil for what is not one.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let tariff = Tariff(rawValue: parts[2]), !parts[0].isEmpty, !parts[1].isEmpty else {
            return nil
        }
        self.init(flavor: parts[0], region: parts[1], tariff: tariff)
    }
}
