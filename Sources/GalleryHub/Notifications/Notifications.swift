package import Foundation
package import GalleryDatabase
package import GalleryModel
package import GalleryServing

/// What accounts were told of, and what they want to be told of. Telling itself is `SQLConnection.tell`.
package struct Notifications: Sendable {
    private static let readKeptFor: TimeInterval = 90 * 86_400
    private static let keptFor: TimeInterval = 400 * 86_400

    let database: any Database
    let world: World

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    // MARK: Reading

    /// The notifications of the viewer, the latest first, and where the list goes on.
    package func list(
        _ filter: NotificationFilter = NotificationFilter(),
        after cursor: String? = nil,
        limit: Int = 30,
        by viewer: Viewer
    ) async throws -> (notifications: [ReadableNotification], next: String?) {
        let account = try mustBeWhole(viewer, .read)
        let cursor = try cursor.map(NotificationCursor.init)
        return try await database.read { db in
            let found = try db.notifications(of: account.id, filter, after: cursor, limit: limit + 1)
            let shown = try found.prefix(limit).map { try db.readable($0, for: viewer) }
            let next = found.count > limit ? shown.last.map { NotificationCursor($0.entry).text } : nil
            return (shown, next)
        }
    }

    /// How many the viewer has not read, counted up to 100; 0 for a visitor.
    package func unread(by viewer: Viewer) async throws -> Int {
        guard let account = viewer.account, viewer.onlyRepo == nil else { return 0 }
        return try await database.read { db in try db.unreadNotifications(of: account.id) }
    }

    /// The number of unread notifications and the moment of the latest.
    package func state(of account: AccountID) async throws -> NotificationState {
        try await database.read { db in try db.notificationStates(of: [account])[account] } ?? .empty
    }

    /// The latest unread notification of the viewer.
    package func latest(by viewer: Viewer) async throws -> ReadableNotification? {
        try await list(NotificationFilter(isUnread: true), limit: 1, by: viewer).notifications.first
    }

    /// Marks one as read, or unread again, and says where it leads.
    @discardableResult
    package func setRead(_ isRead: Bool, _ id: String, by viewer: Viewer) async throws -> ReadableNotification {
        let account = try mustBeWhole(viewer, .write)
        return try await database.write { db in
            guard try db.setNotificationRead(isRead, id, of: account.id),
                let entry = try db.notification(id, of: account.id)
            else { throw NotificationError.unknown }
            return try db.readable(entry, for: viewer)
        }
    }

    /// Marks all as read that had arrived by `time`, by now where it is nil.
    @discardableResult
    package func readAll(until time: Date? = nil, by viewer: Viewer) async throws -> Int {
        let account = try mustBeWhole(viewer, .write)
        let time = min(time ?? world.now(), world.now())
        return try await database.write { db in try db.readNotifications(of: account.id, until: time) }
    }

    package func delete(_ id: String, by viewer: Viewer) async throws {
        let account = try mustBeWhole(viewer, .write)
        try await database.write { db in
            guard try db.deleteNotification(id, of: account.id) else { throw NotificationError.unknown }
        }
    }

    // MARK: Choosing

    package func preferences(by viewer: Viewer) async throws -> NotificationPreferences {
        let account = try mustBeWhole(viewer, .read)
        return try await database.read { db in try preferences(of: account.id, db) }
    }

    /// Changes what is given, leaves the rest.
    package func choose(
        mails: Bool? = nil,
        language: Language?? = nil,
        _ choices: [NotificationKind: NotificationChoice] = [:],
        by viewer: Viewer
    ) async throws -> NotificationPreferences {
        let account = try mustBeWhole(viewer, .write)
        if let kind = choices.first(where: { $0.key.isAlwaysShown && !$0.value.onPage })?.key {
            throw NotificationError.alwaysShown(kind)
        }
        return try await database.write { db in
            if let mails { try db.setTakesMail(mails, account.id) }
            if let language { try db.setMailLanguage(language, of: account.id) }
            for (kind, choice) in choices { try db.save(choice, for: kind, of: account.id) }
            return try preferences(of: account.id, db)
        }
    }

    /// Ends the mails of one kind, or all of them, for whoever holds a signed link to do so.
    package func unsubscribe(_ account: AccountID, from kind: NotificationKind?) async throws {
        try await database.write { db in
            guard try db.account(account) != nil else { throw NotificationError.unknown }
            guard let kind else { return try db.setTakesMail(false, account) }
            let choice = try db.notificationChoices(of: account)[kind] ?? kind.standard
            try db.save(NotificationChoice(onPage: choice.onPage, byMail: false), for: kind, of: account)
        }
    }

    // MARK: Jobs

    package func register(in handlers: inout JobHandlers) {
        handlers.on(NotificationFanOutJob.self) { job in try await tell(job) }
        handlers.on(NotificationSweepJob.self) { _ in try await sweep() }
        handlers.every(.seconds(86_400), enqueue: NotificationSweepJob())
    }

    private func tell(_ job: NotificationFanOutJob) async throws {
        let world = world
        try await database.write { db in
            try db.tell(job.kind, to: job.recipients, about: job.topic, by: job.actor, world: world)
        }
    }

    private func sweep() async throws {
        let now = world.now()
        try await database.write { db in
            try db.sweepNotifications(
                read: now.addingTimeInterval(-Self.readKeptFor),
                all: now.addingTimeInterval(-Self.keptFor)
            )
        }
    }

    private func preferences(of account: AccountID, _ db: any SQLConnection) throws -> NotificationPreferences {
        let chosen = try db.notificationChoices(of: account)
        let choices = NotificationKind.allCases.map { ($0, chosen[$0] ?? $0.standard) }
        return NotificationPreferences(
            mails: try db.takesMail(account),
            language: try db.mailLanguage(of: account),
            choices: Dictionary(uniqueKeysWithValues: choices)
        )
    }

    /// Notifications are the account's as a whole, so a credential for one repository is not enough.
    private func mustBeWhole(_ viewer: Viewer, _ scope: Scope) throws -> Viewer.Account {
        let account = try viewer.mustBeSignedIn()
        guard viewer.onlyRepo == nil, viewer.scope.includes(scope) else { throw Problem.notYours }
        return account
    }
}

/// Which notifications are listed.
package struct NotificationFilter: Sendable, Equatable {
    package var isUnread: Bool
    package var group: NotificationKind.Group?

    package init(isUnread: Bool = false, group: NotificationKind.Group? = nil) {
        self.isUnread = isUnread
        self.group = group
    }
}

/// How many notifications are unread, and when the latest of them came.
package struct NotificationState: Sendable, Equatable {
    package var unread: Int
    package var latest: Date

    package init(unread: Int, latest: Date) {
        self.unread = unread
        self.latest = latest
    }

    /// Of an account that has read everything.
    package static let empty = NotificationState(unread: 0, latest: Date(timeIntervalSince1970: 0))
}

/// A place in a list of notifications.
struct NotificationCursor: Sendable, Equatable {
    let time: Date
    let id: String

    init(_ entry: NotificationEntry) {
        time = entry.updatedAt
        id = entry.id
    }

    init(_ text: String) throws {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let milliseconds = Int64(parts[0]), parts[1].utf8.count <= 64 else {
            throw NotificationError.badCursor
        }
        time = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        id = String(parts[1])
    }

    var text: String { "\(Int64((time.timeIntervalSince1970 * 1000).rounded())).\(id)" }
}

extension SQLConnection {
    /// A notification with today's name of its asset, if `viewer` may still see that.
    package func readable(_ entry: NotificationEntry, for viewer: Viewer) throws -> ReadableNotification {
        guard let repo = entry.repo else { return ReadableNotification(entry: entry, asset: nil, isVeiled: false) }
        guard try AccessPolicy.refusal(of: .see, on: facts(of: repo, for: viewer), to: viewer) == nil,
            let repository = try repository(repo)
        else { return ReadableNotification(entry: entry, asset: nil, isVeiled: true) }
        return ReadableNotification(
            entry: entry,
            asset: .init(kind: repository.kind, name: repository.name, title: repository.title),
            isVeiled: false
        )
    }
}
