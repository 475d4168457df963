/// How what is to be run goes with the memory of a flavor: its accelerators' where it has some, else its own.
package struct FlavorFit: Sendable, Equatable {
    package enum State: String, Sendable, Codable, CaseIterable {
        case fits
        /// There is enough, but hardly more: longer texts or larger batches may fail.
        case tight
        case small
    }

    package let neededBytes: Int64
    package let thereBytes: Int64

    package init(neededBytes: Int64, in flavor: Flavor) {
        self.neededBytes = neededBytes
        thereBytes = Int64(flavor.accelerator.isEmpty ? flavor.memoryGiB : flavor.acceleratorGiB) << 30
    }

    /// What is needed is an estimate: from nine tenths of the memory on it is called tight.
    package var state: State {
        if neededBytes > thereBytes { return .small }
        return neededBytes > thereBytes / 10 * 9 ? .tight : .fits
    }
}

/// Amounts of memory as flavors name theirs: `7.4 GiB`.
enum GiB {
    static func text(_ bytes: Int64) -> String {
        let tenths = (max(0, bytes) + (1 << 30) / 20) / ((1 << 30) / 10)
        return tenths < 100 && tenths % 10 > 0 ? "\(tenths / 10).\(tenths % 10) GiB" : "\((tenths + 5) / 10) GiB"
    }
}
