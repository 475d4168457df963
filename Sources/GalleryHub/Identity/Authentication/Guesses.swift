import Foundation
import GalleryDatabase
package import GalleryModel

/// Slows down whoever tries passwords and codes, on all nodes together.
///
/// Each try counts before its outcome is known, so trying in parallel gains nothing; the answer is the same whether the
/// account exists or not.
package struct Guesses: Sendable {
    /// How many tries are free, and how long the wait is after the first one too many; it doubles from there.
    struct Allowance: Sendable {
        var tries: Int
        var firstWait: Double
        var longestWait: Double
    }

    /// What somebody tries.
    package enum Attempt: Sendable {
        case signIn(account: String, address: String)
        /// New accounts from one address.
        case signUp(address: String)
        /// The code of somebody's device login.
        case userCode(AccountID)
        /// Having codes sent by e-mail from one address.
        case mailedCode(address: String)

        /// What is counted, the narrowest first.
        fileprivate var subjects: [(subject: String, allowance: Allowance)] {
            switch self {
            case .signIn(let account, let address):
                let name = String(AccountName.key(account).prefix(96))
                let network = Guesses.network(of: address)
                return [
                    ("pair:\(network):\(name)", Guesses.pair), ("account:\(name)", Guesses.account),
                    ("address:\(network)", Guesses.address),
                ]
            case .signUp(let address): return [("sign-up:\(Guesses.network(of: address))", Guesses.newAccounts)]
            case .userCode(let account): return [("user-code:\(account)", Guesses.pair)]
            case .mailedCode(let address): return [("mailed-code:\(Guesses.network(of: address))", Guesses.mailedCodes)]
            }
        }
    }

    static let window = 15 * 60.0
    /// One address trying one account: people mistype.
    static let pair = Allowance(tries: 5, firstWait: 2, longestWait: 900)
    /// One account from anywhere: high, so that strangers cannot lock its owner out with a few tries.
    static let account = Allowance(tries: 60, firstWait: 5, longestWait: 60)
    /// One address trying anything.
    static let address = Allowance(tries: 30, firstWait: 5, longestWait: 900)

    /// Codes sent by e-mail at the wish of one address.
    static let mailedCodes = Allowance(tries: 20, firstWait: 60, longestWait: 900)
    /// New accounts from one address.
    static let newAccounts = Allowance(tries: 20, firstWait: 30, longestWait: 900)

    let database: any Database
    let world: World

    /// Counts a try; throws a problem with `Retry-After` where there were too many.
    package func begin(_ attempt: Attempt) async throws {
        let now = world.now()
        let subjects = attempt.subjects
        let wait = try await database.write { db -> Double? in
            let guesses = try subjects.map { try ($0, db.guesses(at: $0.subject, now: now)) }
            if let until = guesses.compactMap({ $0.1?.blockedUntil }).filter({ $0 > now }).max() {
                return until.timeIntervalSince(now)
            }
            for ((subject, allowance), known) in guesses {
                let failures = (known?.failures ?? 0) + 1
                let blockedUntil = now + allowance.wait(after: failures)
                try db.setGuesses(
                    GuessCount(
                        subject: subject,
                        failures: failures,
                        since: known?.since ?? now,
                        blockedUntil: blockedUntil
                    )
                )
            }
            return nil
        }
        if let wait {
            throw Problem(
                .throttled,
                "too-many-attempts",
                "Too many attempts. Wait a while, then try again.",
                retryAfter: max(1, Int(wait.rounded(.up)))
            )
        }
    }

    /// The try was right: it and those before it from this address no longer count for this account.
    package func forgive(_ attempt: Attempt) async throws {
        let subjects = attempt.subjects
        try await database.write { db in
            for (index, subject) in subjects.enumerated() {
                if index == 0 {
                    try db.deleteGuesses(at: subject.subject)
                } else {
                    try db.takeBackGuess(at: subject.subject)
                }
            }
        }
    }

    /// An IPv6 customer has a whole /64 to try from.
    static func network(of address: String) -> String {
        guard address.contains(":") else { return address }
        let halves = address.prefix { $0 != "%" }.components(separatedBy: "::")
        let head = halves[0].split(separator: ":").map(String.init)
        let tail = halves.count > 1 ? halves[1].split(separator: ":").map(String.init) : []
        let gap = max(0, 8 - head.count - tail.count)
        let groups = halves.count > 1 ? head + Array(repeating: "0", count: gap) + tail : head
        return groups.prefix(4).joined(separator: ":")
    }
}

extension Guesses.Allowance {
    func wait(after failures: Int) -> Double {
        guard failures >= tries else { return 0 }
        return min(longestWait, firstWait * pow(2, Double(min(failures - tries, 30))))
    }
}

/// How often something was tried lately.
struct GuessCount: Record {
    var subject: String
    var failures: Int
    var since: Date
    var blockedUntil: Date

    init(subject: String, failures: Int, since: Date, blockedUntil: Date) {
        self.subject = subject
        self.failures = failures
        self.since = since
        self.blockedUntil = blockedUntil
    }

    init(row: Row) throws {
        subject = try row.get("subject")
        failures = try row.get("failures")
        since = try row.get("since")
        blockedUntil = try row.get("blocked_until")
    }
}

extension SQLConnection {
    /// Nil where nothing was tried within the window.
    fileprivate func guesses(at subject: String, now: Date) throws -> GuessCount? {
        let count = try row(
            GuessCount.self,
            "SELECT subject, failures, since, blocked_until FROM guesses WHERE subject = \(subject)"
        )
        guard let count, count.blockedUntil > now || now.timeIntervalSince(count.since) < Guesses.window else {
            return nil
        }
        return count
    }

    fileprivate func setGuesses(_ count: GuessCount) throws {
        try execute(
            """
            INSERT INTO guesses (subject, failures, since, blocked_until)
            VALUES (\(count.subject), \(count.failures), \(count.since), \(count.blockedUntil))
            ON CONFLICT (subject) DO UPDATE
            SET failures = excluded.failures, since = excluded.since, blocked_until = excluded.blocked_until
            """
        )
    }

    fileprivate func deleteGuesses(at subject: String) throws {
        try execute("DELETE FROM guesses WHERE subject = \(subject)")
    }

    fileprivate func takeBackGuess(at subject: String) throws {
        try execute(
            "UPDATE guesses SET failures = failures - 1, blocked_until = 0 WHERE subject = \(subject) AND failures > 0"
        )
    }

    /// Forgets what is past its window, a few at a time.
    func sweepGuesses(before: Date, limit: Int) throws {
        try execute(
            """
            DELETE FROM guesses WHERE subject IN (
                SELECT subject FROM guesses WHERE since < \(before) AND blocked_until < \(before) LIMIT \(limit))
            """
        )
    }
}
