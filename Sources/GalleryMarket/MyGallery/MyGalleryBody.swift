import Foundation
import GalleryHub
import GalleryModel
import GalleryServing

/// On whose side of a request for gated use somebody stands.
enum ApplicationSide: String, Codable, CaseIterable, Sendable {
    case mine, decide
}

/// `GET /api/v1/account/counts`
struct MyCountsBody: Codable, Sendable {
    /// By kind.
    let created: [String: Int]
    let favourites: Int
    let subscriptions: Int
    let downloads: Int
    let waitingApplications: Int
    let applicationsToDecide: Int
    let inReview: Int
    let rejected: Int

    init(_ counts: MyCounts) {
        created = counts.created.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value }
        favourites = counts.favourites
        subscriptions = counts.subscriptions
        downloads = counts.downloads
        waitingApplications = counts.waitingApplications
        applicationsToDecide = counts.applicationsToDecide
        inReview = counts.inReview
        rejected = counts.rejected
    }
}

/// An asset in a list of one's own.
struct MyAssetBody: Codable, Sendable {
    let kind: RepoKind
    let name: String
    let title: String
    let state: RepoListing
    let visibility: Visibility
    let createdAt: Date
    let publishedAt: Date?
    let views: Int
    let favourites: Int
    let subscriptions: Int
    let downloads: Int

    init(_ asset: MyAsset) {
        kind = asset.kind
        name = asset.name.description
        title = asset.title
        state = asset.listing
        visibility = asset.visibility
        createdAt = asset.createdAt
        publishedAt = asset.publishedAt
        views = asset.views
        favourites = asset.favourites
        subscriptions = asset.subscriptions
        downloads = asset.downloads
    }
}

/// A request for gated use.
struct MyApplicationBody: Codable, Sendable {
    let id: String
    let kind: RepoKind
    let asset: String
    let applicant: String
    let state: GrantState
    let reason: String
    let requestedAt: Date

    init(_ application: MyApplication) {
        id = application.id
        kind = application.kind
        asset = application.name.description
        applicant = application.applicant
        state = application.state
        reason = application.reason
        requestedAt = application.requestedAt
    }
}

/// `GET /api/v1/account/growth`
struct GrowthBody: Codable, Sendable {
    let points: Int
    let hasCheckedInToday: Bool
    /// Days in a row with a check-in.
    let streak: Int

    init(_ summary: GrowthSummary) {
        points = summary.points
        hasCheckedInToday = summary.hasCheckedInToday
        streak = summary.streak
    }
}

/// One line of the ledger of growth points.
struct GrowthEntryBody: Codable, Sendable {
    let reason: GrowthReason
    let points: Int
    let at: Date
    /// The published asset, as long as it is there.
    let asset: String?

    init(_ entry: GrowthEntry) {
        reason = entry.reason
        points = entry.points
        at = entry.createdAt
        asset = entry.asset?.name.description
    }
}

struct EmailBody: Codable, Sendable {
    let email: String
}

struct CodeBody: Codable, Sendable {
    let code: String
}

struct PasswordCodeBody: Codable, Sendable {
    /// The account's name, or its confirmed e-mail address.
    let name: String
}

struct NewPasswordBody: Codable, Sendable {
    let name: String
    let code: String
    let password: String
}

/// `GET /api/v1/account/onboarding`
struct OnboardingBody: Codable, Sendable {
    let isComplete: Bool
    let hasConfirmedEmail: Bool
    /// The agreements that are still to be accepted.
    let missing: [AgreementKind]

    init(_ onboarding: Profiles.Onboarding) {
        isComplete = onboarding.isComplete
        hasConfirmedEmail = onboarding.hasConfirmedEmail
        missing = onboarding.missing
    }
}

struct OnboardingRequest: Codable, Sendable {
    let nickname: String
    let agreements: [AgreementKind]
    /// What was sent to the e-mail address; not needed once that is confirmed.
    let code: String?
}
