import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryModel
import Glibc
package import Logging
import ServiceLifecycle

/// Looks after the store while the gallery runs: sweeps what a crash left when it starts, then collects every hour.
package struct ContentCaretaker: Service {
    private static let interval: Duration = .seconds(3600)
    /// Times of files come from a coarser clock than ours.
    private static let clockTolerance: Duration = .milliseconds(100)

    private let content: Content
    private let policy: CollectionPolicy
    private let lockPath: String
    private let isAlone: Bool
    private let logger: Logger

    /// `isAlone` says that no other server writes into this store, so that what is older than now was left by a crash.
    package init(
        content: Content,
        policy: CollectionPolicy = CollectionPolicy(),
        lockPath: String,
        isAlone: Bool,
        logger: Logger
    ) {
        self.content = content
        self.policy = policy
        self.lockPath = lockPath
        self.isAlone = isAlone
        self.logger = logger
    }

    package func run() async throws {
        let start = content.world.now()
        await cancelWhenGracefulShutdown {
            await attempt("recovery") { try await recover(since: start) }
            while !Task.isCancelled {
                guard (try? await content.world.sleep(Self.interval)) != nil else { return }
                await attempt("collection") { try await collect() }
            }
        }
    }

    /// A failure must not end the server: it is logged, and tried again the next time.
    private func attempt(_ name: String, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch is CancellationError {
        } catch {
            logger.error("content \(name) failed", metadata: ["error": "\(error)"])
        }
    }

    func recover(since start: Date) async throws {
        let staged = try await content.blobs.sweepStaging()
        var strays = 0
        if isAlone, let lock = CollectorLock(path: lockPath) {
            let collector = ContentCollector(content: content, policy: policy)
            strays = try await collector.deleteStrays(olderThan: start - Self.clockTolerance)
            withExtendedLifetime(lock) {}
        }
        let missing = try await content.missingPacks()
        if staged + strays > 0 {
            logger.notice("swept what a crash had left", metadata: ["staged": "\(staged)", "strays": "\(strays)"])
        }
        for pack in missing.prefix(20) {
            logger.error("a pack is missing or cut short; run 'gallery verify'", metadata: ["pack": "\(pack)"])
        }
    }

    private func collect() async throws {
        guard let lock = CollectorLock(path: lockPath) else { return }
        let report = try await content.collect(policy)
        withExtendedLifetime(lock) {}
        if report != CollectionReport() { logger.info("collected", metadata: ["report": "\(report)"]) }
    }
}

extension Content {
    /// Packs with rows but without their bytes: a damaged disk, or a backup that lacks some.
    func missingPacks() async throws -> [PackID] {
        var missing: [PackID] = []
        var last: PackID?
        while true {
            let after = last
            let page = try await database.read { db in try db.packRecords(after: after, limit: 500) }
            guard let end = page.last else { return missing }
            last = end.id
            for pack in page {
                try Task.checkCancellation()
                guard try await blobs.size(of: pack.id) != pack.size else { continue }
                if try await database.read({ db in try db.packRecord(pack.id) != nil }) { missing.append(pack.id) }
            }
        }
    }
}

/// One collector at a time on a data folder, in whatever process; the system frees it when the process ends.
package final class CollectorLock: Sendable {
    private let descriptor: Int32

    /// Nil when another collector is at work.
    package init?(path: String) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
