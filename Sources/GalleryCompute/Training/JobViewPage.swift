import Foundation
import GalleryModel
import GalleryServing

/// A fine-tune in a list.
struct JobRow: Sendable {
    let id: String
    let path: String
    let product: String
    let productPath: String?
    let base: String
    let task: String
    let state: Badge
    let stage: String?
    let flavor: String
    let cost: String
    let used: String
    let ordered: Moment

    /// `flavors` tells what flavors are called.
    init(
        _ job: FineTuneJob,
        _ cost: RunCost,
        _ currency: String,
        flavors: [String: LocalName],
        now: Date,
        _ context: GalleryContext
    ) {
        let (tune, run) = (job.tune, job.run)
        let view = RunView(run, context)
        id = run.id
        path = "/my/jobs/\(PercentEncoding.encode(run.id))"
        product = tune.product.name
        productPath = run.state == .succeeded && tune.product.id != nil ? "/\(tune.product.name)" : nil
        base = tune.base.name
        task = context.say("training.task.\(tune.task.rawValue)")
        state = view.state
        stage = view.stage
        flavor = run.used.name(among: flavors, context)
        self.cost = run.used.tariff == .free ? context.say("flavors.tariff.free") : "\(cost.total.text) \(currency)"
        used = DurationText.text(cost.seconds)
        ordered = context.formats.moment(run.createdAt, now: now)
    }
}

/// All that the page of a fine-tune shows, besides its log.
struct JobView: Sendable {
    struct Chart: Sendable {
        let svg: String
        let hasEvaluation: Bool
        let loss: String?
        let evaluation: String?
        let best: String?
    }

    struct Progress: Sendable {
        let percent: Int
        let text: String
    }

    struct Link: Sendable {
        let text: String
        let path: String?
        let commit: String?
    }

    let path: String
    let product: Link
    let run: RunView
    let isDone: Bool
    let progress: Progress?
    let facts: [Fact]
    let cost: [Fact]
    let chart: Chart?
    let base: Link
    let data: [Link]
    let parameters: [Fact]
    let checkpoint: String?
    let mayAny: Bool

    init(
        _ job: FineTuneJob,
        _ metrics: [String: [RunMetric]],
        _ cost: RunCost,
        _ currency: String,
        flavors: [String: LocalName],
        now: Date,
        _ context: GalleryContext
    ) {
        let (tune, run) = (job.tune, job.run)
        let view = RunView(run, context)
        path = "/my/jobs/\(PercentEncoding.encode(run.id))"
        product = Link(
            text: tune.product.name,
            path: tune.product.id == nil ? nil : "/\(tune.product.name)",
            commit: run.product.isEmpty ? nil : String(run.product.prefix(8))
        )
        self.run = view
        isDone = run.state == .succeeded && tune.product.id != nil
        mayAny = view.mayStop || view.mayRetry || view.mayDelete
        progress = Self.progress(job, metrics)
        checkpoint = run.checkpointStep.map { String($0) }
        base = Link(
            text: tune.base.name,
            path: tune.base.id == nil ? nil : "/\(tune.base.name)",
            commit: String(tune.base.commit.prefix(8))
        )
        data = tune.data.map { data in
            Link(
                text: data.repo.name,
                path: data.repo.id == nil ? nil : "/datasets/\(data.repo.name)",
                commit: String(data.repo.commit.prefix(8))
            )
        }
        facts = Self.facts(job, metrics, now: now, context)
        let isFree = run.used.tariff == .free
        self.cost = [
            Fact(
                context.say("training.cost"),
                isFree ? context.say("flavors.tariff.free") : "\(cost.total.text) \(currency)"
            ),
            Fact(context.say("training.used"), DurationText.text(cost.seconds)),
            Fact(
                context.say("flavors.flavor"),
                "\(run.used.name(among: flavors, context)) · \(context.say("flavors.cores", count: run.size.cores)) · \(run.size.memoryGiB) GiB"
            ),
            Fact(
                context.say("training.limit"),
                run.limitSeconds.map { DurationText.text($0) } ?? context.say("training.unlimited")
            ),
        ]
        parameters = Self.parameters(tune, context)
        chart = Chart(metrics, context)
    }

    /// How far it is, as far as steps or rounds through the data tell.
    private static func progress(_ job: FineTuneJob, _ metrics: [String: [RunMetric]]) -> Progress? {
        guard job.run.state == .running || job.run.state == .stopping,
            let step = metrics["loss"]?.last?.step ?? metrics["epoch"]?.last?.step
        else { return nil }
        var parts: [Double] = []
        if case .whole(let most)? = job.tune.values["max_steps"], most > 0 { parts.append(Double(step) / Double(most)) }
        if case .whole(let rounds)? = job.tune.values["num_train_epochs"], rounds > 0,
            let epoch = metrics["epoch"]?.last?.value
        {
            parts.append(epoch / Double(rounds))
        }
        guard let part = parts.max() else { return nil }
        let percent = Int((min(1, max(0, part)) * 100).rounded())
        return Progress(percent: percent, text: "\(percent) %")
    }

    private static func facts(
        _ job: FineTuneJob,
        _ metrics: [String: [RunMetric]],
        now: Date,
        _ context: GalleryContext
    ) -> [Fact] {
        let run = job.run
        var facts: [Fact] = []
        func add(_ key: String, _ value: String?) {
            if let value { facts.append(Fact(context.say(key), value)) }
        }
        add("training.step", metrics["loss"]?.last.map { context.formats.number(Int($0.step)) })
        add(
            "training.throughput",
            metrics["tokens/s"]?.last.map { "\(context.formats.number(Int($0.value))) tokens/s" }
        )
        if run.state == .running, let left = metrics["seconds left"]?.last {
            let seconds = max(0, left.value - now.timeIntervalSince(left.time))
            add("training.left", DurationText.text(Int64(min(seconds, 1e9))))
        }
        add("training.rate", metrics["learning rate"]?.last.map { String(format: "%.3g", $0.value) })
        if run.attempt > 1 { add("training.attempt", String(run.attempt)) }
        add("training.checkpoint", run.checkpointStep.map { context.formats.number(Int($0)) })
        return facts
    }

    private static func parameters(_ tune: FineTune, _ context: GalleryContext) -> [Fact] {
        let own = [
            Fact(context.say("training.task"), context.say("training.task.\(tune.task.rawValue)")),
            Fact(context.say("training.method"), tune.method == TrainingMethod.lora ? "LoRA" : tune.method),
            Fact(
                context.say("training.keeps"),
                context.say(tune.keepsMerged ? "training.keeps.merged" : "training.keeps.adapter")
            ), Fact(context.say("training.seed"), String(tune.seed)),
        ]
        return own
            + tune.values.values.sorted { $0.key < $1.key }.compactMap { name, value in
                value.written.isEmpty ? nil : Fact(name, value.written)
            }
    }
}

extension JobView.Chart {
    init?(_ metrics: [String: [RunMetric]], _ context: GalleryContext) {
        let points = { (name: String) in (metrics[name] ?? []).map { (step: $0.step, value: $0.value) } }
        let (losses, evaluations) = (points("loss"), points("evaluation loss"))
        let lines = [
            LossCurve.Line(style: "train", points: losses), LossCurve.Line(style: "evaluation", points: evaluations),
        ]
        guard let curve = LossCurve(lines) else { return nil }
        hasEvaluation = !evaluations.isEmpty
        loss = losses.last.map { LossCurve.label($0.value) }
        evaluation = evaluations.last.map { LossCurve.label($0.value) }
        best = evaluations.map(\.value).min().map(LossCurve.label)
        svg = curve.svg(
            label: context.say(
                "training.curve.label",
                [
                    "first": (losses.first ?? evaluations.first).map { LossCurve.label($0.value) } ?? "–",
                    "last": (losses.last ?? evaluations.last).map { LossCurve.label($0.value) } ?? "–",
                ]
            )
        )
    }
}

extension UsedFlavor {
    /// What the flavor is called, as where it is chosen; its id where it is gone.
    func name(among names: [String: LocalName], _ context: GalleryContext) -> String {
        names[flavor].map { context.words.language == .chinese ? $0.zh : $0.en } ?? flavor
    }

    /// The same of its region.
    func regionName(among names: [String: LocalName], _ context: GalleryContext) -> String {
        names[region].map { context.words.language == .chinese ? $0.zh : $0.en } ?? region
    }
}
