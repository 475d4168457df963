package import Foundation
import GalleryDatabase
import GalleryModel

/// How much one account may say within a time.
package struct CommentLimits: Sendable {
    /// Comments within so many seconds.
    package var comments: [(count: Int, within: TimeInterval)] = [(6, 60), (60, 3600), (300, 86_400)]
    package var likes: (count: Int, within: TimeInterval) = (120, 3600)
    package var reports: (count: Int, within: TimeInterval) = (30, 86_400)

    package init() {}

    func check(_ db: any SQLConnection, _ account: AccountID, at now: Date) throws {
        for limit in comments {
            let count = try db.commentCount(by: account, since: now.addingTimeInterval(-limit.within))
            try check(count, limit)
        }
    }

    func checkLikes(_ db: any SQLConnection, _ account: AccountID, at now: Date) throws {
        try check(try db.likeChanges(by: account, since: now.addingTimeInterval(-likes.within)), likes)
    }

    func checkReports(_ db: any SQLConnection, _ account: AccountID, at now: Date) throws {
        try check(try db.reportCount(by: account, since: now.addingTimeInterval(-reports.within)), reports)
    }

    private func check(_ count: Int, _ limit: (count: Int, within: TimeInterval)) throws {
        if count >= limit.count { throw CommentError.tooFast(seconds: max(1, Int(limit.within) / 4)) }
    }
}
