import Foundation
import GalleryDatabase
import GalleryModel

extension AccessRequest {
    static let columns: SQL = """
        q.id AS request_id, q.repo, q.account, q.state, q.fields, q.rejection_reason, q.is_by_hand,
        q.created_at AS requested_at
        """
}

extension SQLConnection {
    func accessRequest(of account: AccountID, to repo: RepoID) throws -> AccessRequest? {
        try row(
            AccessRequest.self,
            "SELECT \(sql: AccessRequest.columns) FROM access_requests q WHERE q.repo = \(repo) AND q.account = \(account)"
        )
    }

    func accessRequest(_ id: String, to repo: RepoID) throws -> AccessRequest? {
        try row(
            AccessRequest.self,
            "SELECT \(sql: AccessRequest.columns) FROM access_requests q WHERE q.repo = \(repo) AND q.id = \(id)"
        )
    }

    func accessRequests(
        to repo: RepoID,
        _ state: GrantState,
        _ page: ListPage
    ) throws -> [(request: AccessRequest, account: Account)] {
        try rows(
            """
            SELECT \(sql: AccessRequest.columns), \(sql: Account.columns)
            FROM access_requests q JOIN accounts ON accounts.id = q.account
            WHERE q.repo = \(repo) AND q.state = \(state)
            ORDER BY q.created_at DESC, q.id DESC LIMIT \(page.fetched) OFFSET \(page.offset)
            """
        ).map { (try AccessRequest(row: $0), try Account(row: $0)) }
    }

    /// Those that come after one in the same order.
    func accessRequests(
        to repo: RepoID,
        _ state: GrantState,
        after place: (time: Date, id: String)?,
        limit: Int
    ) throws -> [(request: AccessRequest, account: Account)] {
        let rest: SQL = place.map { "AND (q.created_at, q.id) < (\($0.time), \($0.id))" } ?? ""
        return try rows(
            """
            SELECT \(sql: AccessRequest.columns), \(sql: Account.columns)
            FROM access_requests q JOIN accounts ON accounts.id = q.account
            WHERE q.repo = \(repo) AND q.state = \(state) \(sql: rest)
            ORDER BY q.created_at DESC, q.id DESC LIMIT \(limit)
            """
        ).map { (try AccessRequest(row: $0), try Account(row: $0)) }
    }

    /// Assets with a request that nobody was reminded of since then.
    func reposWithUnremindedRequests(since time: Date, limit: Int) throws -> [RepoID] {
        try values(
            RepoID.self,
            """
            SELECT DISTINCT q.repo FROM access_requests q JOIN repositories r ON r.id = q.repo
            WHERE q.state = 'pending' AND q.is_by_hand = 0 AND r.gating <> 'off'
                AND COALESCE(q.reminded_at, q.created_at) <= \(time)
            ORDER BY q.repo LIMIT \(limit)
            """
        )
    }

    /// Notes that those who decide on the asset are reminded now; answers how many requests wait.
    func noteReminder(of repo: RepoID, at now: Date) throws -> Int {
        try execute(
            "UPDATE access_requests SET reminded_at = \(now) WHERE repo = \(repo) AND state = 'pending' AND is_by_hand = 0"
        )
    }

    func save(_ request: AccessRequest, by decider: AccountID?, at now: Date) throws {
        try execute(
            """
            INSERT INTO access_requests (
                repo, account, id, state, fields, rejection_reason, is_by_hand, decided_by, created_at, updated_at)
            VALUES (\(request.repo), \(request.account), \(request.id), \(request.state), \(request.fieldsJSON),
                \(request.rejectionReason), \(request.isByHand), \(decider), \(request.createdAt), \(now))
            ON CONFLICT (repo, account) DO UPDATE SET
                state = excluded.state, fields = excluded.fields, rejection_reason = excluded.rejection_reason,
                is_by_hand = excluded.is_by_hand, decided_by = excluded.decided_by, created_at = excluded.created_at,
                updated_at = excluded.updated_at, reminded_at = NULL
            """
        )
    }
}
