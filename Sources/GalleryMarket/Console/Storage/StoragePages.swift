import Foundation
import GalleryBlobs
import GalleryHub
import GalleryModel
import GalleryServing
import Hummingbird

/// `/console/storage`
struct StoragePages: Sendable {
    let keeper: StorageKeeper
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/console/storage") { request, context in
            let page = StoragePage(try await keeper.report(by: context.viewer), context)
            return try await pages.answer(page, title: context.say("storage.title"), request, context)
        }
        router.post("/console/storage/:run") { request, context in
            _ = try await pages.form(request, context)
            guard let kind = ContentRun.Kind(rawValue: try context.segment("run")) else {
                throw Problem(.missing, "page-unknown", "There is nothing at this address.")
            }
            do {
                try await keeper.start(kind, by: context.viewer)
            } catch let error as StorageError {
                let flash = context.say(error.problem)
                return pages.redirect(to: "/console/storage", flash: flash, tone: .warning, request, context)
            }
            let flash = context.say("storage.started.\(kind.rawValue)")
            return pages.redirect(to: "/console/storage", flash: flash, request, context)
        }
    }
}

/// `templates/console/storage.mustache`
struct StoragePage: Page {
    static let template = "console/storage"

    struct Part: Sendable {
        let name: String
        let path: String?
        let note: String
        let bytes: String
        /// Of the largest, for the bar.
        let percent: Int
    }

    struct Work: Sendable {
        let kind: String
        let heading: String
        let lead: String
        let action: String
        let path: String
        let isQueued: Bool
        let runs: [Run]
        let hasRuns: Bool
    }

    struct Run: Sendable {
        let badge: Badge
        let text: String
        let error: String?
        let time: Moment
    }

    let menu: [SideEntry]
    let disk: OverviewPage.Disk?
    let facts: [Fact]
    let waste: String?
    let kinds: [Part]
    let owners: [Part]
    let repositories: [Part]
    let hasRepositories: Bool
    let works: [Work]

    init(_ report: StorageReport, _ context: GalleryContext) {
        let formats = context.formats
        menu = ConsoleMenu.entries("storage", context)
        disk = report.space.map { space in
            let free = space.totalBytes > 0 ? Int(Double(space.freeBytes) / Double(space.totalBytes) * 100) : 0
            return OverviewPage.Disk(
                used: context.say(
                    "console.disk.free",
                    [
                        "free": formats.bytes(Int64(space.freeBytes)), "total": formats.bytes(Int64(space.totalBytes)),
                        "percent": String(free),
                    ]
                ),
                percent: 100 - free
            )
        }
        facts = report.packs.map { packs in
            Fact(
                context.say("storage.packs.\(packs.state)"),
                "\(context.say("storage.packs.count", count: packs.count)), \(formats.bytes(packs.bytes))"
            )
        }
        waste = report.lastFigures.flatMap { Self.waste($0, report.asOf, context) }
        kinds = Self.parts(report.kinds.map { ($0.bytes, $0) }, context) { kind in
            (
                context.say("my.\(kind.kind.plural)"), "/\(kind.kind.plural)",
                context.say("storage.assets", count: kind.count)
            )
        }
        owners = Self.parts(report.owners.map { ($0.bytes, $0) }, context) { owner in
            let kinds = owner.kinds.map { "\(context.say("my.\($0.kind.plural)")) \(formats.bytes($0.bytes))" }
            return (owner.name, "/\(owner.name)", kinds.joined(separator: " · "))
        }
        repositories = Self.parts(report.repositories.map { ($0.bytes, $0) }, context) { repo in
            let updated = formats.moment(repo.updatedAt, now: report.asOf).relative
            return (
                repo.name.description, "/\(repo.kind.pathPrefix)\(repo.name)",
                context.say("storage.updated", ["time": updated])
            )
        }
        hasRepositories = !repositories.isEmpty
        works = report.runs.map { Work($0, report.asOf, context) }
    }

    private static func parts<Value>(
        _ values: [(bytes: Int64, value: Value)],
        _ context: GalleryContext,
        _ words: (Value) -> (name: String, path: String, note: String)
    ) -> [Part] {
        let largest = max(1, values.map(\.bytes).max() ?? 1)
        return values.map { bytes, value in
            let told = words(value)
            return Part(
                name: told.name,
                path: told.path,
                note: told.note,
                bytes: context.formats.bytes(bytes),
                percent: Int((Double(bytes) / Double(largest) * 100).rounded())
            )
        }
    }

    private static func waste(_ run: ContentRun, _ now: Date, _ context: GalleryContext) -> String? {
        guard let bytes = run.figures["packBytes"], bytes > 0, let living = run.figures["livingBytes"],
            let end = run.endedAt
        else {
            return nil
        }
        return context.say(
            "storage.waste",
            [
                "living": context.formats.bytes(Int64(living)), "all": context.formats.bytes(Int64(bytes)),
                "waste": context.formats.bytes(Int64(bytes - living)),
                "percent": String(Int(Double(bytes - living) / Double(bytes) * 100)),
                "time": context.formats.moment(end, now: now).relative,
            ]
        )
    }
}

extension StoragePage.Work {
    fileprivate init(_ runs: StorageReport.Runs, _ now: Date, _ context: GalleryContext) {
        kind = runs.kind.rawValue
        heading = context.say("storage.\(kind)")
        lead = context.say("storage.\(kind).lead")
        action = context.say("storage.\(kind).start")
        path = "/console/storage/\(kind)"
        isQueued = runs.isQueued
        self.runs = runs.latest.map { StoragePage.Run($0, now, context) }
        hasRuns = !runs.latest.isEmpty
    }
}

extension StoragePage.Run {
    fileprivate init(_ run: ContentRun, _ now: Date, _ context: GalleryContext) {
        let figure = { run.figures[$0] ?? 0 }
        let hasDamage = figure("damages") + figure("badPacks") > 0
        badge =
            switch run.state {
            case .running: Badge(context.say("storage.run.running"), .accent, icon: "clock")
            case .failed: Badge(context.say("storage.run.failed"), .danger, icon: "close")
            case .done:
                hasDamage
                    ? Badge(context.say("storage.run.damage"), .danger, icon: "warning")
                    : Badge(context.say("storage.run.done"), .positive, icon: "check")
            }
        text =
            switch (run.state, run.kind) {
            case (.done, .collection):
                context.say(
                    "storage.collection.result",
                    [
                        "files": context.formats.number(figure("deletedContents") + figure("deletedXorbs")),
                        "uploads": context.formats.number(figure("abandonedUploads")),
                        "packs": context.formats.number(figure("deletedPacks")),
                        "freed": context.formats.bytes(Int64(figure("freedBytes"))),
                        "doomed": context.formats.bytes(Int64(figure("doomedBytes"))),
                    ]
                )
            case (.done, .verification):
                context.say(
                    "storage.verification.result",
                    [
                        "files": context.formats.number(figure("contents")),
                        "bytes": context.formats.bytes(Int64(figure("bytes"))),
                        "damaged": context.formats.number(figure("damages")),
                    ]
                )
            default: ""
            }
        error = run.error.isEmpty ? nil : run.error
        time = context.formats.moment(run.endedAt ?? run.startedAt, now: now)
    }
}
