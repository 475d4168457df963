import Foundation
import GalleryModel
import GalleryServing

/// An app as everybody sees it.
struct AppBody: Codable, Sendable {
    var id: String
    var name: String
    var owner: String
    var purpose: AppPurpose
    /// `owner/name` of what it was made of.
    var source: String
    var commit: String
    var licence: String?
    var description: String
    var cover: String?
    /// Whether it answers now.
    var isOpen: Bool
    /// Its page.
    var path: String
    var createdAt: Date

    init(_ standing: AppStanding) { self.init(standing.app, isOpen: standing.isOpen) }

    init(_ app: AIApp, isOpen: Bool) {
        id = app.id
        name = app.name
        owner = app.owner
        purpose = app.purpose
        source = app.repoName.description
        commit = app.commit
        licence = app.licence.isEmpty ? nil : app.licence
        description = app.about
        cover = AppCover.path(app, isLarge: true)
        self.isOpen = isOpen
        path = "/apps/\(app.id)"
        createdAt = app.createdAt
    }
}

/// An app as its owner and administrators see it.
struct MyAppBody: Codable, Sendable {
    var app: AppBody
    var state: AppCondition
    /// Why it ended, or fell last; missing where nothing is to be said.
    var reason: RunReason?
    /// How often in a row it fell.
    var failures: Int
    var retryAt: Date?
    var flavor: String
    var region: String
    var tariff: Tariff
    /// After how many hours a start ends; missing where there is no limit.
    var hours: Int?
    var run: RunBody?

    init(_ standing: AppStanding) {
        let own = standing.app
        app = AppBody(standing)
        state = standing.condition
        reason = own.reason.code.isEmpty ? nil : own.reason
        failures = own.failures
        retryAt = own.retryAt
        flavor = own.used.flavor
        region = own.used.region
        tariff = own.used.tariff
        hours = own.hours
        run = standing.run.map(RunBody.init)
    }
}

struct NewAppBody: Codable, Sendable {
    var name: String
    /// chat and question-answering of a model, own of a repository of the kind app.
    var purpose: AppPurpose
    /// `owner/name`
    var source: String
    var flavor: String
    var region: String?
    var tariff: Tariff?
    /// After how many hours it ends; without end unless given.
    var hours: Int?
    var licence: String?
    var description: String?

    func draft() throws -> AppDraft {
        guard let source = RepoName(source) else { throw AppError.badSource }
        return AppDraft(
            text: AppText(name: name, licence: licence ?? "", about: description ?? ""),
            purpose: purpose,
            source: source,
            used: UsedFlavor(flavor: flavor, region: region ?? Region.local, tariff: tariff ?? .paid),
            hours: hours
        )
    }
}

/// What of an app is to be said otherwise; what is left out stays.
struct AppChangeBody: Codable, Sendable {
    var name: String?
    var licence: String?
    var description: String?
}

/// On what an app starts; what is left out stays as it was.
struct AppStartBody: Codable, Sendable {
    var flavor: String?
    var region: String?
    var tariff: Tariff?
    var hours: Int?
}

struct AppCoverBody: Codable, Sendable { var cover: String? }

/// Where a program of somebody's own answers, and until when.
struct AppPageBody: Codable, Sendable {
    var path: String
    var until: Date
}
