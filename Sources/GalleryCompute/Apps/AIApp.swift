package import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel

/// A model, or a program of somebody's own, that others use in their browsers.
package struct AIApp: Record, Equatable {
    package let id: String
    package let account: AccountID
    /// The name of its owner today.
    package let owner: String
    package let purpose: AppPurpose
    /// What it is made of; nil once that is deleted.
    package let repo: RepoID?
    /// Its name when the app was made.
    package let repoName: RepoName
    package let commit: String
    package var name: String
    package var licence: String
    package var about: String
    package var used: UsedFlavor
    /// After how many hours a start ends by itself; nil is without end.
    package var hours: Int?
    package var state: AppState
    /// Why it ended by itself, or what it was restarted for.
    package var reason: RunReason
    /// What runs it, or ran it last.
    package var run: String?
    /// How often in a row it fell.
    package var failures: Int
    /// When it is started again after it fell.
    package var retryAt: Date?
    /// Of its cover, which changes with the picture; empty where there is none.
    package let cover: String
    package let createdAt: Date
    package var updatedAt: Date

    /// Whether an administrator took it away: its owner cannot show it before one allows it.
    package var isHeld: Bool { state == .paused && reason == .byOperator }

    package init(row: Row) throws {
        id = try row.get("id")
        account = try row.get("account")
        owner = try row.get("owner_name")
        purpose = try row.get("purpose")
        repo = try row.optional("repo")
        repoName = RepoName(owner: try row.get("repo_owner"), name: try row.get("repo_name"))
        commit = try row.get("commit_id")
        name = try row.get("name")
        licence = try row.get("licence")
        about = try row.get("about")
        used = UsedFlavor(flavor: try row.get("flavor"), region: try row.get("region"), tariff: try row.get("tariff"))
        hours = try row.optional("hours")
        state = try row.get("state")
        reason = RunReason(try row.get("reason"), try row.get("reason_detail"))
        run = try row.optional("run")
        failures = try row.get("failures")
        retryAt = try row.optional("retry_at")
        cover = try row.optional("cover") ?? ""
        createdAt = try row.get("created_at")
        updatedAt = try row.get("updated_at")
    }

    static let columns: SQL =
        """
        p.id, p.account, o.name AS owner_name, p.purpose, p.repo, p.repo_owner, p.repo_name, p.commit_id, p.name, p.licence,
        p.about, p.flavor, p.region, p.tariff, p.hours, p.state, p.reason, p.reason_detail, p.run, p.failures, p.retry_at,
        c.name AS cover, p.created_at, p.updated_at
        """
    static let tables: SQL =
        "FROM apps p JOIN accounts o ON o.id = p.account LEFT JOIN app_covers c ON c.app = p.id"
}

/// What people do with an app.
package enum AppPurpose: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// The gallery's own page for talking with a model.
    case chat
    /// The gallery's own page for asking a model about a text.
    case questions = "question-answering"
    /// A program of the owner's, with its own page.
    case own

    /// What it is made of.
    package var source: RepoKind { self == .own ? .app : .model }
}

/// Whether an app is to run.
package enum AppState: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// Shown to everybody, and kept running.
    case shown
    /// Its owner took it away for a while.
    case paused
    /// It ended by itself: its time was over, it fell too often, it cannot be paid.
    case ended
}

/// What its owner says of an app.
package struct AppText: Sendable, Equatable {
    package var name: String
    package var licence: String
    package var about: String

    package init(name: String, licence: String = "", about: String = "") {
        self.name = name.trimmingCharacters(in: .whitespaces)
        self.licence = Licences.identifier(licence.trimmingCharacters(in: .whitespaces))
        self.about = about.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func check() throws(AppError) {
        guard (1...30).contains(name.count), Self.isPlain(name) else { throw .badName }
        guard licence.isEmpty || Licences.isKnown(licence) else { throw .badLicence }
        guard about.count <= 100, Self.isPlain(about.replacingOccurrences(of: "\n", with: " ")) else { throw .badAbout }
    }

    /// What searches look through.
    func key(_ owner: String) -> String { "\(name)\n\(owner)\n\(about)".lowercased() }

    private static func isPlain(_ text: String) -> Bool {
        !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}

/// What somebody wants to make an app of.
package struct AppDraft: Sendable {
    package var text: AppText
    package var purpose: AppPurpose
    /// `owner/name` of a model, or of a repository of the kind app.
    package var source: RepoName
    package var used: UsedFlavor
    package var hours: Int?

    package init(text: AppText, purpose: AppPurpose, source: RepoName, used: UsedFlavor, hours: Int? = nil) {
        self.text = text
        self.purpose = purpose
        self.source = source
        self.used = used
        self.hours = hours
    }
}

/// An app with what runs it.
package struct AppStanding: Sendable {
    package var app: AIApp
    package var run: Run?

    package init(_ app: AIApp, _ run: Run?) { (self.app, self.run) = (app, run) }

    /// In one word.
    package var condition: AppCondition {
        let isLeaving = run.map { !$0.state.isOver } ?? false
        switch app.state {
        case .paused: return isLeaving ? .stopping : .paused
        case .ended: return .ended
        case .shown: break
        }
        switch run?.state {
        case .running: return .running
        case .queued: return app.failures > 0 ? .restarting : .waiting
        case .starting: return app.failures > 0 ? .restarting : .starting
        case .stopping: return .stopping
        case .succeeded, .failed, .stopped, nil: return .restarting
        }
    }

    /// Whether it answers.
    package var isOpen: Bool { condition == .running }
}

package enum AppCondition: String, Sendable, Codable, CaseIterable {
    case waiting, starting, running, restarting, stopping, paused, ended

    /// Whether it changes by itself soon.
    var isPassing: Bool { self != .running && self != .paused && self != .ended }
}
