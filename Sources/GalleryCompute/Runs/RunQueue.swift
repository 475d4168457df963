package import Foundation

/// Which waiting runs get a place, as a pure rule: in turn between accounts, never more than there is, and nobody waits for
/// ever behind those that are smaller.
package struct RunQueue: Sendable {
    package struct Waiting: Sendable, Equatable {
        package var id: String
        package var account: String
        package var size: RunSize
        package var since: Date

        package init(id: String, account: String, size: RunSize, since: Date) {
            (self.id, self.account, self.size, self.since) = (id, account, size, since)
        }
    }

    /// What runs, of whom.
    package struct Placed: Sendable, Equatable {
        package var account: String
        package var size: RunSize

        package init(account: String, size: RunSize) { (self.account, self.size) = (account, size) }
    }

    /// After so many seconds a run that does not fit keeps the place free that it needs.
    package static let patience: TimeInterval = 600

    private let whole: Capacity.Machine
    private var machine: Capacity.Machine
    private var counts: [String: Int] = [:]

    package init(machine: Capacity.Machine, placed: [Placed]) {
        (self.machine, whole) = (machine, machine)
        for run in placed {
            take(run.size)
            counts[run.account, default: 0] += 1
        }
    }

    /// The runs to start now, in order.
    package mutating func next(_ waiting: [Waiting], at now: Date) -> [String] {
        var (left, chosen) = (waiting, [String]())
        while let index = left.indices.min(by: { isBefore(left[$0], left[$1]) }) {
            let run = left.remove(at: index)
            if fits(run.size) {
                take(run.size)
                counts[run.account, default: 0] += 1
                chosen.append(run.id)
            } else if now.timeIntervalSince(run.since) >= Self.patience, couldFit(run.size) {
                return chosen
            }
        }
        return chosen
    }

    /// Who has least running comes first, then who waits longest.
    private func isBefore(_ one: Waiting, _ other: Waiting) -> Bool {
        (counts[one.account, default: 0], one.since, one.id) < (
            counts[other.account, default: 0], other.since, other.id
        )
    }

    /// What a machine is sold with is never all there: who has it alone may miss a tenth, who shares it nothing.
    private func fits(_ size: RunSize) -> Bool {
        guard Capacity([machine]).obstacle(to: size.flavor) == nil else { return false }
        return machine.memoryBytes == whole.memoryBytes || Int64(size.memoryGiB) << 30 <= machine.memoryBytes
    }

    private func couldFit(_ size: RunSize) -> Bool { Capacity([whole]).obstacle(to: size.flavor) == nil }

    private mutating func take(_ size: RunSize) {
        machine.cores -= size.cores
        machine.memoryBytes -= Int64(size.memoryGiB) << 30
        for _ in 0..<size.accelerators {
            let index = machine.accelerators.firstIndex { accelerator in
                Capacity([.init(cores: 1, memoryBytes: 1 << 30, accelerators: [accelerator])])
                    .obstacle(
                        to: RunSize(cores: 1, memoryGiB: 1, accelerator: size.accelerator, accelerators: 1).flavor
                    )
                    == nil
            }
            if let index { machine.accelerators.remove(at: index) }
        }
    }
}

extension RunSize {
    /// As a flavor, for the rule of what fits on a machine.
    fileprivate var flavor: Flavor {
        Flavor(
            id: "run",
            name: LocalName(en: "run", zh: "run"),
            accelerator: accelerator,
            acceleratorCount: accelerators,
            cores: cores,
            memoryGiB: memoryGiB
        )
    }
}
