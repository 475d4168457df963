import GalleryDatabase

/// What somebody can be told of. The names are kept in rows and asked for by the catalogue's keys `notification.<name>`.
package enum NotificationKind: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// Somebody commented on what is yours.
    case comment
    /// Somebody answered a comment of yours.
    case reply
    /// Somebody named you.
    case mention
    case commentLiked = "comment-liked"
    /// A moderator hid a comment of yours, or shows it again.
    case commentHidden = "comment-hidden"
    case commentRestored = "comment-restored"
    /// For moderators: somebody reported a comment.
    case commentReported = "comment-reported"
    /// Somebody opened a discussion or a pull request on what is yours, or wrote in one you take part in.
    case discussion
    case discussionReply = "discussion-reply"
    /// Somebody asks for gated use of what is yours.
    case applicationWaiting = "application-waiting"
    /// Such requests have waited for days.
    case applicationReminder = "application-reminder"
    case applicationGranted = "application-granted"
    case applicationRejected = "application-rejected"
    case applicationRevoked = "application-revoked"
    /// For reviewers: something waits to be looked at.
    case reviewRequested = "review-requested"
    case reviewApproved = "review-approved"
    case reviewRejected = "review-rejected"
    case delisted
    case relisted
    case subscriptionExpiring = "subscription-expiring"
    case subscriptionExpired = "subscription-expired"
    /// What you subscribe to has a new version.
    case newVersion = "new-version"
    /// What runs for you ended well, failed, or was stopped by the gallery.
    case runSucceeded = "run-succeeded"
    case runFailed = "run-failed"
    case runStopped = "run-stopped"
    /// You owe something; what is paid is frozen, or gone; nothing is owed any more.
    case arrearsOwed = "arrears-owed"
    case arrearsFrozen = "arrears-frozen"
    case arrearsReleased = "arrears-released"
    case arrearsCleared = "arrears-cleared"
    /// The operators have something to say.
    case operatorMessage = "operator-message"

    /// The part of the settings page that it stands in.
    package enum Group: String, Sendable, CaseIterable {
        case conversation, applications, publishing, subscriptions, compute, gallery
    }

    package var group: Group {
        switch self {
        case .comment, .reply, .mention, .commentLiked, .commentHidden, .commentRestored, .commentReported, .discussion,
            .discussionReply:
            .conversation
        case .applicationWaiting, .applicationReminder, .applicationGranted, .applicationRejected, .applicationRevoked:
            .applications
        case .reviewRequested, .reviewApproved, .reviewRejected, .delisted, .relisted: .publishing
        case .subscriptionExpiring, .subscriptionExpired, .newVersion: .subscriptions
        case .runSucceeded, .runFailed, .runStopped, .arrearsOwed, .arrearsFrozen, .arrearsReleased, .arrearsCleared:
            .compute
        case .operatorMessage: .gallery
        }
    }

    /// Whether one that is not read yet takes up further ones of the same topic, instead of a list that repeats itself.
    package var gathers: Bool {
        switch self {
        case .comment, .commentLiked, .commentReported, .discussionReply, .applicationWaiting, .reviewRequested,
            .newVersion:
            true
        case .reply, .mention, .commentHidden, .commentRestored, .discussion, .applicationGranted, .applicationRejected,
            .applicationReminder, .applicationRevoked, .reviewApproved, .reviewRejected, .delisted, .relisted,
            .subscriptionExpiring,
            .subscriptionExpired, .runSucceeded, .runFailed, .runStopped, .arrearsOwed, .arrearsFrozen,
            .arrearsReleased, .arrearsCleared, .operatorMessage:
            false
        }
    }

    /// What holds for an account that has not chosen: everything is shown, and mailed unless it is trifling.
    package var standard: NotificationChoice { NotificationChoice(onPage: true, byMail: self != .commentLiked) }

    /// What the operators say, and that things are about to be lost, cannot be kept off the page.
    package var isAlwaysShown: Bool {
        [.operatorMessage, .arrearsOwed, .arrearsFrozen, .arrearsReleased].contains(self)
    }

    /// Whether only moderators and reviewers are ever told.
    package var isForReviewers: Bool { self == .commentReported || self == .reviewRequested }
}

/// Where somebody wants to be told of a kind of thing.
package struct NotificationChoice: Sendable, Equatable {
    package var onPage: Bool
    package var byMail: Bool

    package init(onPage: Bool, byMail: Bool) {
        self.onPage = onPage
        self.byMail = byMail
    }
}
