import Foundation
import GalleryHub
import GalleryModel
import GalleryServing

/// What is to be fine-tuned, on which data and how.
struct FineTuneOrderBody: Codable, Sendable {
    struct DataSet: Codable, Sendable {
        /// As `owner/name`.
        var repo: String
        /// main, unless given.
        var revision: String?
        /// Only these; all data files, unless given.
        var files: [String]?
    }

    /// The model to start from, as `owner/name`.
    var base: String
    /// main, unless given.
    var revision: String?
    /// What the model is for, unless given.
    var task: TrainingTask?
    /// lora, unless given.
    var method: String?
    var data: [DataSet]
    /// Values by name, as text or as numbers; what is left out has its standard.
    var parameters: [String: ParameterText]?
    /// 42, unless given.
    var seed: Int64?
    /// The name of the new model.
    var product: String
    /// Whether the product has whole weights besides the adapter.
    var keepsMerged: Bool?
    var flavor: String
    /// local, unless given.
    var region: String?
    /// paid, unless given.
    var tariff: Tariff?
    /// The most hours; without end, unless given.
    var hours: Int?

    var draft: FineTuneDraft {
        FineTuneDraft(
            base: base,
            revision: revision ?? "main",
            task: task ?? .textGeneration,
            method: method ?? TrainingMethod.lora,
            data: data.map { .init($0.repo, revision: $0.revision ?? "main", files: $0.files ?? []) },
            parameters: (parameters ?? [:]).mapValues(\.text),
            seed: seed ?? 42,
            product: product,
            keepsMerged: keepsMerged ?? false,
            used: UsedFlavor(flavor: flavor, region: region ?? Region.local, tariff: tariff ?? .paid),
            hours: hours
        )
    }
}

/// The value of a parameter as it is typed; numbers and truths are taken, too.
struct ParameterText: Codable, Sendable, APIDescribed {
    static let schema = JSONSchema.either([.string(), .number, .boolean])
    static let sample = ParameterText(text: "")

    var text: String

    private init(text: String) { self.text = text }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self.text = text
        } else {
            text = try container.decode(TrainingValue.self).written
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// A method's parameters.
struct TrainingMethodBody: Codable, Sendable {
    struct Parameter: Codable, Sendable {
        var name: String
        var kind: TrainingParameter.Kind
        var group: TrainingParameter.Group
        var isRequired: Bool
        /// As text; empty for none.
        var standard: String
        var least: Double?
        /// Of texts, the most characters.
        var most: Double?
        /// The only values, where they are few.
        var choices: [Double]
        /// Whether it follows from what is chosen, so that nobody sets it.
        var isSetByGallery: Bool
        var help: LocalName
        var source: String
    }

    var method: String
    var parameters: [Parameter]

    init(_ method: TrainingMethod, for task: TrainingTask) {
        self.method = method.name
        parameters = method.parameters.map { parameter in
            Parameter(
                name: parameter.name,
                kind: parameter.kind,
                group: parameter.group,
                isRequired: parameter.isRequired,
                standard: parameter.standard(for: task),
                least: parameter.least,
                most: parameter.most,
                choices: parameter.choices,
                isSetByGallery: !parameter.isSetByPeople,
                help: parameter.help,
                source: parameter.source
            )
        }
    }
}

/// A repository at a commit.
struct PinnedRepoBody: Codable, Sendable {
    var repo: String
    /// Empty for what has none yet.
    var commit: String
    /// Of a data set, only these files; all, where it is empty.
    var files: [String]

    init(_ repo: PinnedRepo, files: [String] = []) {
        self.repo = repo.name
        commit = repo.commit
        self.files = files
    }
}

/// What would be ordered, and what is wrong with it.
struct FineTunePlanBody: Codable, Sendable {
    struct Sample: Codable, Sendable {
        struct Turn: Codable, Sendable {
            var role: String
            var text: String
        }

        var path: String
        /// The line, or which record of the file it is.
        var place: Int
        /// The turns before the answer, as the model's chat template takes them.
        var turns: [Turn]
        /// The text before the answer where no chat template is used.
        var prompt: String
        /// What is learned.
        var answer: String
    }

    var isGood: Bool
    /// What is wrong by field; those of parameters are named `parameters.NAME`.
    var faults: [String: String]
    var base: PinnedRepoBody
    var data: [PinnedRepoBody]
    /// Of the first record.
    var columns: [String]
    var samples: [Sample]
    /// Whether the model's own chat template forms the text.
    var usesChatTemplate: Bool
    var parameters: [String: String]
    var currency: String
    /// Of an hour; missing where it is free, or the flavor cannot be had.
    var pricePerHour: String?

    init(_ plan: FineTunePlan, _ currency: String) {
        isGood = plan.faults.isEmpty
        faults = plan.faults.mapValues(\.problem.detail)
        base = PinnedRepoBody(plan.base)
        data = plan.data.map { PinnedRepoBody($0.repo, files: $0.files) }
        columns = plan.columns
        samples = plan.samples.map { shown in
            Sample(
                path: shown.path,
                place: shown.place.number,
                turns: shown.sample.turns.map { .init(role: $0.role, text: $0.text) },
                prompt: shown.sample.prompt,
                answer: shown.sample.answer
            )
        }
        usesChatTemplate = plan.usesChatTemplate
        parameters = plan.values.values.mapValues(\.written)
        self.currency = currency
        pricePerHour = plan.offer?.price?.text
    }
}

/// A fine-tune with its run.
struct FineTuneBody: Codable, Sendable {
    /// That of its run, too.
    var id: String
    var task: TrainingTask
    var method: String
    var base: PinnedRepoBody
    var data: [PinnedRepoBody]
    /// The new model; it is there from the beginning, and gets its files at the end.
    var product: PinnedRepoBody
    var parameters: [String: String]
    var seed: Int64
    var keepsMerged: Bool
    var run: RunBody

    init(_ job: FineTuneJob) {
        let tune = job.tune
        id = tune.run
        task = tune.task
        method = tune.method
        base = PinnedRepoBody(tune.base)
        data = tune.data.map { PinnedRepoBody($0.repo, files: $0.files) }
        var product = tune.product
        product.commit = job.run.product
        self.product = PinnedRepoBody(product)
        parameters = tune.values.values.mapValues(\.written)
        seed = tune.seed
        keepsMerged = tune.keepsMerged
        run = RunBody(job.run)
    }
}
