import ArgumentParser
import Foundation
import GalleryClient
import GalleryModel

/// Orders a fine-tune.
struct JobCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Order a fine-tuning job",
        discussion: """
            The product is a new private model of yours. What the parameters mean: “gallery-cli job parameters”.

            gallery-cli job create --base ada/smollm2 --data ada/questions --product my-model --flavor cpu-2 \\
                --set max_steps=50 --set prompt_field=question --set response_field=answer --follow
            """
    )

    @Option(help: "The model to start from.")
    var base: RepoIDArgument

    @Option(help: ArgumentHelp("The data set to learn from; `@REVISION` may follow.", valueName: "account/name"))
    var data: [String] = []

    @Option(name: .customLong("file"), help: "Only this file of the data set.")
    var files: [String] = []

    @Option(help: "The name of the new model, in your account.")
    var product: String

    @OptionGroup var place: PlaceOptions

    @Option(help: "A branch, tag or commit of the base.")
    var revision = "main"

    @Option(help: "text-generation, question-answering or custom.")
    var task: String?

    @Option(help: "lora, or a method that the model brings.")
    var method: String?

    @Option(name: .customLong("set"), help: ArgumentHelp("A parameter.", valueName: "name=value"))
    var parameters: [Assignment] = []

    @Option(help: "What chance is drawn from.")
    var seed: Int?

    @Flag(help: "Keep whole weights besides the adapter.")
    var merged = false

    @Flag(help: "Only look: what is wrong, and how the first records look to the model.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Print the log until the job is over.")
    var follow = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard files.isEmpty || data.count == 1 else { throw ValidationError("--file takes exactly one --data.") }
        guard !(dryRun && follow) else { throw ValidationError("Choose one of --dry-run and --follow.") }
    }

    func run() async throws {
        dryRun ? try await look() : try await order()
    }

    private func look() async throws {
        let body = body
        let answer: APIAnswer<FineTunePlanBody> = try await Session.run {
            try await $0.api.send(.post, "fine-tunes/plan", body, mayRepeat: true)
        }
        output.show(answer) { $0.text }
        if !answer.body.isGood { throw ExitCode(1) }
    }

    private func order() async throws {
        let (body, follow, output) = (body, follow, output)
        let end = try await Session.run { session -> RunBody? in
            let made: APIAnswer<FineTuneBody> = try await session.api.send(.post, "fine-tunes", body)
            output.show(made) { "Job \($0.id) makes \($0.product.repo.printable)\n" }
            guard follow else { return nil }
            let following = RunFollowing(api: session.api, run: made.body.id)
            try await following.log(attempt: nil, from: 0, follow: true) { text in
                output.json ? Console.complain(text) : Console.standard.write(text)
            }
            return try await following.end(within: nil) { _ in }?.body
        }
        guard let end else { return }
        Console.complain(end.state + (end.reason.map { ": \($0.text.printable)" } ?? ""))
        try RunExit.demand(end)
    }

    private var body: JSONValue {
        let sets = data.map { text -> JSONValue in
            let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
            return .members([
                "repo": .string(parts.first ?? ""), "revision": JSONValue(parts.dropFirst().first),
                "files": files.isEmpty ? nil : .array(files.map { .string($0) }),
            ])
        }
        let values = parameters.map { ($0.name, JSONValue.string($0.value)) }
        return .members([
            "base": .string(base.name.description), "revision": .string(revision), "task": JSONValue(task),
            "method": JSONValue(method), "data": .array(sets),
            "parameters": .object(Dictionary(values) { _, last in last }), "seed": JSONValue(seed),
            "product": .string(product), "keepsMerged": .bool(merged), "flavor": .string(place.flavor),
            "region": .string(place.region), "tariff": .string(place.tariff), "hours": JSONValue(place.hours),
        ])
    }
}

/// `name=value`
struct Assignment: ExpressibleByArgument, Sendable {
    let name: String
    let value: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
        name = String(argument[..<sign])
        value = String(argument[argument.index(after: sign)...])
    }
}

/// Lists what a fine-tune can be told.
struct JobParameters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parameters",
        abstract: "List the parameters of fine-tuning, with their standards and what they mean"
    )

    @Option(help: "Whose standards are shown: text-generation or question-answering.")
    var task: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = [("task", task)]
        let answer: APIAnswer<TrainingMethodBody> = try await Session.run {
            try await $0.api.get("fine-tunes/parameters", query)
        }
        output.show(answer) { method in
            var table = Table("PARAMETER", "TYPE", "STANDARD", "MEANING")
            for parameter in method.parameters where !parameter.isSetByGallery {
                let standard = parameter.standard.debugDescription.dropFirst().dropLast()
                table.add(parameter.name, parameter.kind, String(standard), parameter.help.en)
            }
            return table.text
        }
    }
}
