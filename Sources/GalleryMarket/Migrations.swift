package import GalleryDatabase

/// The schema of the market, in order of application; after the hub's.
package enum MarketMigrations {
    package static let all: [Migration] =
        WordsMigrations.all + AgreementsMigrations.all + PublishingMigrations.all + VersionsMigrations.all
        + RelationsMigrations.all + CoversMigrations.all + SubscriptionsMigrations.all
        + CommentsMigrations.all + MailMigrations.all
        + AssetsMigrations.all
        + DiscoveryMigrations.all
        + GrowthMigrations.all + EmailCodesMigrations.all
        + MarksMigrations.all + SiteSettingsMigrations.all
        + UploadsMigrations.all
        + ShownOnceMigrations.all
}
