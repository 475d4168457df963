import Foundation
import Testing

@testable import GalleryCompute

struct RunStateTests {
    /// For each state, what comes of each event, in the order of `RunEvent.allCases`: placed, began, vanished, stopAsked,
    /// succeeded, failed, halted, retried; `-` for what cannot happen.
    private static let table: KeyValuePairs<RunState, String> = [
        .queued: "starting - - stopped - - - -",
        .starting: "starting running queued stopping succeeded failed stopped -",
        .running: "- running - stopping succeeded failed stopped -",
        .stopping: "- stopping stopped stopping succeeded stopped stopped -",
        .succeeded: "- - - - - - - -",
        .failed: "- - - - - - - queued",
        .stopped: "- - - - - - - queued",
    ]

    @Test func `every event in every state leads where the table says`() {
        #expect(Set(Self.table.map(\.key)) == Set(RunState.allCases))
        for (state, row) in Self.table {
            let found = RunEvent.allCases.map { state.after($0)?.rawValue ?? "-" }.joined(separator: " ")
            #expect(found == row, "\(state)")
        }
    }
}

struct RunQueueTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private static let small = RunSize(cores: 2, memoryGiB: 8)
    private static let machine = Capacity.Machine(cores: 8, memoryBytes: 32 << 30)

    private static func waiting(
        _ id: String,
        _ account: String,
        _ size: RunSize = small,
        _ seconds: Double = 0
    ) -> RunQueue.Waiting {
        RunQueue.Waiting(id: id, account: account, size: size, since: start.addingTimeInterval(seconds))
    }

    @Test func `places go round between accounts, and to those who wait longest`() {
        var queue = RunQueue(machines: [Self.machine], placed: [.init(account: "ada", size: Self.small)])
        let waiting = [
            Self.waiting("a1", "ada"), Self.waiting("a2", "ada", Self.small, 1),
            Self.waiting("b1", "bob", Self.small, 5),
            Self.waiting("b2", "bob", Self.small, 6), Self.waiting("c1", "eve", Self.small, 9),
        ]
        #expect(queue.next(waiting, at: Self.start) == ["b1", "c1", "a1"])
    }

    @Test func `nothing is given twice`() {
        var queue = RunQueue(machines: [Self.machine], placed: [])
        let waiting = (0..<20).map { Self.waiting("r\($0)", "u\($0)", Self.small, Double($0)) }
        #expect(queue.next(waiting, at: Self.start) == ["r0", "r1", "r2", "r3"])
        #expect(queue.next(waiting, at: Self.start).isEmpty)
    }

    @Test func `who has a machine alone may miss a tenth of the memory, who shares it nothing`() {
        let machine = Capacity.Machine(cores: 8, memoryBytes: 7600 << 20)
        let (whole, half) = (RunSize(cores: 2, memoryGiB: 8), RunSize(cores: 2, memoryGiB: 4))
        var queue = RunQueue(machines: [machine], placed: [])
        #expect(queue.next([Self.waiting("whole", "ada", whole)], at: Self.start) == ["whole"])
        queue = RunQueue(machines: [machine], placed: [])
        let waiting = [
            Self.waiting("one", "ada", half), Self.waiting("two", "bob", half, 1),
            Self.waiting("three", "eve", RunSize(cores: 2, memoryGiB: 3), 2),
        ]
        #expect(queue.next(waiting, at: Self.start) == ["one", "three"])
    }

    @Test func `a run lies on one machine of several`() {
        let machine = Capacity.Machine(cores: 2, memoryBytes: 8 << 30)
        let (pair, single) = (RunSize(cores: 2, memoryGiB: 4), RunSize(cores: 1, memoryGiB: 2))
        var queue = RunQueue(machines: [machine, machine], placed: [.init(account: "eve", size: single)])
        let waiting = [
            Self.waiting("four", "ada", RunSize(cores: 4, memoryGiB: 4)), Self.waiting("pair", "ada", pair, 1),
            Self.waiting("other", "bob", pair, 2), Self.waiting("single", "bob", single, 3),
        ]
        #expect(queue.next(waiting, at: Self.start) == ["pair", "single"])
        queue = RunQueue(machines: [], placed: [.init(account: "eve", size: single)])
        #expect(queue.next(waiting, at: Self.start) == [])
    }

    @Test func `a large run is passed for a while, then keeps its place free`() {
        let large = RunSize(cores: 8, memoryGiB: 32)
        let waiting = [Self.waiting("large", "ada", large), Self.waiting("small", "bob", Self.small, 1)]
        var queue = RunQueue(machines: [Self.machine], placed: [.init(account: "eve", size: Self.small)])
        #expect(queue.next(waiting, at: Self.start.addingTimeInterval(10)) == ["small"])
        queue = RunQueue(machines: [Self.machine], placed: [.init(account: "eve", size: Self.small)])
        #expect(queue.next(waiting, at: Self.start.addingTimeInterval(700)) == [])
    }

    @Test func `what never fits holds nobody up`() {
        let huge = RunSize(cores: 64, memoryGiB: 8)
        var queue = RunQueue(machines: [Self.machine], placed: [])
        let waiting = [Self.waiting("huge", "ada", huge), Self.waiting("small", "bob", Self.small, 1)]
        #expect(queue.next(waiting, at: Self.start.addingTimeInterval(7000)) == ["small"])
    }

    @Test func `accelerators are counted one by one`() {
        let t4 = Capacity.Accelerator(name: "Tesla T4", memoryBytes: 16 << 30)
        let machine = Capacity.Machine(cores: 64, memoryBytes: 256 << 30, accelerators: [t4, t4])
        let size = RunSize(cores: 8, memoryGiB: 32, accelerator: "T4", accelerators: 1)
        var queue = RunQueue(machines: [machine], placed: [.init(account: "eve", size: size)])
        let waiting = [Self.waiting("one", "ada", size), Self.waiting("two", "bob", size, 1)]
        #expect(queue.next(waiting, at: Self.start) == ["one"])
    }
}
