package import GalleryDatabase

/// The schema of compute, in order of application; after the hub's and the market's.
package enum ComputeMigrations {
    package static let all: [Migration] =
        FlavorMigrations.all + RunMigrations.all + TrainingMigrations.all
        + BillingMigrations.all + ServiceMigrations.all + AppMigrations.all + FitMigrations.all
}
