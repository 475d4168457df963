import ArgumentParser
import Foundation
import GalleryClient

/// Asks a service, and prints the answer while it comes.
struct ServiceAsk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Ask a service, and print its answer while it comes"
    )

    @OptionGroup var service: ServiceArgument

    @Argument(help: "The question; `-` reads it from standard input.")
    var question: String

    @Option(help: "What the model is told before.")
    var system: String?

    @Option(help: "At most so many tokens.")
    var maxTokens: Int?

    @Option(help: "0 always takes the likeliest token; higher is freer.")
    var temperature: Double?

    @Option(help: "A key of the service; your own sign-in unless given.")
    var key: String?

    func run() async throws {
        let text = question == "-" ? Self.input() : question
        guard !text.isEmpty else { throw ValidationError("There is no question.") }
        var messages = [JSONValue.members(["role": "user", "content": .string(text)])]
        if let system { messages.insert(.members(["role": "system", "content": .string(system)]), at: 0) }
        let (wanted, key, asked) = (service, key, messages)
        let (tokens, temperature) = (maxTokens, temperature)
        try await Session.run { session in
            let api = session.api
            let id = try await wanted.find(api)
            let body = JSONValue.members([
                "model": .string(id), "messages": .array(asked), "stream": true,
                "max_tokens": JSONValue(tokens), "temperature": temperature.map { .double($0) },
            ])
            try await api.events("/gateway/\(id.percentEncoded)/v1/chat/completions", body, token: key) { event in
                guard event != "[DONE]" else { return }
                let piece = try JSONDecoder().decode(ChatPieceBody.self, from: Data(event.utf8))
                Console.standard.write((piece.choices.first?.delta.content ?? "").withoutControls)
            }
        }
        Console.standard.write("\n")
    }

    private static func input() -> String {
        String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// A piece of a streamed answer.
struct ChatPieceBody: Decodable, Sendable {
    struct Choice: Decodable, Sendable {
        struct Delta: Decodable, Sendable { var content: String? }

        var delta: Delta
    }

    var choices: [Choice]
}
