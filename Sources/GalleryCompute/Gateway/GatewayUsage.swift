import Foundation
import GalleryDatabase
import Synchronization

/// Tokens of a request, as the engine counted them.
package struct TokenCount: Sendable, Equatable, Decodable {
    package var prompt: Int64
    package var completion: Int64

    package init(prompt: Int64 = 0, completion: Int64 = 0) { (self.prompt, self.completion) = (prompt, completion) }

    private enum CodingKeys: String, CodingKey {
        case prompt = "prompt_tokens"
        case completion = "completion_tokens"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        prompt = try container.decodeIfPresent(Int64.self, forKey: .prompt) ?? 0
        completion = try container.decodeIfPresent(Int64.self, forKey: .completion) ?? 0
    }
}

/// Counts what callers use, and writes it down together every few seconds; what a fall of the gallery loses is no more.
final class GatewayUsage: Sendable {
    private struct Key: Hashable {
        let service: String
        let caller: String
        let day: String
    }

    private struct Counts {
        var requests: Int64 = 0
        var errors: Int64 = 0
        var tokens = TokenCount()
        var at = Date.distantPast

        mutating func add(_ other: Counts) {
            requests += other.requests
            errors += other.errors
            tokens.prompt += other.tokens.prompt
            tokens.completion += other.tokens.completion
            at = max(at, other.at)
        }
    }

    private let counts = Mutex<[Key: Counts]>([:])

    func add(_ tokens: TokenCount, isError: Bool, of caller: String, to service: String, at now: Date) {
        let key = Key(service: service, caller: caller, day: ServiceUsage.day(of: now))
        counts.withLock { counts in
            counts[key, default: Counts()].add(
                Counts(requests: 1, errors: isError ? 1 : 0, tokens: tokens, at: now)
            )
        }
    }

    func flush(to database: any Database) async throws {
        let batch = counts.withLock { counts in
            defer { counts = [:] }
            return counts
        }
        guard !batch.isEmpty else { return }
        do {
            try await database.write { db in
                for (key, counts) in batch { try Self.write(key, counts, db) }
            }
        } catch {
            // Next time, with what comes meanwhile.
            self.counts.withLock { known in
                for (key, counts) in batch { known[key, default: Counts()].add(counts) }
            }
            throw error
        }
    }

    private static func write(_ key: Key, _ counts: Counts, _ db: any SQLConnection) throws {
        // One that was deleted meanwhile has no use any more.
        guard try db.service(key.service) != nil else { return }
        try db.execute(
            """
            INSERT INTO service_usage (service, caller, day, requests, errors, prompt_tokens, completion_tokens)
            VALUES (\(key.service), \(key.caller), \(key.day), \(counts.requests), \(counts.errors),
                \(counts.tokens.prompt), \(counts.tokens.completion))
            ON CONFLICT (service, caller, day) DO UPDATE SET
                requests = service_usage.requests + excluded.requests,
                errors = service_usage.errors + excluded.errors,
                prompt_tokens = service_usage.prompt_tokens + excluded.prompt_tokens,
                completion_tokens = service_usage.completion_tokens + excluded.completion_tokens
            """
        )
        try db.execute("UPDATE service_keys SET used_at = \(counts.at) WHERE id = \(key.caller)")
    }
}
