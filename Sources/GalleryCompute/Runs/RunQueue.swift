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

    private let whole: [Capacity.Machine]
    private var left: [Capacity.Machine]
    private var counts: [String: Int] = [:]

    /// On which of several machines a run was placed is not known; the largest are taken to have been placed first, each where
    /// least was left.
    package init(machines: [Capacity.Machine], placed: [Placed]) {
        (left, whole) = (machines, machines)
        for run in placed.sorted(by: { ($0.size.memoryGiB, $0.size.cores) > ($1.size.memoryGiB, $1.size.cores) }) {
            take(run.size)
            counts[run.account, default: 0] += 1
        }
    }

    /// The runs to start now, in order.
    package mutating func next(_ waiting: [Waiting], at now: Date) -> [String] {
        var (rest, chosen) = (waiting, [String]())
        while let index = rest.indices.min(by: { isBefore(rest[$0], rest[$1]) }) {
            let run = rest.remove(at: index)
            if place(for: run.size) != nil {
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

    /// The machine with least left of those that have enough. What a machine is sold with is never all there: who has it alone
    /// may miss a tenth of the memory, who shares it nothing.
    private func place(for size: RunSize) -> Int? {
        left.indices.filter { index in
            guard Capacity([left[index]]).obstacle(to: size.flavor) == nil else { return false }
            return left[index].memoryBytes == whole[index].memoryBytes
                || Int64(size.memoryGiB) << 30 <= left[index].memoryBytes
        }
        .min { (left[$0].cores, left[$0].memoryBytes) < (left[$1].cores, left[$1].memoryBytes) }
    }

    private func couldFit(_ size: RunSize) -> Bool { Capacity(whole).obstacle(to: size.flavor) == nil }

    private mutating func take(_ size: RunSize) {
        // What runs has its place, also where the machines became fewer.
        guard let place = place(for: size) ?? left.indices.max(by: { left[$0].cores < left[$1].cores }) else { return }
        var machine = left[place]
        defer { left[place] = machine }
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
