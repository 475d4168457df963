import ArgumentParser
import GalleryClient
import GalleryModel

/// The group `gallery-cli app …`.
struct AppCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app",
        abstract: "Make AI apps, start, stop and delete them",
        subcommands: [
            AppList.self, AppShow.self, AppCreate.self, AppLogs.self, AppStart.self, AppStop.self, AppDelete.self,
        ]
    )
}

/// Names one of one's own apps.
struct AppArgument: ParsableArguments {
    @Argument(help: "The app: its name, or its ID as `app list` tells it.")
    var app: String

    /// Its ID and the path at which its owner finds it.
    func find(_ api: APIClient) async throws -> (id: String, path: String) {
        let mine: APIAnswer<[MyAppBody]> = try await api.list("my/apps", limit: 10_000)
        let found = mine.body.filter { $0.app.id == app || $0.app.name == app }
        guard let only = found.first, found.count == 1 else {
            throw found.isEmpty ? NamingError.none("app", app) : NamingError.many("app", app, found.map(\.app.id))
        }
        return (only.app.id, "my/apps/\(only.app.id.percentEncoded)")
    }
}

/// A name that stands for nothing, or for more than one thing.
enum NamingError: Error, CustomStringConvertible {
    case none(String, String)
    case many(String, String, [String])

    var description: String {
        switch self {
        case .none(let what, let name):
            "You have no \(what) “\(name.printable)”: “gallery-cli \(what) list” tells those that you have."
        case .many(let what, let name, let ids):
            "“\(name.printable)” is the name of more than one \(what): say which by its ID (\(ids.joined(separator: ", ")))."
        }
    }
}

/// Lists one's apps.
struct AppList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List your AI apps, the newest first"
    )

    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let limit = list.limit
        let answer: APIAnswer<[MyAppBody]> = try await Session.run { try await $0.api.list("my/apps", limit: limit) }
        output.show(answer) { apps in
            var table = Table("APP", "NAME", "FOR", "MADE OF", "STATE", "FLAVOR")
            for app in apps {
                table.add(app.app.id, app.app.name, app.app.purpose, app.app.source, app.state, app.flavor)
            }
            return table.text
        }
    }
}

/// Shows an app with its cost.
struct AppShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an AI app, and what it costs so far"
    )

    @OptionGroup var app: AppArgument
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let wanted = app
        let (answer, cost, base) = try await Session.run { session in
            let path = try await wanted.find(session.api).path
            let answer: APIAnswer<MyAppBody> = try await session.api.get(path)
            let cost: APIAnswer<RunCostBody> = try await session.api.get("\(path)/cost")
            return (answer, cost, session.client.address.description)
        }
        output.show(answer) { own in
            var facts = Facts()
            facts.add("App", own.app.id)
            facts.add("Name", own.app.name)
            facts.add("Page", base + own.app.path)
            facts.add("For", own.app.purpose)
            facts.add("Made of", "\(own.app.source) at \(own.app.commit.prefix(12))")
            facts.add("State", own.state)
            facts.add("Why", own.reason?.text)
            facts.add("Flavor", "\(own.flavor) in \(own.region), \(own.tariff)")
            facts.add("At most", own.hours.map { "\($0) hours a start" })
            facts.add("Run", own.run?.id)
            facts.add("Cost", cost.body.text)
            return facts.text
        }
    }
}

/// Makes an app.
struct AppCreate: AsyncParsableCommand {
    enum Purpose: String, ExpressibleByArgument, CaseIterable {
        case chat
        case questionAnswering = "question-answering"
        case own
    }

    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an AI app of a model, or of a repository of yours with an app.py, and start it"
    )

    @Argument(help: "Its name, 1 to 30 characters.")
    var name: String

    @Option(help: "What it is made of: a model, or for `own` a repository of the kind app.")
    var source: RepoIDArgument

    @Option(name: .customLong("for"), help: "What it does.")
    var purpose = Purpose.chat

    @OptionGroup var place: PlaceOptions

    @Option(help: "Its licence.")
    var licence: String?

    @Option(help: "A description, at most 100 characters.")
    var description: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let body = JSONValue.members([
            "name": .string(name), "purpose": .string(purpose.rawValue), "source": .string(source.name.description),
            "flavor": .string(place.flavor), "region": .string(place.region), "tariff": .string(place.tariff),
            "hours": JSONValue(place.hours), "licence": JSONValue(licence), "description": JSONValue(description),
        ])
        let (answer, base) = try await Session.run { session in
            let answer: APIAnswer<MyAppBody> = try await session.api.send(.post, "apps", body)
            return (answer, session.client.address.description)
        }
        output.show(answer) { "App \($0.app.id): \($0.state), \(base)\($0.app.path)\n" }
    }
}

/// Prints the log of what an app runs as.
struct AppLogs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "logs", abstract: "Print the log of an AI app")

    @OptionGroup var app: AppArgument

    @Flag(name: .shortAndLong, help: "Go on until it stops.")
    var follow = false

    func run() async throws {
        let (wanted, follow) = (app, follow)
        try await Session.run { session in
            let path = try await wanted.find(session.api).path
            let own: APIAnswer<MyAppBody> = try await session.api.get(path)
            guard let run = own.body.run else { return }
            try await RunFollowing(api: session.api, run: run.id.percentEncoded)
                .log(attempt: nil, from: 0, follow: follow) { Console.standard.write($0) }
        }
    }
}

/// Shows an app again.
struct AppStart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Show an AI app again: it starts anew"
    )

    @OptionGroup var app: AppArgument

    @Option(help: "Another flavor from now on.")
    var flavor: String?

    @Option(help: "At most so many hours.")
    var hours: Int?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let body = JSONValue.members(["flavor": JSONValue(flavor), "hours": JSONValue(hours)])
        try await AppCall.run("start", app, body, output)
    }
}

/// Takes an app away for a while.
struct AppStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Take an AI app away until it is started again"
    )

    @OptionGroup var app: AppArgument
    @OptionGroup var output: OutputOptions

    func run() async throws { try await AppCall.run("stop", app, nil, output) }
}

private enum AppCall {
    static func run(_ action: String, _ app: AppArgument, _ body: JSONValue?, _ output: OutputOptions) async throws {
        let answer: APIAnswer<MyAppBody> = try await Session.run { session in
            try await session.api.send(.post, "\(app.find(session.api).path)/\(action)", body)
        }
        output.show(answer) { "\($0.state)\n" }
    }
}

/// Deletes an app.
struct AppDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Delete an AI app for good")

    @OptionGroup var app: AppArgument

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        try Confirmation.demand("Delete the app \(app.app.printable) for good?", unless: yes)
        let wanted = app
        try await Session.run { try await $0.api.send(.delete, wanted.find($0.api).path) }
        Console.standard.write("Deleted \(app.app.printable)\n")
    }
}
