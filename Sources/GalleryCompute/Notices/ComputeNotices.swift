import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing

/// Tells people what became of their runs, and how they stand with what they owe: in the transaction in which it happens.
enum ComputeNotices {
    /// Of runs: the end that their owner did not bring about themself.
    static func runs(_ world: World) -> RunObserver {
        { run, before, db in
            guard run.state != before, run.state.isOver else { return }
            // Services and apps that end as their time is up, or that their owner stopped, are no news.
            let kind: NotificationKind
            switch run.state {
            case .succeeded:
                guard run.kind == .fineTune else { return }
                kind = .runSucceeded
            case .failed: kind = .runFailed
            case .stopped:
                guard run.reason.code != RunReason.asked.code else { return }
                kind = .runStopped
            case .queued, .starting, .running, .stopping: return
            }
            let topic = NotificationTopic.site(
                page: page(of: run),
                key: run.id,
                values: ["title": run.title, "excerpt": run.reason.detail]
            )
            try db.tell(kind, to: [run.account], about: topic, by: nil, world: world)
        }
    }

    private static func page(of run: Run) -> String {
        switch run.kind {
        case .fineTune: "/my/jobs"
        case .app: "/my/apps"
        case .service: "/my/billing"
        }
    }

    /// Of money: each step of arrears, and their end.
    static func standing(_ world: World) -> StandingObserver {
        { account, standing, db in
            let kind: NotificationKind =
                switch standing.state {
                case .clear: .arrearsCleared
                case .grace: .arrearsOwed
                case .retention: .arrearsFrozen
                case .released: .arrearsReleased
                }
            var values: [String: String] = [:]
            if let until = standing.until { values["until"] = String(until.wire.prefix(10)) }
            try db.tell(kind, to: [account], about: .site(page: "/my/billing", values: values), by: nil, world: world)
        }
    }
}
