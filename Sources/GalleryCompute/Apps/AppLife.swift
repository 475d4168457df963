import Foundation
import GalleryDatabase
package import GalleryModel
import GalleryServing
import Logging
import ServiceLifecycle

/// What becomes of an app when what runs it ends.
enum AppRules {
    /// So often in a row may an app fall; each time it waits longer.
    static let mostFailures = 5
    /// What ran for so long did not fall at once.
    static let steady: TimeInterval = 600
    /// What trying again does not heal.
    private static let hopeless: Set<String> = [
        "time-limit", "arrears", "bad-model", "bad-parameters", "bad-code", "gallery-refused", "run-no-workers",
        "run-no-program", "run-time-used", "launcher-not-confined", "launcher-refused", "app-no-environment",
    ]

    /// Seconds until an app that fell so often in a row is started again.
    static func wait(after failures: Int) -> TimeInterval { min(300, 5 * pow(2, Double(max(0, failures - 1)))) }
}

extension AIApp {
    /// Keeps in step with what runs it.
    mutating func follow(_ run: Run, at now: Date) {
        guard run.id == self.run else { return }
        switch run.state {
        case .queued, .starting:
            // Its owner started the run itself again.
            if state != .shown, run.state == .queued { (state, reason, failures) = (.shown, .none, 0) }
            retryAt = nil
        case .running, .stopping:
            retryAt = nil
        case .succeeded, .failed, .stopped:
            guard state == .shown else { return }
            fall(run, at: now)
        }
        updatedAt = now
    }

    private mutating func fall(_ run: Run, at now: Date) {
        reason = run.reason
        if run.state == .stopped, run.reason == .asked {
            (state, retryAt) = (.paused, nil)
            return
        }
        let lasted = run.startedAt.map { (run.endedAt ?? now).timeIntervalSince($0) } ?? 0
        failures = lasted >= AppRules.steady ? 1 : failures + 1
        guard AppRules.heals(run), failures <= AppRules.mostFailures else {
            (state, retryAt) = (.ended, nil)
            return
        }
        retryAt = now.addingTimeInterval(AppRules.wait(after: failures))
    }
}

extension AppRules {
    /// Whether starting it again may help. What was stopped by somebody else than its worker stays so.
    static func heals(_ run: Run) -> Bool { run.state == .failed && !hopeless.contains(run.reason.code) }
}

extension Apps {
    /// Keeps apps in step with what runs them.
    package static func observer(_ world: World) -> RunObserver {
        { run, before, db in
            guard run.kind == .app, var app = try db.app(ofRun: run.id) else { return }
            if before.isOver, !run.state.isOver, app.isHeld { throw AppError.held }
            app.follow(run, at: world.now())
            try db.save(app)
        }
    }

    /// The paid apps of an account whose debt was not paid in time go with what else it kept.
    package static let released: StandingObserver = { account, standing, db in
        guard standing.state == .released else { return }
        for app in try db.apps(of: account, before: nil, limit: mostApps) where app.used.tariff == .paid {
            try db.deleteApp(app.id)
        }
    }

    /// What is started for an app.
    package func part(_ workers: Workers, own: Workers, conversions: ConversionCache? = nil) -> RunPart {
        RunPart([.app]) { run in
            let purpose = try AppPlan.purpose(of: run)
            guard purpose == .own else {
                var program = try workers.program(AppPlan.module(purpose))
                program.kept = try conversions?.folder(of: run.account.rawValue, at: world.now())
                return program
            }
            try demandOwn()
            var program = try own.program(AppPlan.module(purpose))
            program.isStrangers = true
            return program
        }
    }

    /// Whether programs of people's own can be run here: they need something to run in, and to be confined.
    package static func ownDemand(_ own: Workers, _ confinement: Confinement) -> @Sendable () throws -> Void {
        {
            guard own.areInstalled else { throw AppError.noEnvironment }
            guard confinement.admits(.gallery) else { throw LauncherError.notConfined }
        }
    }

    /// One round: starts again what fell, and clears what apps that are gone have left.
    package func tick() async throws {
        let now = world.now()
        let (due, left) = try await database.read { db in (try db.appsToRestart(at: now), try db.orphanedRuns()) }
        for app in due { try await restart(app.id, at: now) }
        for run in left {
            try await database.write { db in try db.deleteRun(run) }
            try runs.logs.forget(run: run)
            try await runs.discard(run)
        }
    }

    private func restart(_ id: String, at now: Date) async throws {
        try await database.write { db in
            guard var app = try db.app(id), app.state == .shown, let at = app.retryAt, at <= now else { return }
            guard let run = try app.run.flatMap(db.run) else {
                (app.state, app.retryAt) = (.ended, nil)
                return try db.save(app)
            }
            // What is left of it on its machine goes first.
            guard run.isSettled || run.attempt == 0 else { return }
            do {
                try runs.again(run, at: now, db)
            } catch let error as any DomainError {
                (app.state, app.retryAt) = (.ended, nil)
                app.reason = RunReason(error.problem.code, error.problem.detail)
                try db.save(app)
            }
        }
    }
}

/// Looks after apps as long as the gallery runs.
struct AppUpkeep: Service {
    private let apps: Apps
    private let logger = Logger(label: "gallery.apps")

    init(apps: Apps) { self.apps = apps }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await apps.tick()
                } catch {
                    // The database was away, say; the next round finds everything as it is.
                    logger.error("apps were not looked after", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: .seconds(2))
            }
        }
    }
}
