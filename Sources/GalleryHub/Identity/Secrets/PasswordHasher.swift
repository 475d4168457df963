import CSodium
import Dispatch
import Foundation
import GalleryModel
import Synchronization

/// Argon2id over libsodium, on threads of its own: a hash takes tens of milliseconds and tens of megabytes.
package final class PasswordHasher: Sendable {
    /// What one hash costs whoever guesses, and us.
    package struct Cost: Sendable {
        package var passes: UInt64
        package var bytes: Int

        /// libsodium's choice for people who wait: two passes over 64 MiB.
        package static let interactive = Cost(passes: 2, bytes: 64 << 20)
        /// As cheap as the library allows; for tests.
        package static let least = Cost(passes: 1, bytes: 8192)
    }

    private let cost: Cost
    private let lanes: [DispatchQueue]
    private let waiting = Mutex(0)
    private let decoy: String

    private static let isReady = sodium_init() >= 0
    /// More than this would wait longer than anybody does.
    private static let mostWaiting = 64

    package init(cost: Cost = .interactive, lanes: Int = max(1, ProcessInfo.processInfo.activeProcessorCount / 2)) {
        self.cost = cost
        self.lanes = (0..<max(1, lanes)).map { DispatchQueue(label: "gallery.passwords.\($0)") }
        decoy = Self.hash("", cost: cost) ?? ""
    }

    /// The text to store: algorithm, cost, salt and hash in one.
    package func hash(_ password: String) async throws -> String {
        let cost = cost
        let hash = try await inLane { Self.hash(password, cost: cost) }
        guard let hash else { throw Self.overloaded }
        return hash
    }

    /// Whether the password fits; without a stored hash it takes just as long and is always false.
    package func verify(_ password: String, against hash: String?) async throws -> Bool {
        let subject = hash ?? decoy
        let fits = try await inLane { Self.verify(password, against: subject) }
        return fits && hash != nil
    }

    private func inLane<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws -> Value {
        let ticket: Int? = waiting.withLock { waiting in
            guard waiting < Self.mostWaiting else { return nil }
            waiting += 1
            return waiting
        }
        guard let ticket else { throw Self.overloaded }
        defer { waiting.withLock { $0 -= 1 } }
        return await withCheckedContinuation { continuation in
            lanes[ticket % lanes.count].async { continuation.resume(returning: body()) }
        }
    }

    private static var overloaded: Problem {
        Problem(
            .unavailable,
            "sign-in-busy",
            "Too many people are signing in at once. Try again in a moment.",
            retryAfter: 3
        )
    }

    private static func hash(_ password: String, cost: Cost) -> String? {
        guard isReady else { return nil }
        var result = [CChar](repeating: 0, count: Int(crypto_pwhash_argon2id_STRBYTES))
        let bytes = Array(password.utf8CString.dropLast())
        guard crypto_pwhash_argon2id_str(&result, bytes, UInt64(bytes.count), cost.passes, cost.bytes) == 0 else {
            return nil
        }
        return String(decoding: result.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func verify(_ password: String, against hash: String) -> Bool {
        guard isReady else { return false }
        let bytes = Array(password.utf8CString.dropLast())
        return crypto_pwhash_argon2id_str_verify(hash, bytes, UInt64(bytes.count)) == 0
    }
}
