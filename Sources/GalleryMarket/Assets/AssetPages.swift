import Foundation
import GalleryHub
import GalleryModel
package import GalleryServing
package import HTTPTypes
package import Hummingbird

/// A page of an asset's that its tabs lead to.
package enum AssetTab: String, Sendable, CaseIterable {
    case introduction, files, versions, discussions, comments, related, settings

    /// Behind the asset's own address.
    var path: String {
        switch self {
        case .introduction: ""
        case .files: "/tree/main"
        case .versions, .discussions, .comments, .related, .settings: "/\(rawValue)"
        }
    }

    var icon: String {
        switch self {
        case .introduction: "info"
        case .files: "folder"
        case .versions: "tag"
        case .discussions: "branch"
        case .comments: "comment"
        case .related: "link"
        case .settings: "settings"
        }
    }
}

/// What the slices put on the pages of every asset. A part gives HTML that it has made, or nothing.
package struct AssetParts: Sendable {
    package typealias Part = @Sendable (Asset, Request, GalleryContext) async throws -> String

    /// The tabs that have pages, in order.
    package var tabs: [AssetTab] = [.introduction, .files, .discussions]
    /// Behind the name: badges of state.
    package var badges: [Part] = []
    /// At the right of the name: buttons.
    package var actions: [Part] = []
    /// First in the column beside the introduction: may I use it?
    package var side: [Part] = []
    /// Last in that column: relations, versions.
    package var sideEnd: [Part] = []
    /// Above files at a revision: what is to be said of them as they are there, with `isChange` also that all is well.
    package var notes: [@Sendable (Asset, String, _ isChange: Bool, Request, GalleryContext) async throws -> String] =
        []
    /// How many things a tab leads to, where that is told.
    package var counts: [AssetTab: @Sendable (Asset, GalleryContext) async throws -> Int] = [:]
    /// Whether `/upload/REV` is there.
    package var hasUpload = false
    /// Told of every page that is looked at.
    package var visited: (@Sendable (Asset, Request, GalleryContext) async -> Void)?

    package init() {}
}

/// Pages below the address of an asset: finds the asset for them, and gives them its head and tabs.
package struct AssetPages: Sendable {
    package typealias Handler = @Sendable (Request, GalleryContext, Asset) async throws -> Response

    package let assets: Assets
    package let pages: Pages
    package var parts: AssetParts

    package init(assets: Assets, pages: Pages, parts: AssetParts = AssetParts()) {
        self.assets = assets
        self.pages = pages
        self.parts = parts
    }

    /// A page at `/OWNER/NAME` + `path`, for every kind that has pages.
    package func get(_ path: String, _ router: some RouterMethods<GalleryContext>, use handler: @escaping Handler) {
        on(.get, path, router, handler)
    }

    /// What a form there does.
    package func post(_ path: String, _ router: some RouterMethods<GalleryContext>, use handler: @escaping Handler) {
        on(.post, path, router, handler)
    }

    private func on(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ router: some RouterMethods<GalleryContext>,
        _ handler: @escaping Handler
    ) {
        let assets = assets
        for kind in AssetAddress.kinds {
            router.on("\(kind.pathPrefix):owner/:name\(path)", method: method) { request, context in
                let name = try RepoName(owner: context.segment("owner"), name: context.segment("name"))
                switch try await assets.visit(kind, name, by: context.viewer) {
                case .moved(let name):
                    return request.redirect(to: name, ownerIndex: kind.pathPrefix.isEmpty ? 0 : 1)
                case .asset(let asset):
                    return try await handler(request, context, asset)
                }
            }
        }
    }

    /// The head of an asset's page, with the tab that is shown.
    package func head(
        of asset: Asset,
        _ tab: AssetTab,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> AssetHead {
        var badges = ""
        for part in parts.badges { badges += try await part(asset, request, context) }
        var actions = ""
        for part in parts.actions { actions += try await part(asset, request, context) }
        var counts: [AssetTab: Int] = [:]
        for (tab, count) in parts.counts { counts[tab] = try await count(asset, context) }
        return AssetHead(
            asset,
            tab,
            counts: counts,
            tabs: parts.tabs.filter { $0 != .settings || asset.may(.administer) },
            badges: badges,
            actions: actions,
            journey: try await journey(of: asset, tab, at: request.uri.path, context),
            context
        )
    }

    /// What stands above files at a revision; nothing for who may not read them.
    func notes(
        on asset: Asset,
        at revision: String,
        isChange: Bool = false,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> String {
        guard asset.may(.readFiles) else { return "" }
        var notes = ""
        for part in parts.notes { notes += try await part(asset, revision, isChange, request, context) }
        return notes
    }

    package func answer(
        _ page: some Page,
        of asset: Asset,
        title: String? = nil,
        status: HTTPResponse.Status = .ok,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let name = asset.name.description
        return try await pages.answer(
            page,
            title: title.map { "\($0) · \(name)" } ?? name,
            status: status,
            place: "/\(asset.kind.plural)",
            request,
            context
        )
    }

    /// In place of files that are not for who asks: how one comes to read them.
    func answerLocked(
        _ asset: Asset,
        _ head: AssetHead,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        try await answer(LockedPage(head: head, asset, context), of: asset, status: .forbidden, request, context)
    }
}

/// What stands at the top of every page of an asset: `templates/assets/head.mustache`.
package struct AssetHead: Sendable {
    struct Tab: Sendable {
        let text: String
        let path: String
        let icon: String
        /// Nil where there is nothing to count.
        let count: String?
        let isCurrent: Bool
    }

    let kind: String
    let kindIcon: String
    let kindPath: String
    let owner: String
    let ownerPath: String
    let avatar: String
    let name: String
    let fullName: String
    let path: String
    let assetTitle: String?
    let description: String?
    let isPrivate: Bool
    let isGated: Bool
    let badges: String
    let actions: String
    let tabs: [Tab]
    let journey: AssetJourney?

    init(
        _ asset: Asset,
        _ current: AssetTab,
        counts: [AssetTab: Int] = [:],
        tabs: [AssetTab],
        badges: String,
        actions: String,
        journey: AssetJourney? = nil,
        _ context: GalleryContext
    ) {
        self.journey = journey
        let repository = asset.repository
        kind = context.say("asset.kind.\(asset.kind.rawValue)")
        kindIcon = asset.kind.rawValue
        kindPath = "/\(asset.kind.plural)"
        owner = asset.name.owner
        ownerPath = "/\(PercentEncoding.encode(asset.name.owner))"
        avatar = "/avatars/\(PercentEncoding.encode(asset.name.owner)).svg"
        name = asset.name.name
        fullName = asset.name.description
        path = asset.path
        assetTitle = repository.title.isEmpty ? nil : repository.title
        description = repository.description.isEmpty ? nil : repository.description
        isPrivate = repository.isPrivate
        isGated = repository.gating != .off
        self.badges = badges
        self.actions = actions
        self.tabs = tabs.map { tab in
            Tab(
                text: context.say("asset.tab.\(tab.rawValue)"),
                path: asset.path + tab.path,
                icon: tab.icon,
                count: counts[tab].flatMap { $0 > 0 ? context.formats.count($0) : nil },
                isCurrent: tab == current
            )
        }
    }
}
