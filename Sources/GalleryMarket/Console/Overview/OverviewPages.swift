import Foundation
import GalleryBlobs
import GalleryHub
import GalleryModel
import GalleryServing
import Hummingbird

/// `/console`: the state of the system.
struct OverviewPages: Sendable {
    let overview: Overview
    let settings: SiteSettings
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/console") { request, context in
            let state = try await overview.state(by: context.viewer)
            let guide = ConsoleGuide(try await settings.show(by: context.viewer), context)
            return try await pages.answer(
                OverviewPage(state, guide, context),
                title: context.say("console.title"),
                request,
                context
            )
        }
    }
}

/// `templates/console/overview.mustache`
struct OverviewPage: Page {
    static let template = "console/overview"

    struct Concern: Sendable {
        let text: String
        let tone: String
        let icon: String
        let path: String?
        let action: String?
    }

    struct Tile: Sendable {
        let text: String
        let icon: String
        let number: String
        let note: String?
        let path: String?
    }

    let menu: [SideEntry]
    let guide: ConsoleGuide?
    let concerns: [Concern]
    let hasConcerns: Bool
    let assets: [Tile]
    let others: [Tile]
    let facts: [Fact]
    let disk: Disk?

    struct Disk: Sendable {
        let used: String
        let percent: Int
    }

    init(_ state: SystemState, _ guide: ConsoleGuide?, _ context: GalleryContext) {
        self.guide = guide
        let (tallies, formats) = (state.tallies, context.formats)
        menu = ConsoleMenu.entries("overview", context)
        concerns = state.concerns.map { Concern($0, context) }
        hasConcerns = !concerns.isEmpty
        assets = tallies.kinds.map { Tile($0, context) }
        others = [
            Tile(
                text: context.say("console.people"),
                icon: "users",
                number: formats.number(tallies.people),
                note: tallies.disabledPeople == 0
                    ? nil : context.say("console.people.disabled", count: tallies.disabledPeople),
                path: ConsoleMenu.path("people")
            ),
            Tile(
                text: context.say("console.organizations"),
                icon: "building",
                number: formats.number(tallies.organizations),
                note: nil,
                path: ConsoleMenu.path("people").map { $0 + "?kind=organization" }
            ),
            Tile(
                text: context.say("console.stored"),
                icon: "folder",
                number: formats.bytes(tallies.storedBytes),
                note: nil,
                path: ConsoleMenu.path("storage")
            ),
            Tile(
                text: context.say("console.jobs"),
                icon: "clock",
                number: formats.number(tallies.waitingJobs),
                note: tallies.parkedJobs == 0 ? nil : context.say("console.jobs.failed", count: tallies.parkedJobs),
                path: ConsoleMenu.path("jobs")
            ),
            Tile(
                text: context.say("console.mails"),
                icon: "mail",
                number: formats.number(tallies.waitingMails),
                note: tallies.failedMails == 0 ? nil : context.say("console.mails.failed", count: tallies.failedMails),
                path: "/console/outbox"
            ),
        ]
        facts = Self.facts(state, context)
        disk = state.space.map { space in
            Disk(
                used: context.say(
                    "console.disk.free",
                    [
                        "free": formats.bytes(Int64(space.freeBytes)), "total": formats.bytes(Int64(space.totalBytes)),
                        "percent": String(state.freePercent ?? 0),
                    ]
                ),
                percent: 100 - (state.freePercent ?? 0)
            )
        }
    }

    private static func facts(_ state: SystemState, _ context: GalleryContext) -> [Fact] {
        [
            Fact(context.say("console.version"), state.version),
            Fact(
                context.say("console.started"),
                "\(Formats.absolute(state.startedAt)) · \(uptime(state.asOf.timeIntervalSince(state.startedAt), context))"
            ),
            Fact(context.say("console.database"), state.database),
            Fact(context.say("console.folder"), state.folder),
            Fact(
                context.say("console.mail"),
                state.deliversMail ? context.say("console.mail.delivers") : context.say("console.mail.kept"),
                path: "/console/outbox"
            ),
        ]
    }

    private static func uptime(_ seconds: TimeInterval, _ context: GalleryContext) -> String {
        let minutes = max(0, Int(seconds) / 60)
        if minutes >= 2 * 24 * 60 { return context.say("console.uptime.days", count: minutes / (24 * 60)) }
        if minutes >= 2 * 60 { return context.say("console.uptime.hours", count: minutes / 60) }
        return context.say("console.uptime.minutes", count: minutes)
    }
}

extension OverviewPage.Tile {
    fileprivate init(_ kind: SystemTallies.Kind, _ context: GalleryContext) {
        let published = kind.states[.published] ?? 0
        let others: [(RepoListing, String)] = [
            (.inReview, context.say("state.inReview")), (.draft, context.say("state.draft")),
            (.rejected, context.say("state.rejected")), (.delisted, context.say("state.delisted")),
        ]
        let parts = others.compactMap { listing, word in
            kind.states[listing].map { "\(word) \(context.formats.number($0))" }
        }
        self.init(
            text: context.say("my.\(kind.kind.plural)"),
            icon: kind.kind.rawValue,
            number: context.formats.number(published),
            note: (parts + [context.formats.bytes(kind.bytes)]).joined(separator: " · "),
            path: "/\(kind.kind.plural)"
        )
    }
}

extension OverviewPage.Concern {
    fileprivate init(_ concern: SystemState.Concern, _ context: GalleryContext) {
        switch concern {
        case .diskFull: self.init("danger", "warning", context.say("console.concern.diskFull"), "storage", context)
        case .diskLow: self.init("warning", "warning", context.say("console.concern.diskLow"), "storage", context)
        case .damagedPacks(let count):
            self.init("danger", "warning", context.say("console.concern.damaged", count: count), "storage", context)
        case .parkedJobs(let count):
            self.init("danger", "close", context.say("console.concern.jobs", count: count), "jobs", context)
        case .failedMails(let count):
            self.init(
                "warning",
                "mail",
                context.say("console.concern.mails", count: count),
                "outbox",
                context,
                "?state=failed"
            )
        case .reviews(let count):
            self.init("accent", "inbox", context.say("console.concern.reviews", count: count), "/review", context)
        case .reportedComments(let count):
            self.init(
                "accent",
                "flag",
                context.say("console.concern.comments", count: count),
                "/review/comments",
                context
            )
        }
    }

    /// `place` is a page of the console by name, which may not be there, or a path.
    private init(
        _ tone: String,
        _ icon: String,
        _ text: String,
        _ place: String,
        _ context: GalleryContext,
        _ query: String = ""
    ) {
        let path = place.hasPrefix("/") ? place : ConsoleMenu.path(place).map { $0 + query }
        self.init(text: text, tone: tone, icon: icon, path: path, action: path.map { _ in context.say("console.look") })
    }
}
