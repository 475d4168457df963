import GalleryClient
import Synchronization

/// Shows transfers that run at the same time as if they came one after the other.
///
/// Each gets one final line, in order. On a terminal the first unfinished one is redrawn in place meanwhile.
final class ProgressBoard: Sendable {
    private struct Row {
        var title: String
        var total: Int64
        var done: Int64 = 0
        var initial: Int64?
        var startedAt: ContinuousClock.Instant?
        var finishedAt: ContinuousClock.Instant?
    }

    private struct State {
        var rows: [Row]
        var current = 0
        var drawnAt: ContinuousClock.Instant?
    }

    private let state: Mutex<State>
    private let console: Console
    private let isQuiet: Bool

    /// A lone file bears no number.
    init(verb: String, files: [(name: String, size: Int64)], console: Console, isQuiet: Bool) {
        let rows = files.enumerated().map { index, file in
            let number = files.count > 1 ? "\(index + 1)/\(files.count) " : ""
            return Row(title: "\(verb) \(number)\(file.name)", total: file.size)
        }
        state = Mutex(State(rows: rows))
        self.console = console
        self.isQuiet = isQuiet
    }

    /// The first report of a file says what was there before.
    func report(_ index: Int, _ done: Int64) {
        let now = ContinuousClock.now
        let line: String? = state.withLock { state in
            if state.rows[index].initial == nil {
                state.rows[index].initial = done == state.rows[index].total ? 0 : done
                state.rows[index].startedAt = now
            }
            if done < state.rows[index].initial ?? 0 { state.rows[index].initial = 0 }
            state.rows[index].done = done
            guard console.isTerminal, !isQuiet, index == state.current,
                state.drawnAt.map({ $0.duration(to: now) > .milliseconds(100) }) ?? true
            else { return nil }
            state.drawnAt = now
            return text(state.rows[index], at: now)
        }
        if let line, line.displayWidth <= console.columns { console.write("\r\(line)\u{1B}[K") }
    }

    func finish(_ index: Int) {
        let now = ContinuousClock.now
        state.withLock { state in
            state.rows[index].finishedAt = now
            state.rows[index].done = state.rows[index].total
            while state.current < state.rows.count, let end = state.rows[state.current].finishedAt {
                if !isQuiet {
                    let line = text(state.rows[state.current], at: end)
                    console.write(console.isTerminal ? "\r\(line)\u{1B}[K\n" : line + "\n")
                }
                state.current += 1
                state.drawnAt = nil
            }
        }
    }

    /// Leaves a line that was being redrawn, before something else is printed.
    func interrupt() {
        let isDrawn = state.withLock { state in
            defer { state.drawnAt = nil }
            return state.drawnAt != nil
        }
        if isDrawn { console.write("\n") }
    }

    private func text(_ row: Row, at time: ContinuousClock.Instant) -> String {
        let elapsed = row.startedAt.map { $0.duration(to: time) } ?? .zero
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        return ProgressLine(
            title: row.title,
            total: row.total,
            done: row.done,
            initial: row.initial ?? 0,
            seconds: seconds
        ).text(columns: console.columns)
    }
}
