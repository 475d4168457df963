package import Foundation
package import GalleryModel
import Synchronization

/// The clock of a test: it stands still until it is moved by hand.
package final class TestClock: Sendable {
    /// Where every test starts.
    package static let start = Date(timeIntervalSince1970: 1_767_225_600)

    private let time: Mutex<Date>

    package init(_ start: Date = TestClock.start) {
        time = Mutex(start)
    }

    package var now: Date { time.withLock { $0 } }

    package func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        time.withLock { $0 += Double(seconds) + Double(attoseconds) * 1e-18 }
    }
}

extension World {
    /// A world that yields the ids `id-1, id-2, …` and the time of `clock`, whose sleepers move the clock instead of waiting.
    package static func fixed(_ clock: TestClock = TestClock()) -> World {
        let sequence = Sequence()
        return World(
            now: { clock.now },
            newID: { "id-\(sequence.next())" },
            randomBytes: { count in sequence.bytes(count) },
            sleep: { duration in
                try Task.checkCancellation()
                clock.advance(by: duration)
                await Task.yield()
            }
        )
    }
}

/// Numbers that never repeat, and bytes made of them.
private final class Sequence: Sendable {
    private let ids = Mutex(0)
    private let seeds = Mutex<UInt64>(0)

    func next() -> Int {
        ids.withLock { last in
            last += 1
            return last
        }
    }

    func bytes(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        while result.count < count {
            let seed = seeds.withLock { last in
                last += 1
                return last
            }
            result += SHA256Digest.of("random \(seed)".utf8).bytes
        }
        return Array(result.prefix(max(0, count)))
    }
}
