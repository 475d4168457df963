import Foundation
import GalleryHub
import GalleryModel
import GalleryServing

/// One of the steps above a page of the wizard.
struct WizardStep: Sendable {
    let text: String
    let path: String?
    let isDone: Bool
    let isHere: Bool

    /// Those before the step `here` lead back to them.
    static func all(_ here: WizardForm.Step, _ form: WizardForm, _ context: GalleryContext) -> [WizardStep] {
        let steps: [WizardForm.Step] = [.task, .data, .settings, .confirm]
        let place = steps.firstIndex(of: here) ?? 0
        return steps.enumerated().map { index, step in
            // What was typed does not fit into an address: forms lead back from there.
            let mayLink = index < place && (step == .task || step == .data) && !form.hasSettings
            return WizardStep(
                text: context.say("training.step.\(step.rawValue)"),
                path: mayLink ? form.path(step) : nil,
                isDone: index < place,
                isHere: index == place
            )
        }
    }
}

/// The model that is to be tuned, above each page.
struct WizardBase: Sendable {
    let name: String
    let path: String
    let commit: String
    let task: String?

    init(_ plan: FineTunePlan, _ context: GalleryContext) {
        name = plan.base.name
        path = "/\(plan.base.name)"
        commit = String(plan.base.commit.prefix(8))
        task = plan.basePipelineTag
    }
}

/// Repositories to choose from, under a heading.
struct WizardGroup: Sendable {
    struct Row: Sendable {
        let name: String
        let title: String?
        let path: String
        let choose: String
        let task: String?
        let size: String
        let updated: Moment
        let isChosen: Bool
    }

    let title: String
    let rows: [Row]

    static func groups(_ choices: RepoChoices, chosen: [String], _ context: GalleryContext) -> [WizardGroup] {
        let groups = [
            (context.say("training.choose.own"), choices.own),
            (context.say("training.choose.favourites"), choices.favourites),
            (context.say("training.choose.subscribed"), choices.subscribed),
            (context.say("training.choose.shared"), choices.shared),
        ]
        return groups.filter { !$0.1.isEmpty }.map { title, found in
            WizardGroup(title: title, rows: found.map { Row($0, chosen, context) })
        }
    }
}

extension WizardGroup.Row {
    fileprivate init(_ choice: RepoChoice, _ chosen: [String], _ context: GalleryContext) {
        name = choice.name.description
        title = choice.title.isEmpty ? nil : choice.title
        let isModel = !choice.pipelineTag.isEmpty
        path = "\(isModel ? "" : "/datasets")/\(choice.name)"
        choose = "/fine-tune/new?base=\(PercentEncoding.encode(choice.name.description))"
        task = choice.pipelineTag.isEmpty ? nil : choice.pipelineTag
        size = context.formats.bytes(choice.bytes)
        updated = context.formats.moment(choice.updatedAt, now: Date())
        isChosen = chosen.contains(choice.name.description)
    }
}

/// `templates/training/base.mustache`: which model to start from.
struct WizardBasePage: Page {
    static let template = "training/base"

    let groups: [WizardGroup]
    let hasGroups: Bool
    let typed: String
    let error: String?
}

/// `templates/training/task.mustache`: what the model is to be trained for.
struct WizardTaskPage: Page {
    struct Choice: Sendable {
        let value: String
        let text: String
        let hint: String
        let isChosen: Bool
    }

    static let template = "training/task"

    let steps: [WizardStep]
    let base: WizardBase
    let tasks: [Choice]
    let hidden: [WizardForm.Field]
    let error: String?
    let isUsable: Bool
    /// What is wrong with the training that the model brings.
    let note: TrainingNotePart?

    /// What the model can be trained for: text, and what its own scripts do.
    static func choices(_ form: WizardForm, _ plan: FineTunePlan, _ context: GalleryContext) -> [Choice] {
        let texts: [TrainingTask] = plan.faults["base"] == nil ? [.textGeneration, .questionAnswering] : []
        let own = plan.ownMethods.map { method in
            Choice(
                value: "custom:\(method.name)",
                text: "\(context.say("training.task.custom")) · \(method.name)",
                hint: context.say("training.task.custom.hint"),
                isChosen: form.task == .custom && form.method == method.name
            )
        }
        return texts.map { task in
            Choice(
                value: task.rawValue,
                text: context.say("training.task.\(task.rawValue)"),
                hint: context.say("training.task.\(task.rawValue).hint"),
                isChosen: task == form.task
            )
        } + own
    }
}

/// `templates/training/data.mustache`: what it is to learn from.
struct WizardDataPage: Page {
    static let template = "training/data"

    let steps: [WizardStep]
    let groups: [WizardGroup]
    let hasGroups: Bool
    let typed: String
    let method: String
    let isPosted: Bool
    let hidden: [WizardForm.Field]
    let carried: [WizardForm.Field]
    let back: String
    /// What a model with a training of its own says of its data.
    let readme: String?
    let isCustom: Bool
    let error: String?
    let uploadName: String
}
