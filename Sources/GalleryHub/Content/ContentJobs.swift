import GalleryServing
import ServiceLifecycle

/// Deletes what nothing holds, when an operator asks for it rather than at the next full hour.
package struct CollectContent: Job {
    package static let kind = "content.collect"
    package static let attempts = 5

    package init() {}
}

/// Reads everything again, when an operator asks for it.
package struct VerifyContent: Job {
    package static let kind = "content.verify"
    package static let attempts = 3

    package init() {}
}

extension Content {
    /// `lockPath` keeps two collectors apart. Both stop with the server, and begin again after its next start.
    func register(in handlers: inout JobHandlers, lockPath: String) {
        handlers.on(CollectContent.self) { _ in
            guard let lock = CollectorLock(path: lockPath) else { throw CollectorBusy() }
            try await cancelWhenGracefulShutdown { _ = try await collect() }
            withExtendedLifetime(lock) {}
        }
        handlers.on(VerifyContent.self) { _ in
            try await cancelWhenGracefulShutdown { _ = try await verify() }
        }
    }
}

/// Tried again soon.
private struct CollectorBusy: Error, CustomStringConvertible {
    let description = "another collection is running"
}
