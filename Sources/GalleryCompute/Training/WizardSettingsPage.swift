import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import GitObjects

/// `templates/training/settings.mustache`: how, on what and under which name.
struct WizardSettingsPage: Page {
    struct Parameter: Sendable {
        let name: String
        let value: String
        let help: String
        let error: String?
        let isRequired: Bool
        let isChanged: Bool
        let standard: String?
        let isNumber: Bool
        let isWhole: Bool
        let isLong: Bool
        let isPlain: Bool
        let least: String?
        let most: String?
        let length: String?
        let choices: [FormChoice]
        let hasChoices: Bool
    }

    struct Group: Sendable {
        let title: String
        let parameters: [Parameter]
        let isOpen: Bool
    }

    struct Sample: Sendable {
        struct Turn: Sendable {
            let role: String
            let text: String
        }

        let place: String
        let turns: [Turn]
        let prompt: String?
        let answer: String
    }

    static let template = "training/settings"

    let steps: [WizardStep]
    let base: WizardBase
    let data: [String]
    let hidden: [WizardForm.Field]
    let groups: [Group]
    /// Optional ones that were taken away, to be taken back.
    let removed: [WizardForm.Field]
    let hasRemoved: Bool
    let samples: [Sample]
    let hasSamples: Bool
    let previewError: String?
    let chatNote: Bool
    /// Whether the gallery forms the data, and not the model's own script.
    let isFormed: Bool
    let product: FormField
    let owner: String
    let keepsMerged: Bool
    let seed: FormField
    let hours: FormField
    let picker: FlavorPicker
    let error: String?

    /// `isFirst` tells that nothing was sent yet that could be wrong, so that only the preview complains.
    init(
        _ form: WizardForm,
        _ plan: FineTunePlan,
        _ picker: FlavorPicker,
        isFirst: Bool,
        _ context: GalleryContext
    ) {
        let faults = plan.faults
        let said = { (field: String) in faults[field].map { context.say($0) } }
        // Before the first sending people have had no chance to choose.
        let asked = { (field: String) in isFirst ? nil : said(field) }
        steps = WizardStep.all(.settings, form, context)
        base = WizardBase(plan, context)
        data = plan.data.map(\.repo.name)
        hidden = form.hidden(settings: false) + form.removed.sorted().map { .init(name: "removed", value: $0) }
        let parameters = (plan.method?.parameters ?? []).filter(\.isSetByPeople)
        groups = TrainingParameter.Group.allCases.compactMap { group in
            let found = parameters.filter { $0.group == group && !form.removed.contains($0.name) }
            guard !found.isEmpty else { return nil }
            let shown = found.map { Parameter($0, form, plan, said("parameters.\($0.name)"), context) }
            return Group(
                title: context.say("training.group.\(group.rawValue)"),
                parameters: shown,
                isOpen: group == .data || group == .custom || shown.contains { $0.error != nil || $0.isChanged }
            )
        }
        removed = form.removed.sorted().filter { name in parameters.contains { $0.name == name } }
            .map { .init(name: $0, value: $0) }
        hasRemoved = !removed.isEmpty
        let isChat = plan.usesChatTemplate
        samples = plan.samples.prefix(3).map { Sample($0, isChat: isChat, context) }
        hasSamples = !samples.isEmpty
        let aboutRecords = faults.filter { _, fault in
            switch fault {
            case .record, .unreadable, .noDataFiles: true
            default: false
            }
        }
        previewError = aboutRecords.sorted { $0.key < $1.key }.first.map { context.say($0.value) }
        chatNote = isChat && hasSamples
        isFormed = plan.draft.task != .custom
        product = FormField(form.product, error: asked("product"))
        owner = context.viewer.account?.name ?? ""
        keepsMerged = form.keepsMerged
        seed = FormField(form.seed, error: asked("seed"))
        hours = FormField(form.hours, error: asked("hours"))
        self.picker = picker
        error = isFirst || faults.isEmpty ? nil : context.say("training.faults")
    }
}

extension WizardSettingsPage.Parameter {
    fileprivate init(
        _ parameter: TrainingParameter,
        _ form: WizardForm,
        _ plan: FineTunePlan,
        _ error: String?,
        _ context: GalleryContext
    ) {
        let standard = parameter.standard(for: plan.draft.task)
        let value = form.parameters[parameter.name] ?? standard
        name = parameter.name
        self.value = value
        help = context.words.language == .chinese ? parameter.help.zh : parameter.help.en
        self.error = error
        isRequired = parameter.isRequired
        isChanged = value != standard
        self.standard = standard.isEmpty || standard == value ? nil : standard
        let choices = Self.choices(of: parameter, value, plan, context)
        isNumber = parameter.kind.isNumber && choices.isEmpty
        isWhole = parameter.kind == .integer
        isLong = parameter.kind == .string && (parameter.most ?? 0) > 1000
        isPlain = choices.isEmpty && !isNumber && !isLong
        least = parameter.least.map(TrainingParameter.spelled)
        most = parameter.most.map(TrainingParameter.spelled)
        length = parameter.kind.isNumber ? nil : most
        self.choices = choices
        hasChoices = !choices.isEmpty
    }

    /// Where only some values make sense they are offered: files, columns, few numbers.
    private static func choices(
        of parameter: TrainingParameter,
        _ value: String,
        _ plan: FineTunePlan,
        _ context: GalleryContext
    ) -> [FormChoice] {
        var values: [String]
        switch parameter.kind {
        case .file: values = plan.files.map(\.path.text)
        case .column: values = plan.columns
        case .truth: values = ["true", "false"]
        case .integer, .number: values = parameter.choices.map(TrainingParameter.spelled)
        case .string: values = []
        }
        guard !values.isEmpty, values.count <= 500 else { return [] }
        if !value.isEmpty, !values.contains(value) { values.insert(value, at: 0) }
        let isText = parameter.kind == .file || parameter.kind == .column
        if isText, !parameter.isRequired { values.insert("", at: 0) }
        return values.map { each in
            let text = each.isEmpty ? context.say("training.none.\(parameter.kind.rawValue)") : each
            return FormChoice(each, text, isChosen: each == value)
        }
    }
}

extension WizardSettingsPage.Sample {
    fileprivate init(_ shown: FineTunePlan.Shown, isChat: Bool, _ context: GalleryContext) {
        let cut = { (text: String) in text.count > 2000 ? text.prefix(2000) + "…" : text[...] }
        place = "\(shown.path) · \(shown.place.number)"
        turns =
            isChat
            ? shown.sample.turns.map {
                .init(role: context.say("training.role.\($0.role)"), text: String(cut($0.text)))
            }
            : []
        prompt = isChat || shown.sample.prompt.isEmpty ? nil : String(cut(shown.sample.prompt))
        answer = String(cut(shown.sample.answer))
    }
}

/// `templates/training/confirm.mustache`: what is ordered, and what it costs.
struct WizardConfirmPage: Page {
    static let template = "training/confirm"

    let steps: [WizardStep]
    let facts: [Fact]
    let parameters: [Fact]
    let flavor: FlavorRow
    let isFree: Bool
    let balance: String
    let free: FreeHoursText?
    let hours: String?
    let most: String?
    let hidden: [WizardForm.Field]
    let error: String?

    init(
        _ form: WizardForm,
        _ plan: FineTunePlan,
        _ offer: FlavorOffer,
        _ state: BillingState,
        _ hours: FreeHours,
        _ billing: Billing,
        _ refusal: String?,
        now: Date,
        _ context: GalleryContext
    ) {
        steps = WizardStep.all(.confirm, form, context)
        let owner = context.viewer.account?.name ?? ""
        let task = plan.draft.task.rawValue
        facts =
            [
                Fact(context.say("training.base"), plan.base.name, path: "/\(plan.base.name)"),
                Fact(context.say("training.task"), context.say("training.task.\(task)")),
                Fact(
                    context.say("training.method"),
                    plan.draft.method == TrainingMethod.lora ? "LoRA" : plan.draft.method
                ),
            ]
            + plan.data.map {
                Fact(context.say("training.data"), $0.repo.name, path: "/datasets/\($0.repo.name)")
            } + [
                Fact(context.say("training.product"), "\(owner)/\(form.product)")
            ]
            + (plan.draft.task == .custom
                ? []
                : [
                    Fact(
                        context.say("training.keeps"),
                        context.say(form.keepsMerged ? "training.keeps.merged" : "training.keeps.adapter")
                    )
                ])
        parameters = (plan.method?.parameters ?? []).filter(\.isSetByPeople).compactMap { parameter in
            let text = plan.values.text(parameter.name)
            return text.isEmpty ? nil : Fact(parameter.name, text)
        }
        flavor = FlavorRow(offer, billing.currency, context)
        isFree = offer.tariff == .free
        balance = "\(max(.zero, state.holdings.spendable(at: now)).text) \(billing.currency)"
        free = FreeHoursText(hours, now: now, context)
        self.hours = plan.draft.hours.map { context.say("training.hours.count", count: $0) }
        most = plan.draft.hours.flatMap { count in
            guard let product = offer.price?.micros.multipliedReportingOverflow(by: Int64(count)), !product.overflow
            else {
                return nil
            }
            return "\(Money(micros: product.partialValue).text) \(billing.currency)"
        }
        hidden = form.hidden()
        error = refusal
    }
}
