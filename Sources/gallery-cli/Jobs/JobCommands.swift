import ArgumentParser
import GalleryClient

/// The group `gallery-cli job …`.
struct JobCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job",
        abstract: "Order fine-tuning jobs, follow them and end them",
        subcommands: [
            JobList.self, JobShow.self, JobCreate.self, JobParameters.self, JobLogs.self, JobMetrics.self, JobWait.self,
            JobStop.self,
            JobRetry.self, JobDelete.self,
        ]
    )
}

/// Lists one's jobs.
struct JobList: AsyncParsableCommand {
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case fineTune = "fine-tune"
        case service, app, all
    }

    static let configuration = CommandConfiguration(commandName: "list", abstract: "List your jobs, the newest first")

    @Option(help: "Which runs: fine-tuning jobs, or what services and apps run as.")
    var kind = Kind.fineTune

    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (query, limit) = ([("kind", kind == .all ? nil : kind.rawValue)], list.limit)
        let answer: APIAnswer<[RunBody]> = try await Session.run { try await $0.api.list("runs", query, limit: limit) }
        output.show(answer) { runs in
            var table = Table("JOB", "TITLE", "STATE", "FLAVOR", "ORDERED")
            for run in runs {
                table.add(run.id, run.title, run.state, run.flavor, Moment.text(run.createdAt))
            }
            return table.text
        }
    }
}

/// Shows a job with its cost.
struct JobShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a job, and what it costs so far"
    )

    @Argument(help: "The job, as `job list` names it.")
    var job: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let path = "runs/\(job.percentEncoded)"
        let (run, cost) = try await Session.run { session in
            let run: APIAnswer<RunBody> = try await session.api.get(path)
            let cost: APIAnswer<RunCostBody> = try await session.api.get("\(path)/cost")
            return (run, cost)
        }
        output.show(run) { Self.text($0, cost.body) }
    }

    private static func text(_ run: RunBody, _ cost: RunCostBody) -> String {
        var facts = Facts()
        facts.add("Job", run.id)
        facts.add("Title", run.title)
        facts.add("Kind", run.kind)
        facts.add("State", run.stage.isEmpty || run.isOver ? run.state : "\(run.state) (\(run.stage))")
        facts.add("Why", run.reason?.text)
        facts.add("Flavor", "\(run.flavor) in \(run.region), \(run.tariff)")
        facts.add("Attempt", run.attempt == 0 ? nil : String(run.attempt))
        facts.add("At most", run.limitSeconds.map(Moment.length))
        facts.add("Ordered", Moment.text(run.createdAt))
        facts.add("Started", Moment.text(run.startedAt))
        facts.add("Ended", Moment.text(run.endedAt))
        facts.add("Checkpoint", run.checkpointStep.map { "step \($0)" })
        facts.add("Product", run.product.map { "commit \($0)" })
        facts.add("Cost", cost.text)
        facts.add("Next", run.mayRetry ? "gallery-cli job retry \(run.id)" : nil)
        return facts.text
    }
}

/// Prints a job's log.
struct JobLogs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "logs", abstract: "Print the log of a job")

    @Argument(help: "The job, as `job list` names it.")
    var job: String

    @Flag(name: .shortAndLong, help: "Go on until the job is over.")
    var follow = false

    @Option(help: "Of which attempt; the last unless given.")
    var attempt: Int?

    @Option(help: "From this byte on.")
    var from: Int64 = 0

    func run() async throws {
        let (job, attempt, from, follow) = (job.percentEncoded, attempt, from, follow)
        try await Session.run { session in
            _ = try await RunFollowing(api: session.api, run: job)
                .log(attempt: attempt, from: from, follow: follow) { Console.standard.write($0) }
        }
    }
}

/// Prints what a job measured.
struct JobMetrics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Print what a job measured, such as its loss"
    )

    @Argument(help: "The job, as `job list` names it.")
    var job: String

    @Argument(help: "Which measure; without one their names are printed.")
    var name: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (path, query) = ("runs/\(job.percentEncoded)/metrics", [("name", name)])
        let answer: APIAnswer<RunMetricsBody> = try await Session.run { try await $0.api.get(path, query) }
        let isNamed = name != nil
        output.show(answer) { metrics in
            guard isNamed else { return metrics.names.map { $0.printable + "\n" }.joined() }
            var table = Table("STEP", "VALUE", "AT")
            for point in metrics.points { table.add(String(point.step), String(point.value), Moment.text(point.at)) }
            return table.text
        }
    }
}

/// Waits for the end of a job.
struct JobWait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait for the end of a job",
        discussion:
            "Ends with 0 when the job succeeded, 1 when it failed, 3 when it was stopped, 4 when --timeout was too short."
    )

    @Argument(help: "The job, as `job list` names it.")
    var job: String

    @Option(help: "Wait so many seconds at most.")
    var timeout: Int?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (job, timeout, isQuiet) = (job.percentEncoded, timeout, output.json)
        let end = try await Session.run { session in
            try await RunFollowing(api: session.api, run: job).end(within: timeout) { run in
                if !isQuiet { Console.complain(run.stage.isEmpty ? run.state : "\(run.state): \(run.stage.printable)") }
            }
        }
        guard let end else { throw RunExit.timeIsOver }
        output.show(end) { run in "\(run.state)\(run.reason.map { ": \($0.text.printable)" } ?? "")\n" }
        try RunExit.demand(end.body)
    }
}

/// Asks a job to end.
struct JobStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Ask a job to end; it saves what it has first, and can be retried from there"
    )

    @Argument(help: "The job, as `job list` names it.")
    var job: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let path = "runs/\(job.percentEncoded)/stop"
        let answer: APIAnswer<RunBody> = try await Session.run {
            try await $0.api.send(.post, path, mayRepeat: true)
        }
        output.show(answer) { "\($0.state)\n" }
    }
}

/// Lets a job go on.
struct JobRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Let a job that failed or was stopped go on from its last checkpoint"
    )

    @Argument(help: "The job, as `job list` names it.")
    var job: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let path = "runs/\(job.percentEncoded)/retry"
        let answer: APIAnswer<RunBody> = try await Session.run { try await $0.api.send(.post, path) }
        output.show(answer) { "\($0.state)\n" }
    }
}

/// Deletes a job.
struct JobDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a job that has ended, with its log and checkpoints; its model stays"
    )

    @Argument(help: "The job, as `job list` names it.")
    var job: String

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        try Confirmation.demand("Delete \(job) with its log and checkpoints?", unless: yes)
        let path = "runs/\(job.percentEncoded)"
        try await Session.run { try await $0.api.send(.delete, path) }
        Console.standard.write("Deleted \(job)\n")
    }
}
