import Foundation
package import GalleryModel
package import GalleryServing

/// What pages say of a run, whatever it is for.
package struct RunView: Sendable {
    package let id: String
    package let state: Badge
    /// What its worker does, while it does.
    package let stage: String?
    /// Why it ended as it did, and what to do about it.
    package let reason: String?
    /// In the worker's own words.
    package let detail: String?
    package let isOver: Bool
    /// Seconds between two looks at it, for `data-live`; nil where nothing changes any more.
    package let live: Int?
    package let mayStop: Bool
    package let mayRetry: Bool
    package let mayDelete: Bool

    package init(_ run: Run, _ context: GalleryContext) {
        id = run.id
        state = Self.badge(run.state, context)
        let isWorking = run.state == .starting || run.state == .running
        stage = isWorking && !run.stage.isEmpty ? context.say("runs.stage.\(run.stage)") : nil
        let words = run.reason
        let sentence = context.words.catalogue.text("runs.reason.\(words.code)", in: context.language)
        // What a slice or the gallery refused says itself what to do.
        reason = words.code.isEmpty ? nil : sentence ?? context.say(Problem(.conflict, words.code, words.detail))
        detail = sentence != nil && !words.detail.isEmpty ? words.detail : nil
        isOver = run.state.isOver
        live = run.isSettled ? nil : 3
        mayStop = !run.state.isOver && run.state != .stopping
        mayRetry = run.state.after(.retried) != nil && run.isSettled
        mayDelete = run.state.isOver && run.isSettled
    }

    package static func badge(_ state: RunState, _ context: GalleryContext) -> Badge {
        let look: (tone: Tone, icon: String) =
            switch state {
            case .queued: (.neutral, "clock")
            case .starting, .stopping: (.warning, "clock")
            case .running: (.accent, "play")
            case .succeeded: (.positive, "check")
            case .failed: (.danger, "warning")
            case .stopped: (.neutral, "close")
            }
        return Badge(context.say("runs.state.\(state.rawValue)"), look.tone, icon: look.icon)
    }
}

/// `components/run-log`: the end of a run's log, which goes on by itself.
package struct RunLogView: Sendable {
    let run: String
    let text: String
    let next: Int64
    let isOpen: Bool
    let isEmpty: Bool
    let isCut: Bool
    /// Where the log can be read from its beginning.
    let whole: String

    /// The last part of the log; `run` as of before it was read.
    package init(_ run: Run, _ piece: RunLogs.Piece) {
        self.run = run.id
        text = piece.text
        next = piece.next
        isOpen = !run.isSettled
        isEmpty = piece.text.isEmpty
        isCut = piece.offset > 0
        whole = "/api/v1/runs/\(run.id)/log"
    }

    /// Reads what is shown: the last 64 KiB.
    package init(_ run: Run, _ runs: Runs, by viewer: Viewer) async throws {
        self.init(run, try await runs.log(run.id, from: -(64 << 10), by: viewer))
    }
}
