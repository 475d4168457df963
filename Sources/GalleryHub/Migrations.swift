package import GalleryDatabase
import GalleryServing

/// The schema of the hub, in order of application.
package enum HubMigrations {
    package static let all: [Migration] =
        IdentityMigrations.all + ContentMigrations.all + RepositoriesMigrations.all + ContentMigrations.references
        + FilesMigrations.all + XetMigrations.all + JobMigrations.all + LikesMigrations.all + GatingMigrations.all
        + DiscussionsMigrations.all + CollectionsMigrations.all + WebhooksMigrations.all
        + NotificationsMigrations.all
        + IdentityMigrations.additions
        + RepositoriesMigrations.listing
        + RepositoriesMigrations.keeping
        + GatingMigrations.reminders
        + RepositoriesMigrations.counters
        + ContentRun.migrations
        + RepositoriesMigrations.weights
        + RepositoriesMigrations.names

    /// The schema of the volatile database.
    package static let volatile: [Migration] = RepositoriesMigrations.volatile
}
