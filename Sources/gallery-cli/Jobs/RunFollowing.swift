import ArgumentParser
import Foundation
import GalleryClient

/// How a command waits for a run: it asks again, at first soon, then each two seconds.
struct RunFollowing: Sendable {
    let api: APIClient
    let run: String

    /// Writes the log from a byte on until the run is over; where it went to.
    @discardableResult
    func log(attempt: Int?, from start: Int64, follow: Bool, _ write: (String) -> Void) async throws -> Int64 {
        var next = start
        while true {
            let query = [("from", String(next)), ("attempt", attempt.map { String($0) })]
            let piece: APIAnswer<RunLogBody> = try await api.get("runs/\(run)/log", query)
            // What steers a terminal is nobody's business here, least of all a stranger's code.
            write(piece.body.text.withoutControls)
            if piece.body.next > next {
                next = piece.body.next
                continue
            }
            guard follow, piece.body.isOpen else { return next }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// The run when it is over, or when the time is; nil where the time was too short.
    func end(within seconds: Int?, _ told: (RunBody) -> Void) async throws -> APIAnswer<RunBody>? {
        let end = seconds.map { ContinuousClock.now + .seconds($0) }
        var (last, pause) = ("", Duration.milliseconds(250))
        while true {
            let answer: APIAnswer<RunBody> = try await api.get("runs/\(run)")
            let state = answer.body.state + answer.body.stage
            if state != last { told(answer.body) }
            last = state
            if answer.body.isOver { return answer }
            if let end, ContinuousClock.now + pause > end { return nil }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }
}

/// How a waiting command ends.
enum RunExit {
    static let stopped = ExitCode(3)
    static let timeIsOver = ExitCode(4)

    /// Nothing where the run succeeded.
    static func demand(_ run: RunBody) throws {
        switch run.state {
        case "succeeded": return
        case "stopped": throw Self.stopped
        default: throw ExitCode(1)
        }
    }
}

extension String {
    /// The text with line ends and tabs, but nothing else that steers a terminal.
    var withoutControls: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map { String($0).printable }.joined(
                separator: "\t"
            )
        }.joined(separator: "\n")
    }
}
