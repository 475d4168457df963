package import GalleryDatabase

/// The schema of the market, in order of application; after the hub's.
package enum MarketMigrations {
    package static let all: [Migration] = WordsMigrations.all
}
