import Foundation
import GalleryModel
import GalleryServing

/// An app in a gallery of apps.
struct AppCard: Sendable {
    let name: String
    let path: String
    let about: String?
    let owner: String
    let purpose: String
    let source: String
    let cover: String?
    let icon: String

    init(_ app: AIApp, _ context: GalleryContext) {
        name = app.name
        path = "/apps/\(app.id)"
        about = app.about.isEmpty ? nil : app.about
        owner = app.owner
        purpose = AppWords.purpose(app.purpose, context)
        source = app.repoName.description
        cover = AppCover.path(app)
        icon = AppWords.icon(app.purpose)
    }
}

/// One of one's own apps in a list.
struct MyAppRow: Sendable {
    let name: String
    let path: String
    let about: String?
    let state: Badge
    let purpose: String
    let source: String
    let icon: String
    let updated: Moment
    /// Where it can be used; nil while it cannot.
    let use: String?

    init(_ standing: AppStanding, now: Date, _ context: GalleryContext) {
        let app = standing.app
        name = app.name
        path = "/my/apps/\(app.id)"
        about = app.about.isEmpty ? nil : app.about
        state = AppWords.badge(standing.condition, context)
        purpose = AppWords.purpose(app.purpose, context)
        source = app.repoName.description
        icon = AppWords.icon(app.purpose)
        updated = context.formats.moment(app.updatedAt, now: now)
        use = standing.isOpen ? "/apps/\(app.id)" : nil
    }
}

/// What apps are called, and how they look.
enum AppWords {
    static func purpose(_ purpose: AppPurpose, _ context: GalleryContext) -> String {
        switch purpose {
        case .chat: context.say("apps.purpose.chat")
        case .questions: context.say("apps.purpose.questions")
        case .own: context.say("apps.purpose.own")
        }
    }

    static func icon(_ purpose: AppPurpose) -> String {
        switch purpose {
        case .chat: "comment"
        case .questions: "search"
        case .own: "algorithm"
        }
    }

    static func badge(_ condition: AppCondition, _ context: GalleryContext) -> Badge {
        switch condition {
        case .waiting: Badge(context.say("apps.state.waiting"), .neutral, icon: "clock")
        case .starting: Badge(context.say("apps.state.starting"), .warning, icon: "clock")
        case .running: Badge(context.say("apps.state.running"), .positive, icon: "play")
        case .restarting: Badge(context.say("apps.state.restarting"), .warning, icon: "refresh")
        case .stopping: Badge(context.say("apps.state.stopping"), .warning, icon: "clock")
        case .paused: Badge(context.say("apps.state.paused"), .neutral, icon: "eye-off")
        case .ended: Badge(context.say("apps.state.ended"), .danger, icon: "warning")
        }
    }

    /// One sentence of what the state means, and what happens next.
    static func sentence(_ condition: AppCondition, _ context: GalleryContext) -> String {
        switch condition {
        case .waiting: context.say("apps.next.waiting")
        case .starting: context.say("apps.next.starting")
        case .running: context.say("apps.next.running")
        case .restarting: context.say("apps.next.restarting")
        case .stopping: context.say("apps.next.stopping")
        case .paused: context.say("apps.next.paused")
        case .ended: context.say("apps.next.ended")
        }
    }

    /// Why it ended, or fell last.
    static func reason(_ reason: RunReason, _ context: GalleryContext) -> String? {
        guard !reason.code.isEmpty else { return nil }
        let known = context.words.catalogue.text("runs.reason.\(reason.code)", in: context.language)
        return known ?? context.say(Problem(.conflict, reason.code, reason.detail))
    }

    /// Licences to choose from; any other stays where it was chosen before.
    static func licences(_ chosen: String, _ context: GalleryContext) -> [FormChoice] {
        var known = [
            "apache-2.0", "mit", "bsd-3-clause", "bsd-2-clause", "gpl-3.0", "lgpl-3.0", "agpl-3.0", "mpl-2.0",
            "mulanpsl-2.0", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "openrail",
            "creativeml-openrail-m", "llama3", "llama3.1", "gemma", "other",
        ]
        if !chosen.isEmpty, !known.contains(chosen) { known.append(chosen) }
        return [FormChoice("", context.say("apps.licence.none"), isChosen: chosen.isEmpty)]
            + known.map { FormChoice($0, $0, isChosen: $0 == chosen) }
    }
}
