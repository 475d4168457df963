import GalleryDatabase
import GalleryHub
package import GalleryModel
import GitObjects

/// A file that somebody is about to send, by what is known of it before.
package struct UploadIntent: Sendable, Equatable {
    package var path: String
    package var size: Int64

    package init(path: String, size: Int64) {
        self.path = path
        self.size = size
    }
}

/// What would become of it.
package struct UploadForecast: Sendable, Equatable {
    package let path: String
    /// Why it cannot be taken; nil where it can.
    package let problem: Problem?
    /// Whether a file of that name is there already.
    package let replaces: Bool
}

extension Uploads {
    /// The most files of one question.
    package static let checkedAtOnce = 2000

    /// Says of files, before a byte of them is sent, which would be refused and which replace one that is there. What is
    /// left of the repository is given to them in their order.
    package func check(
        _ intents: [UploadIntent],
        on branch: String,
        of repo: RepoID,
        by viewer: Viewer
    ) async throws -> (room: UploadRoom, files: [UploadForecast]) {
        let account = try viewer.mustBeSignedIn()
        guard intents.count <= Self.checkedAtOnce else { throw UploadsError.tooMany(limit: Self.checkedAtOnce) }
        let candidates = intents.map { UploadCandidate(path: $0.path, size: max(0, $0.size), sample: []) }
        let plans = try await files.plan(candidates, on: branch, of: repo, isProposal: false, by: viewer)
        return try await database.read { db in
            let room = try room(in: repo, besides: nil, by: viewer, db)
            let known = try db.assetUploads(on: branch, of: repo, by: account.id, limit: Self.most)
            let sizes = Dictionary(known.map { ($0.path, $0.size) }) { first, _ in first }
            var left = room.leftBytes
            let forecasts = zip(intents, plans).map { intent, plan in
                // What is under way has its place already.
                let free = left + (sizes[intent.path] ?? 0)
                let problem = Self.problem(of: intent, room: room, left: free)
                if problem == nil { left = free - intent.size }
                return UploadForecast(path: intent.path, problem: problem, replaces: plan.currentOID != nil)
            }
            return (room, forecasts)
        }
    }

    private static func problem(of intent: UploadIntent, room: UploadRoom, left: Int64) -> Problem? {
        if let fault = PathRules.fault(in: intent.path) { return FilesError.badPath(intent.path, fault).problem }
        if intent.size < 0 { return UploadsError.badSize.problem }
        if intent.size > room.fileBytes {
            return FilesError.fileTooLarge(path: intent.path, limit: room.fileBytes).problem
        }
        return intent.size > left ? UploadsError.noRoom(left: left).problem : nil
    }
}
