import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing

/// Tells people what became of their runs, and how they stand with what they owe: in the transaction in which it happens.
enum ComputeNotices {
    /// Why the gallery ends what works well.
    private static let byGallery = [RunReason.byOperator.code, RunReason.frozen.code, RunReason.timeLimit]

    /// Of runs: the end that their owner did not bring about themself.
    static func runs(_ world: World) -> RunObserver {
        { run, before, db in
            // A replica that ends is no news: its service starts another, or says why not.
            guard run.state != before, run.state.isOver, run.kind != .service else { return }
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
        case .fineTune: "/my/jobs/\(run.id)"
        case .app: "/my/apps"
        case .service: "/my/services"
        }
    }

    /// Of a service that answers no more, though its owner wished it to.
    static func halted(
        _ service: InferenceService,
        _ why: RunReason,
        _ world: World,
        _ db: any SQLConnection
    ) throws {
        let topic = NotificationTopic.site(
            page: "/my/services/\(service.id)",
            key: service.id,
            values: ["title": service.name, "excerpt": why.detail]
        )
        let kind: NotificationKind = byGallery.contains(why.code) ? .runStopped : .runFailed
        try db.tell(kind, to: [service.account], about: topic, by: nil, world: world)
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
