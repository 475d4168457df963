import GalleryDatabase

/// Where a run stands.
package enum RunState: String, Sendable, Codable, CaseIterable, SQLConvertible {
    case queued, starting, running, stopping, succeeded, failed, stopped

    package var isOver: Bool { self == .succeeded || self == .failed || self == .stopped }
    /// Whether it holds a place on a machine.
    package var isPlaced: Bool { self == .starting || self == .running || self == .stopping }

    /// The state after something happened; nil where it cannot happen, the same where it changes nothing.
    package func after(_ event: RunEvent) -> RunState? {
        switch (self, event) {
        case (.queued, .placed): .starting
        case (.starting, .placed): .starting
        case (.starting, .began), (.running, .began): .running
        case (.stopping, .began): .stopping
        // Nothing ran, so it waits for its turn again.
        case (.starting, .vanished): .queued
        case (.stopping, .vanished): .stopped
        case (.queued, .stopAsked): .stopped
        case (.starting, .stopAsked), (.running, .stopAsked), (.stopping, .stopAsked): .stopping
        case (.starting, .succeeded), (.running, .succeeded), (.stopping, .succeeded): .succeeded
        case (.starting, .failed), (.running, .failed): .failed
        // Somebody wanted it to end, and it ended.
        case (.stopping, .failed): .stopped
        case (.starting, .halted), (.running, .halted), (.stopping, .halted): .stopped
        case (.failed, .retried), (.stopped, .retried): .queued
        default: nil
        }
    }
}

/// What can happen to a run.
package enum RunEvent: String, Sendable, CaseIterable {
    /// It got a place on a machine.
    case placed
    /// Its worker works: from here on it is billed.
    case began
    /// What was to be started is found never to have begun.
    case vanished
    case stopAsked
    case succeeded, failed
    /// It ended because it was asked to.
    case halted
    case retried
}

/// What a run is for.
package enum RunKind: String, Sendable, Codable, CaseIterable, SQLConvertible {
    case fineTune = "fine-tune"
    case service, app

    /// What its flavor must be for.
    package var service: ComputeService {
        switch self {
        case .fineTune: .fineTune
        case .service: .inference
        case .app: .app
        }
    }
}

/// Why a run ended as it did: a code for programs and catalogues, and words.
package struct RunReason: Sendable, Equatable, Codable {
    package var code: String
    package var detail: String

    package init(_ code: String, _ detail: String = "") { (self.code, self.detail) = (code, detail) }

    package static let none = RunReason("")
    package static let asked = RunReason("stopped")
    package static let byOperator = RunReason("operator")
    /// The code of one whose time is used.
    package static let timeLimit = "time-limit"
    package static let frozen = RunReason("arrears", "What is paid is frozen until the debt is paid.")
    package static let workerLost = RunReason("worker-lost", "Nothing was heard of the worker any more.")
    package static let machineLost = RunReason("machine-lost", "The machine went down.")
    package static let silent = RunReason("no-start", "The worker did not begin in time.")

    /// What the end of a process means where the worker itself said nothing.
    package init(_ cause: LaunchEnd.Cause) {
        switch cause {
        case .exit(0): self.init("no-result", "The worker ended without saying how.")
        case .exit(let code): self.init("exit-code", "The worker ended with code \(code).")
        case .signal(let number): self.init("signal", "The worker was ended by signal \(number).")
        case .outOfMemory: self.init("out-of-memory", "The worker needed more memory than its flavor has.")
        case .diskFull: self.init("disk-full", "The disk was full.")
        case .timeLimit: self.init("time-limit", "The time of the run was over.")
        }
    }
}
