import Foundation
import Synchronization
import Testing

@testable import GalleryCompute

struct RegionMachinesTests {
    private static let pair = Capacity([.init(cores: 2, memoryBytes: 1), .init(cores: 4, memoryBytes: 1)])
    private static let start = Date(timeIntervalSince1970: 1_000_000)

    @Test func `what a cluster has is forgotten when it was silent for a while`() async {
        let answer = Mutex<Capacity?>(nil)
        let machines = RegionMachines {
            guard let capacity = answer.withLock(\.self) else { throw LauncherError.unreachable("nobody is there") }
            return capacity
        }
        func after(_ seconds: TimeInterval) async -> Int {
            await machines.refresh(at: Self.start.addingTimeInterval(seconds))
            return machines.capacity.machines.count
        }
        #expect(await after(0) == 0)
        answer.withLock { $0 = Self.pair }
        // Nobody is asked each second.
        #expect(await after(1) == 0)
        #expect(await after(5) == 2)
        answer.withLock { $0 = nil }
        #expect(await after(30) == 2)
        #expect(await after(64) == 2)
        #expect(await after(70) == 0)
    }

    @Test func `this machine stays as it is`() async {
        let machines = RegionMachines(Self.pair)
        await machines.refresh(at: Self.start)
        #expect(machines.capacity == Self.pair)
    }
}
