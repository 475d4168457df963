import Foundation
import GalleryHub
import GalleryModel
import GalleryServing

/// What a fine-tune's wizard carries from step to step, in the address and in forms.
struct WizardForm: Sendable {
    enum Step: String, CaseIterable { case task, data, settings, confirm, order }

    var step: Step
    var base: String
    var revision: String
    var task: TrainingTask?
    var method: String
    var data: [String]
    /// As typed, by name.
    var parameters: [String: String]
    /// Optional ones that were taken away.
    var removed: Set<String>
    var seed: String
    var product: String
    var keepsMerged: Bool
    var flavor: String
    var hours: String

    /// Whether the settings were filled in already.
    var hasSettings: Bool { !parameters.isEmpty || !product.isEmpty }

    init(_ fields: QueryParameters) {
        func text(_ name: String) -> String { (fields[name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines) }
        // The buttons that take parameters away and back stand on the page of the settings.
        let isOfSettings = fields["drop"] != nil || fields["add"] != nil
        step = Step(rawValue: text("step")) ?? (isOfSettings ? .settings : .task)
        base = text("base")
        revision = text("revision").isEmpty ? "main" : text("revision")
        // A model's own methods are chosen together with the task: `custom:NAME`.
        let parts = text("task").split(separator: ":", maxSplits: 1).map(String.init)
        task = parts.first.flatMap(TrainingTask.init)
        method = parts.count > 1 ? parts[1] : text("method").isEmpty ? TrainingMethod.lora : text("method")
        var data: [String] = []
        for name in fields.values("data") where !name.isEmpty && !data.contains(name) { data.append(name) }
        self.data = Array(data.prefix(50))
        var parameters: [String: String] = [:]
        for (name, value) in fields.items where name.hasPrefix("p.") {
            // Lines of a form end with CR LF; templates hold what was typed.
            parameters[String(name.dropFirst(2))] = value.replacing("\r\n", with: "\n")
        }
        removed = Set(fields.values("removed"))
        if let name = fields["drop"], !name.isEmpty { removed.insert(name) }
        if let name = fields["add"] { removed.remove(name) }
        for name in removed { parameters[name] = nil }
        self.parameters = parameters
        seed = text("seed")
        product = text("product")
        keepsMerged = fields["merged"] == "1"
        flavor = text("flavor")
        hours = text("hours")
    }

    /// The draft, with parameters that follow from the columns where nothing was typed.
    func draft(_ task: TrainingTask) -> FineTuneDraft {
        FineTuneDraft(
            base: base,
            revision: revision,
            task: task,
            method: method,
            data: data.map { FineTuneDraft.Choice($0) },
            parameters: parameters,
            seed: seed.isEmpty ? 42 : Int64(seed) ?? -1,
            product: product,
            keepsMerged: keepsMerged,
            used: UsedFlavor(flavor) ?? UsedFlavor(flavor: "", region: Region.local, tariff: .paid),
            hours: hours.isEmpty ? nil : Int(hours) ?? 0
        )
    }

    struct Field: Sendable {
        let name: String
        let value: String
    }

    /// What a page carries on that does not ask for it itself.
    func hidden(data withData: Bool = true, settings withSettings: Bool = true, task withTask: Bool = true) -> [Field] {
        var fields = [Field(name: "base", value: base)]
        if revision != "main" { fields.append(Field(name: "revision", value: revision)) }
        if withTask, let task {
            fields.append(Field(name: "task", value: task == .custom ? "custom:\(method)" : task.rawValue))
        }
        if withData { fields += data.map { Field(name: "data", value: $0) } }
        guard withSettings, hasSettings else { return fields }
        fields += parameters.sorted { $0.key < $1.key }.map { Field(name: "p.\($0.key)", value: $0.value) }
        fields += removed.sorted().map { Field(name: "removed", value: $0) }
        fields += [
            Field(name: "seed", value: seed), Field(name: "product", value: product),
            Field(name: "merged", value: keepsMerged ? "1" : "0"), Field(name: "flavor", value: flavor),
            Field(name: "hours", value: hours),
        ]
        return fields
    }

    /// The address of a step, with what fits into one.
    func path(_ step: Step) -> String {
        let fields = [Field(name: "step", value: step.rawValue)] + hidden(settings: false)
        let query = fields.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        return "/fine-tune/new?" + query.joined(separator: "&")
    }
}

/// Names of columns that people give to what is asked and what is answered.
enum KnownColumns {
    private static let pairs = [
        ("prompt", "response"), ("question", "answer"), ("instruction", "output"), ("instruction", "response"),
        ("input", "output"), ("query", "response"), ("prompt", "completion"), ("问题", "答案"), ("问题", "回答"),
        ("指令", "输出"),
    ]

    /// Which columns to ask and to answer with, where they are known by their names.
    static func mapping(of columns: [String]) -> [String: String]? {
        for (prompt, response) in pairs where columns.contains(prompt) && columns.contains(response) {
            return ["prompt_field": prompt, "response_field": response]
        }
        for whole in ["messages", "conversations", "text"] where columns.contains(whole) {
            return ["prompt_field": whole, "response_field": ""]
        }
        return nil
    }
}

extension GalleryContext {
    /// What is wrong with a fine-tune, in the reader's language.
    func say(_ error: TrainingError) -> String {
        switch error {
        case .parameter(_, let fault):
            return say("training.fault.\(fault.code)", fault.places)
        case .record(let path, let place, let fault):
            let what = say(
                "training.record.\(fault.code)",
                ["column": fault.column ?? "", "there": fault.there.joined(separator: ", ")]
            )
            let key =
                switch place {
                case .line: "training.place.line"
                case .record: "training.place.record"
                }
            return say(key, ["path": path, "number": String(place.number), "what": what])
        case .unreadable(let path, let fault, let line):
            let what = say("training.unreadable.\(fault.rawValue)")
            guard let line else { return say("training.place.file", ["path": path, "what": what]) }
            return say("training.place.line", ["path": path, "number": String(line), "what": what])
        default:
            let problem = error.problem
            let key = "problem.\(problem.code)"
            guard words.catalogue.text(key, in: language) != nil else { return problem.detail }
            return say(key, problem.members)
        }
    }
}
