import Foundation
import GalleryHub
import GalleryModel
import GalleryServing

/// `/my`
struct MyHomePage: Page {
    static let template = "my/home"

    struct Kind {
        let text: String
        let icon: String
        let count: String
        let path: String
    }

    struct Waiting {
        let text: String
        let path: String
    }

    let menu: [SideEntry]
    let growth: GrowthCard
    let kinds: [Kind]
    let waiting: [Waiting]
    let latest: [MyAssetRow]
}

/// Growth points at a glance, for `my/growth-card`.
struct GrowthCard: Sendable {
    let points: String
    let hasCheckedIn: Bool
    let streak: String?
    let reward: String

    init(_ summary: GrowthSummary, _ context: GalleryContext) {
        points = context.formats.number(summary.points)
        hasCheckedIn = summary.hasCheckedInToday
        streak = summary.streak > 0 ? context.say("growth.streak", count: summary.streak) : nil
        reward = context.say("growth.reward", count: summary.checkInPoints)
    }
}

/// One asset in a list of one's own.
struct MyAssetRow: Sendable {
    let repo: String
    let name: String
    let title: String?
    let path: String
    let icon: String
    let state: Badge
    let since: Moment
    let published: Moment?
    /// When the viewer last fetched files of it, in the list of downloads.
    let downloaded: Moment?
    let views: String
    let favourites: String
    let subscriptions: String
    let downloads: String

    init(_ asset: MyAsset, since: Date, now: Date, isDownload: Bool = false, _ context: GalleryContext) {
        let formats = context.formats
        repo = asset.repo.rawValue
        name = asset.name.description
        title = asset.title.isEmpty ? nil : asset.title
        path = "/\(asset.kind.pathPrefix)\(asset.name)"
        icon = MyMenu.kinds.contains(asset.kind) ? asset.kind.rawValue : "file"
        state = (asset.isDisabled ? .frozen : StateBadge(asset.listing)).badge(context.words)
        self.since = formats.moment(since, now: now)
        published = asset.publishedAt.map { formats.moment($0, now: now) }
        downloaded = isDownload ? self.since : nil
        views = formats.count(asset.views)
        favourites = formats.count(asset.favourites)
        subscriptions = formats.count(asset.subscriptions)
        downloads = formats.count(asset.downloads)
    }
}

extension StateBadge {
    init(_ listing: RepoListing) {
        self =
            switch listing {
            case .draft: .draft
            case .inReview: .inReview
            case .published: .published
            case .delisted: .delisted
            case .rejected: .rejected
            }
    }

    init(_ state: GrantState) {
        self =
            switch state {
            case .pending: .pending
            case .accepted: .granted
            case .rejected: .refused
            }
    }
}

/// `/my/models` and its like, and `/my/downloads`.
struct MyAssetsPage: Page {
    static let template = "my/assets"

    let menu: [SideEntry]
    let heading: String
    let lead: String
    let path: String
    let text: String
    let assets: [MyAssetRow]
    let emptyText: String
    let pager: Pager
    var states: [FormChoice] = []
    var kinds: [FormChoice] = []
    /// Whether the list is empty even without a filter.
    var isBare = false
    /// Where a new asset of this kind is made.
    var newPath: String?
    /// What can be done to chosen rows.
    var actions: [MyBulkPages.Action] = []
    var hasStates = false
    var hasKinds = false
    var hasBulk = false
}

/// `/my/applications`
struct MyApplicationsPage: Page {
    static let template = "my/applications"

    struct Entry {
        let name: String
        let title: String?
        let path: String
        let icon: String
        let applicant: String?
        let nickname: String?
        let state: Badge
        let reason: String?
        let requested: Moment
        let decidePath: String?
        let isPending: Bool

        init(_ application: MyApplication, toDecide: Bool, now: Date, _ context: GalleryContext) {
            name = application.name.description
            title = application.title.isEmpty ? nil : application.title
            path = "/\(application.kind.pathPrefix)\(application.name)"
            icon = MyMenu.kinds.contains(application.kind) ? application.kind.rawValue : "file"
            applicant = toDecide ? application.applicant : nil
            let isNamed = toDecide && application.applicantNickname != application.applicant
            nickname = isNamed ? application.applicantNickname : nil
            state = StateBadge(application.state).badge(context.words)
            reason = application.reason.isEmpty ? nil : application.reason
            requested = context.formats.moment(application.requestedAt, now: now)
            isPending = application.state == .pending
            decidePath =
                toDecide ? "\(path)/settings/access" + (isPending ? "" : "?state=\(application.state.rawValue)") : nil
        }
    }

    let menu: [SideEntry]
    let toDecide: Bool
    let decideCount: String?
    let states: [FormChoice]
    let applications: [Entry]
    let pager: Pager
}

/// `/my/growth`
struct GrowthPage: Page {
    static let template = "my/growth"

    struct Entry {
        let text: String
        let asset: String?
        let path: String?
        let points: String
        let at: Moment

        init(_ entry: GrowthEntry, now: Date, _ context: GalleryContext) {
            text = context.say("growth.\(entry.reason.rawValue)")
            asset = entry.asset?.name.description
            path = entry.asset.map { "/\($0.kind.pathPrefix)\($0.name)" }
            points = "+\(context.formats.number(entry.points))"
            at = context.formats.moment(entry.createdAt, now: now)
        }
    }

    let menu: [SideEntry]
    let growth: GrowthCard
    let publicationPoints: String
    let entries: [Entry]
    let pager: Pager
}
