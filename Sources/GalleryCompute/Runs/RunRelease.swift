import GalleryDatabase
import GalleryModel
package import GalleryServing

/// Deletes what paid runs kept, of an account whose debt was not paid in time.
struct ReleaseJob: Job {
    static let kind = "runs.release"

    var account: AccountID
}

extension Runs {
    package func register(in handlers: inout JobHandlers) {
        handlers.on(ReleaseJob.self) { job in try await release(job.account) }
    }

    /// Logs and checkpoints go, for good; what was ordered and what it cost stays. Done again it changes nothing.
    func release(_ account: AccountID) async throws {
        var last = ""
        while true {
            let released = try await database.write { [last] db -> [String] in
                // Paid meanwhile: what is still there stays.
                guard try db.standing(of: account).state == .released else { return [] }
                return try db.releaseRuns(of: account, after: last, limit: 100)
            }
            guard let end = released.last else { return }
            for run in released {
                try logs.forget(run: run)
                try await discard(run)
            }
            last = end
        }
    }
}

extension SQLConnection {
    /// Forgets the checkpoints of paid runs that are over, in the order of their ids; answers which those were.
    fileprivate func releaseRuns(of account: AccountID, after last: String, limit: Int) throws -> [String] {
        let runs = try values(
            String.self,
            """
            SELECT id FROM runs WHERE account = \(account) AND id > \(last) AND tariff = 'paid' AND is_settled = 1
            ORDER BY id LIMIT \(limit)
            """
        )
        try execute(
            "UPDATE runs SET checkpoint_step = NULL, checkpoint_folder = '' WHERE id IN (\(values: runs))"
        )
        return runs
    }
}
