import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationCompat

/// `/my/services/ID/test`: tries a service, by task. Scripts ask for a stream at the same address.
struct ServiceTestPages: Sendable {
    let services: Services
    let gateway: Gateway
    let pages: Pages
    let menus: PageMenus

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/my/services/:service/test") { request, context in
            let standing = try await services.show(context.segment("service"), by: context.viewer)
            let asked = ServiceTrial(try request.query(), task: standing.service.task)
            return try await page(standing, asked, nil, nil, request, context)
        }
        router.post("/my/services/:service/test", use: ask)
    }

    @Sendable private func ask(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        let id = try context.segment("service")
        let standing = try await services.show(id, by: context.viewer)
        let trial = ServiceTrial(form, task: standing.service.task)
        let isStream = request.headers[.accept]?.contains("text/event-stream") == true
        do {
            if isStream {
                let body = try trial.body(model: standing.service.modelName, stream: trial.task != .embeddings)
                return try await gateway.answer(trial.endpoint, body, to: id, as: .owner, context)
            }
            if form["clear"] == "1" {
                let path = "\(ServiceView.path(id))/test?task=\(trial.task.rawValue)"
                return pages.redirect(to: path, request, context)
            }
            let body = try trial.body(model: standing.service.modelName, stream: false)
            let reply = try await gateway.send(trial.endpoint, GatewayRequest(body), to: id, as: .owner)
            return try await page(standing, trial, ServiceAnswer(reply), nil, request, context)
        } catch let error as any DomainError {
            if isStream { return try Gateway.refusal(told(error.problem, context)) }
            return try await page(standing, trial, nil, told(error.problem, context).detail, request, context)
        }
    }

    private func told(_ problem: Problem, _ context: GalleryContext) -> Problem {
        var problem = problem
        problem.detail = context.say(problem)
        return problem
    }

    private func page(
        _ standing: ServiceStanding,
        _ trial: ServiceTrial,
        _ answer: ServiceAnswer?,
        _ fault: String?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let service = ServiceView(standing, now: services.world.now(), context)
        var turns = trial.history
        if trial.task == .chat, let said = answer?.text {
            turns += [.init(role: "user", content: trial.text), .init(role: "assistant", content: said)]
        }
        let failed = answer?.fault ?? (answer?.isEmpty == true ? context.say("services.try.failed") : nil)
        let page = ServiceTestPage(
            menu: try await menus.mine("services", context),
            head: ServiceHead(service, "test", context),
            path: "\(service.path)/test",
            task: trial.task.rawValue,
            tasks: ServiceTrial.Task.allCases.map { task in
                Tab(
                    context.say("services.try.\(task.rawValue)"),
                    "\(service.path)/test?task=\(task.rawValue)",
                    isCurrent: task == trial.task
                )
            },
            isChat: trial.task == .chat,
            isQuestion: trial.task == .question,
            isWriting: trial.task != .embeddings,
            label: context.say(trial.task.label),
            turns: turns.map {
                .init(
                    who: context.say($0.isOwn ? "services.try.you" : "services.try.model"),
                    text: $0.content,
                    isOwn: $0.isOwn
                )
            },
            history: ServiceTrial.json(turns),
            text: trial.task == .chat && answer?.text != nil ? "" : trial.text,
            context: trial.context,
            system: trial.system,
            tokens: String(trial.tokens),
            temperature: trial.temperature,
            answer: trial.task == .chat ? nil : answer?.text,
            vectors: answer.map { Self.rows($0.vectors, trial.inputs, context) } ?? [],
            hasVectors: answer.map { !$0.vectors.isEmpty } ?? false,
            fault: fault ?? failed
        )
        let status: HTTPResponse.Status = fault == nil ? .ok : .unprocessableContent
        return try await pages.answer(page, title: service.name, status: status, place: "/my", request, context)
    }

    private static func rows(
        _ vectors: [[Double]],
        _ inputs: [String],
        _ context: GalleryContext
    ) -> [ServiceTestPage.Vector] {
        zip(vectors, inputs).map { vector, input in
            ServiceTestPage.Vector(
                text: input,
                size: context.say("services.try.vector", count: vector.count),
                start: vector.prefix(4).map { short($0, places: 4) }.joined(separator: ", "),
                likeness: vectors.map { short(likeness($0, vector), places: 2) }
            )
        }
    }

    private static func likeness(_ one: [Double], _ other: [Double]) -> Double {
        let product = zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
        let lengths = [one, other].map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        return lengths[0] * lengths[1] > 0 ? product / (lengths[0] * lengths[1]) : 0
    }

    private static func short(_ number: Double, places: Int) -> String {
        number.formatted(.number.precision(.fractionLength(places)).locale(Locale(identifier: "en_US")))
    }
}

/// What is tried, as the form says.
struct ServiceTrial: Sendable {
    enum Task: String, CaseIterable {
        case chat, generation, question, embeddings

        /// Which is first for what a model's card says.
        init(of task: String) {
            switch task {
            case "question-answering": self = .question
            case "feature-extraction", "sentence-similarity": self = .embeddings
            default: self = .chat
            }
        }

        /// Of the field with the text.
        var label: String {
            switch self {
            case .chat: "services.try.message"
            case .generation: "services.try.prompt"
            case .question: "services.try.ask"
            case .embeddings: "services.try.input"
            }
        }
    }

    struct Turn: Codable {
        var role: String
        var content: String

        var isOwn: Bool { role == "user" }
    }

    let task: Task
    let text: String
    let context: String
    let system: String
    let tokens: Int
    let temperature: String
    let history: [Turn]

    var inputs: [String] {
        text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    var endpoint: GatewayEndpoint {
        switch task {
        case .chat, .question: .chat
        case .generation: .completions
        case .embeddings: .embeddings
        }
    }

    init(_ form: QueryParameters, task: String) {
        self.task = Task(rawValue: form["task"] ?? "") ?? Task(of: task)
        text = form["text"] ?? ""
        context = form["context"] ?? ""
        system = form["system"] ?? ""
        tokens = min(4096, max(1, Int(form["tokens"] ?? "") ?? 256))
        let heat = Double(form["temperature"] ?? "") ?? 0.7
        temperature = String(heat.isFinite ? min(2, max(0, heat)) : 0.7)
        let known = try? JSONDecoder().decode([Turn].self, from: Data((form["history"] ?? "[]").utf8))
        history = (known ?? []).suffix(50).filter { $0.role == "user" || $0.role == "assistant" }
    }

    static func json(_ turns: [Turn]) -> String {
        (try? JSONEncoder().encode(Array(turns.suffix(50)))).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }

    /// As OpenAI's API takes it.
    func body(model: String, stream: Bool) throws -> ByteBuffer {
        guard !text.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty else { throw ServiceTrialError.empty }
        var body = Body(model: model, stream: stream)
        let instruction = system.isEmpty ? [] : [Turn(role: "system", content: system)]
        switch task {
        case .chat: body.messages = instruction + history + [Turn(role: "user", content: text)]
        case .question:
            let question = context.isEmpty ? text : "\(context)\n\n\(text)"
            body.messages = instruction + [Turn(role: "user", content: question)]
        case .generation: body.prompt = text
        case .embeddings: body.input = Array(inputs.prefix(32))
        }
        if task != .embeddings { (body.tokens, body.temperature) = (tokens, Double(temperature)) }
        return ByteBuffer(bytes: try JSONEncoder().encode(body))
    }

    private struct Body: Encodable {
        var model: String
        var stream: Bool
        var messages: [Turn]?
        var prompt: String?
        var input: [String]?
        var tokens: Int?
        var temperature: Double?

        enum CodingKeys: String, CodingKey {
            case model, stream, messages, prompt, input, temperature
            case tokens = "max_tokens"
        }
    }
}

enum ServiceTrialError: DomainError {
    case empty

    var problem: Problem { Problem(.unprocessable, "service-trial-empty", "Write something first.") }
}

/// What came back, whole.
struct ServiceAnswer: Sendable {
    let text: String?
    let vectors: [[Double]]
    let fault: String?

    var isEmpty: Bool { text == nil && vectors.isEmpty }

    private struct Body: Decodable {
        struct Choice: Decodable {
            var message: ServiceTrial.Turn?
            var text: String?
        }

        struct Vector: Decodable { var embedding: [Double] }

        var choices: [Choice]?
        var data: [Vector]?
    }

    init(_ reply: GatewayReply) {
        guard case .whole(let bytes) = reply.body else { (text, vectors, fault) = (nil, [], nil); return }
        if reply.status >= 400 {
            let body = try? JSONDecoder().decode(OpenAIErrorBody.self, from: bytes)
            (text, vectors, fault) = (nil, [], body?.error.message)
            return
        }
        let body = try? JSONDecoder().decode(Body.self, from: bytes)
        text = body?.choices?.first.flatMap { $0.message?.content ?? $0.text }
        vectors = body?.data?.map(\.embedding) ?? []
        fault = nil
    }
}

/// `templates/services/test.mustache`
struct ServiceTestPage: Page {
    static let template = "services/test"

    struct Turn: Sendable {
        let who: String
        let text: String
        let isOwn: Bool
    }

    struct Vector: Sendable {
        let text: String
        let size: String
        let start: String
        let likeness: [String]
    }

    let menu: [SideEntry]
    let head: ServiceHead
    let path: String
    let task: String
    let tasks: [Tab]
    let isChat: Bool
    let isQuestion: Bool
    /// Whether the model writes text.
    let isWriting: Bool
    let label: String
    let turns: [Turn]
    let history: String
    let text: String
    let context: String
    let system: String
    let tokens: String
    let temperature: String
    let answer: String?
    let vectors: [Vector]
    let hasVectors: Bool
    let fault: String?
}
