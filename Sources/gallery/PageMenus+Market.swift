import GalleryCompute
import GalleryMarket
import GalleryServing

extension PageMenus {
    /// The market's menus, for the pages of compute that stand beside its own.
    init(_ market: MarketSlices) {
        self.init { current, context in
            ConsoleMenu.entries(current, context)
        } mine: { current, context in
            MyMenu.entries(current, try await market.mine.counts(by: context.viewer), context)
        }
        secrets = OneTimeSecrets { secret, page, context in
            try await market.shownOnce.keep(secret, for: page, session: context.formToken, by: context.viewer)
        } take: { page, context in
            try await market.shownOnce.take(for: page, session: context.formToken, by: context.viewer)
        }
    }
}
