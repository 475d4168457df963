import ArgumentParser
import GalleryClient
import GalleryModel

/// The group `gallery-cli service …`.
struct ServiceCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service",
        abstract: "Deploy models behind the OpenAI API, ask them, and end them",
        subcommands: [
            ServiceList.self, ServiceShow.self, ServiceDeploy.self, ServiceWait.self, ServiceAsk.self,
            ServiceStart.self, ServiceStop.self, ServiceScale.self, ServiceLogs.self, ServiceDelete.self,
            ServiceUsage.self,
            KeyCommands.self,
        ]
    )
}

/// Names one of one's own services.
struct ServiceArgument: ParsableArguments {
    @Argument(help: "The service: its name, or its ID as `service list` tells it.")
    var service: String

    /// Its ID.
    func find(_ api: APIClient) async throws -> String {
        let mine: APIAnswer<[ServiceBody]> = try await api.list("services", limit: 10_000)
        let found = mine.body.filter { $0.id == service || $0.name == service }
        guard let only = found.first, found.count == 1 else {
            throw found.isEmpty
                ? NamingError.none("service", service) : NamingError.many("service", service, found.map(\.id))
        }
        return only.id
    }

    /// The path at which its owner finds it.
    func path(_ api: APIClient) async throws -> String { "services/\(try await find(api).percentEncoded)" }
}

/// Lists one's services.
struct ServiceList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List your inference services, the newest first"
    )

    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let limit = list.limit
        let answer: APIAnswer<[ServiceBody]> = try await Session.run {
            try await $0.api.list("services", limit: limit)
        }
        output.show(answer) { services in
            var table = Table("SERVICE", "NAME", "MODEL", "STATE", "FLAVOR", "REPLICAS")
            for service in services {
                let replicas = String(service.replicas)
                table.add(service.id, service.name, service.model, service.state, service.flavor, replicas)
            }
            return table.text
        }
    }
}

/// Shows a service with its cost.
struct ServiceShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a service, its address and what it costs so far"
    )

    @OptionGroup var service: ServiceArgument
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let wanted = service
        let (answer, cost) = try await Session.run { session in
            let path = try await wanted.path(session.api)
            let answer: APIAnswer<ServiceBody> = try await session.api.get(path)
            let cost: APIAnswer<RunCostBody> = try await session.api.get("\(path)/cost")
            return (answer, cost)
        }
        output.show(answer) { $0.text(cost.body) }
    }
}

/// Puts a model into service.
struct ServiceDeploy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy",
        abstract: "Deploy a model: it answers over the OpenAI API until you stop it",
        discussion: "gallery-cli service deploy my-service --model ada/my-model --flavor cpu-2 --hours 2 --wait"
    )

    @Argument(help: "Its name, 1 to 30 characters.")
    var name: String

    @Option(help: "The model.")
    var model: RepoIDArgument

    @Option(help: "A branch, tag or commit of the model.")
    var revision = "main"

    @OptionGroup var place: PlaceOptions

    @Option(help: "How many of it run at the same time.")
    var replicas = 1

    @Option(help: "A description, at most 100 characters.")
    var description: String?

    @Flag(help: "Wait until it answers.")
    var wait = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let wait = wait
        let body = JSONValue.members([
            "name": .string(name), "description": JSONValue(description), "model": .string(model.name.description),
            "revision": .string(revision), "flavor": .string(place.flavor), "region": .string(place.region),
            "tariff": .string(place.tariff), "hours": JSONValue(place.hours), "replicas": .int(Int64(replicas)),
        ])
        let answer = try await Session.run { session in
            let made: APIAnswer<ServiceBody> = try await session.api.send(.post, "services", body)
            return wait ? try await ServiceCall.wait(for: made.body.id, nil, session.api) : made
        }
        output.show(answer) { $0.text() }
    }
}

/// Waits until a service answers.
struct ServiceWait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until a service answers",
        discussion: "Ends with 0 when it answers, 1 when it cannot, 4 when --timeout was too short."
    )

    @OptionGroup var service: ServiceArgument

    @Option(help: "Wait so many seconds at most.")
    var timeout: Int?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (wanted, timeout) = (service, timeout)
        let answer = try await Session.run { session in
            try await ServiceCall.wait(for: wanted.find(session.api), timeout, session.api)
        }
        output.show(answer) { "\($0.state)\n" }
    }
}

/// Starts a service that was stopped.
struct ServiceStart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "start", abstract: "Start a service that was stopped")

    @OptionGroup var service: ServiceArgument
    @OptionGroup var output: OutputOptions

    func run() async throws { try await ServiceCall.run("start", service, nil, output) }
}

/// Stops a service.
struct ServiceStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop a service; it answers what it was asked first, and is billed no more"
    )

    @OptionGroup var service: ServiceArgument
    @OptionGroup var output: OutputOptions

    func run() async throws { try await ServiceCall.run("stop", service, nil, output) }
}

/// Sets how much of a service runs.
struct ServiceScale: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Set how many replicas of a service answer"
    )

    @OptionGroup var service: ServiceArgument

    @Argument(help: "How many, 1 to 8.")
    var replicas: Int

    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await ServiceCall.run("scale", service, ["replicas": .int(Int64(replicas))], output)
    }
}

/// Prints what a replica of a service wrote.
struct ServiceLogs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print the log of a service's newest replica"
    )

    @OptionGroup var service: ServiceArgument

    @Option(help: "Of which run, as `service show` names it; the newest unless given.")
    var of: String?

    @Flag(name: .shortAndLong, help: "Go on until it stops.")
    var follow = false

    func run() async throws {
        let (wanted, replica, follow) = (service, of, follow)
        try await Session.run { session in
            let shown: APIAnswer<ServiceBody> = try await session.api.get(wanted.path(session.api))
            guard let run = replica ?? shown.body.runs.last?.run else { return }
            _ = try await RunFollowing(api: session.api, run: run.percentEncoded)
                .log(attempt: nil, from: 0, follow: follow) { Console.standard.write($0) }
        }
    }
}

/// Shows who used a service.
struct ServiceUsage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "Show who used a service how much, by day"
    )

    @OptionGroup var service: ServiceArgument

    @Option(help: "Of how many days.")
    var days = 30

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (wanted, query) = (service, [("days", String(days))])
        let answer: APIAnswer<ServiceUsagesBody> = try await Session.run { session in
            try await session.api.get("\(wanted.path(session.api))/usage", query)
        }
        output.show(answer) { usages in
            var table = Table("DAY", "CALLER", "REQUESTS", "ERRORS", "TOKENS IN", "TOKENS OUT")
            for usage in usages.items {
                table.add(
                    usage.day,
                    usage.name ?? usage.caller,
                    String(usage.requests),
                    String(usage.errors),
                    String(usage.promptTokens),
                    String(usage.completionTokens)
                )
            }
            return table.text
        }
    }
}

/// Deletes a service.
struct ServiceDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a service for good, with its keys; the model stays"
    )

    @OptionGroup var service: ServiceArgument

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        try Confirmation.demand("Delete the service \(service.service.printable) with its keys?", unless: yes)
        let wanted = service
        try await Session.run { try await $0.api.send(.delete, wanted.path($0.api)) }
        Console.standard.write("Deleted \(service.service.printable)\n")
    }
}

/// What several commands do with a service.
enum ServiceCall {
    static func run(
        _ action: String,
        _ service: ServiceArgument,
        _ body: JSONValue?,
        _ output: OutputOptions
    ) async throws {
        let answer: APIAnswer<ServiceBody> = try await Session.run { session in
            try await session.api.send(.post, "\(service.path(session.api))/\(action)", body)
        }
        output.show(answer) { "\($0.state)\n" }
    }

    /// The service once it answers.
    static func wait(for id: String, _ seconds: Int?, _ api: APIClient) async throws -> APIAnswer<ServiceBody> {
        let end = seconds.map { ContinuousClock.now + .seconds($0) }
        while true {
            let answer: APIAnswer<ServiceBody> = try await api.get("services/\(id.percentEncoded)")
            if answer.body.isAnswering { return answer }
            guard !answer.body.isAtRest else {
                Console.complain(answer.body.state + (answer.body.reason.map { ": \($0.text.printable)" } ?? ""))
                throw ExitCode(1)
            }
            if let end, ContinuousClock.now > end { throw RunExit.timeIsOver }
            try await Task.sleep(for: .seconds(1))
        }
    }
}
