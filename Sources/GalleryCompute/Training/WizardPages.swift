import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/fine-tune/new`: task → data → settings → confirmation → job. What was chosen travels in the address and in forms.
struct WizardPages: Sendable {
    let training: Training
    let fit: Fit
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/fine-tune/new") { request, context in
            try await show(WizardForm(try request.query()), request, context)
        }
        router.post("/fine-tune/new") { request, context in
            try await show(WizardForm(try await pages.form(request, context)), request, context)
        }
        WizardUploadPages(training: training, pages: pages).add(to: router)
    }

    private func show(_ form: WizardForm, _ request: Request, _ context: GalleryContext) async throws -> Response {
        guard !form.base.isEmpty else { return try await chooseBase(nil, "", request, context) }
        var form = form
        var plan = try await training.plan(form.draft(form.task ?? .textGeneration), by: context.viewer)
        // Without a model nothing follows.
        if plan.base.id == nil { return try await chooseBase(plan.faults["base"], form.base, request, context) }
        if form.task == nil {
            let task = TrainingTask(pipelineTag: plan.basePipelineTag)
            let isForOwn = task == .custom || plan.faults["base"] != nil
            let own = isForOwn ? plan.ownMethods.first : nil
            form.task = own != nil ? .custom : task == .custom ? .textGeneration : task
            form.method = own?.name ?? TrainingMethod.lora
            if form.task != plan.draft.task {
                plan = try await training.plan(form.draft(form.task ?? .textGeneration), by: context.viewer)
            }
        }
        let isUnsuitable = ["base", "task", "method"].contains { plan.faults[$0] != nil }
        if isUnsuitable || form.step == .task {
            return try await chooseTask(form, plan, request, context)
        }
        if form.step == .data || form.data.isEmpty {
            let isMissing = form.step != .data && form.step != .task
            return try await chooseData(form, plan, isMissing ? .noData : nil, request, context)
        }
        if plan.faults["data"] != nil, !form.hasSettings {
            return try await chooseData(form, plan, plan.faults["data"], request, context)
        }
        if !form.hasSettings {
            try await fill(&form, plan, by: context.viewer)
            plan = try await training.plan(form.draft(form.task ?? .textGeneration), by: context.viewer)
            return try await showSettings(form, plan, isFirst: true, request, context)
        }
        switch form.step {
        case .task, .data, .settings:
            return try await showSettings(form, plan, isFirst: true, request, context)
        case .confirm:
            guard plan.faults.isEmpty else {
                return try await showSettings(form, plan, isFirst: false, request, context)
            }
            return try await confirm(form, plan, request, context)
        case .order:
            return try await order(form, plan, request, context)
        }
    }

    /// What is proposed before anybody has typed anything: a name, the columns as they are called, a flavor.
    private func fill(_ form: inout WizardForm, _ plan: FineTunePlan, by viewer: Viewer) async throws {
        guard let method = plan.method else { return }
        let task = form.task ?? .textGeneration
        for parameter in method.parameters where parameter.isSetByPeople {
            form.parameters[parameter.name] = parameter.standard(for: task)
        }
        let standard = form.parameters["prompt_field"] ?? ""
        if !plan.columns.isEmpty, !plan.columns.contains(standard), let mapping = KnownColumns.mapping(of: plan.columns)
        {
            form.parameters.merge(mapping) { _, mapped in mapped }
        }
        form.seed = "42"
        form.flavor = try await training.proposedFlavor(by: viewer)?.text ?? ""
        form.product = try await training.freeName(after: plan.base.name, by: viewer)
    }

    // MARK: Steps

    private func chooseBase(
        _ fault: TrainingError?,
        _ typed: String,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let choices = try await training.choices(.model, by: context.viewer)
        let page = WizardBasePage(
            groups: WizardGroup.groups(choices, chosen: [], context),
            hasGroups: !choices.isEmpty,
            typed: typed,
            error: fault.map { context.say($0) }
        )
        let isAsked = request.method == .get || fault == nil
        return try await answer(page, isAsked ? .ok : .unprocessableContent, request, context)
    }

    private func chooseTask(
        _ form: WizardForm,
        _ plan: FineTunePlan,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        var fault = plan.faults["base"] ?? plan.faults["task"] ?? plan.faults["method"]
        // Who brings a training is told of that, not of weights that it may have no need of.
        if plan.faults["base"] != nil, plan.folder?.isValid == false { fault = .notCustom }
        let page = WizardTaskPage(
            steps: WizardStep.all(.task, form, context),
            base: WizardBase(plan, context),
            tasks: WizardTaskPage.choices(form, plan, context),
            hidden: form.hidden(settings: false, task: false),
            error: fault.map { context.say($0) },
            isUsable: plan.faults["base"] == nil || !plan.ownMethods.isEmpty,
            note: plan.folder.flatMap { folder in
                folder.isValid
                    ? nil : TrainingNotePart(folder, tone: plan.faults["base"] == nil ? "warning" : "danger", context)
            }
        )
        // Leading here from a list of models is no fault of whoever came.
        let isAsked = request.method == .get || fault == nil
        return try await answer(page, isAsked ? .ok : .unprocessableContent, request, context)
    }

    private func chooseData(
        _ form: WizardForm,
        _ plan: FineTunePlan,
        _ fault: TrainingError?,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let choices = try await training.choices(.dataset, by: context.viewer)
        let known = (choices.own + choices.favourites + choices.subscribed).map(\.name.description)
        let page = WizardDataPage(
            steps: WizardStep.all(.data, form, context),
            groups: WizardGroup.groups(choices, chosen: form.data, context),
            hasGroups: !choices.isEmpty,
            typed: form.data.first { !known.contains($0) } ?? "",
            // What was typed for the settings already does not fit into an address.
            method: form.hasSettings ? "post" : "get",
            isPosted: form.hasSettings,
            hidden: form.hidden(data: false),
            carried: form.hidden(settings: false),
            back: form.path(.task),
            readme: form.task == .custom ? plan.folder?.dataText : nil,
            isCustom: form.task == .custom,
            error: fault.map { context.say($0) },
            uploadName: "training-data-" + training.world.now().wire.prefix(16).filter(\.isNumber)
        )
        return try await answer(page, fault == nil ? .ok : .unprocessableContent, request, context)
    }

    private func showSettings(
        _ form: WizardForm,
        _ plan: FineTunePlan,
        isFirst: Bool,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let offers = try await training.flavors.offers(for: .fineTune)
        let picker = FlavorPicker(
            offers,
            chosen: UsedFlavor(form.flavor),
            free: try await training.flavors.freeHours(by: context.viewer),
            currency: training.flavors.billing.currency,
            error: isFirst ? nil : plan.faults["flavor"].map { context.say($0) },
            need: try await need(of: plan, context),
            context
        )
        let page = WizardSettingsPage(form, plan, picker, isFirst: isFirst, context)
        return try await answer(page, isFirst ? .ok : .unprocessableContent, request, context)
    }

    /// What a flavor must have for this; nothing is known of people's own ways of training.
    private func need(of plan: FineTunePlan, _ context: GalleryContext) async throws -> (Flavor) -> Int64? {
        guard plan.draft.task != .custom, let name = RepoName(plan.base.name),
            let size = try await fit.size(of: name, at: plan.base.commit, by: context.viewer)
        else { return { _ in nil } }
        return size.loraNeed(LoRAPlan(plan.values))
    }

    private func confirm(
        _ form: WizardForm,
        _ plan: FineTunePlan,
        refusal: String? = nil,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        guard let offer = plan.offer else {
            return try await showSettings(form, plan, isFirst: false, request, context)
        }
        let now = training.world.now()
        let state = try await training.flavors.billing.state(by: context.viewer)
        let hours = try await training.flavors.freeHours(by: context.viewer)
        let page = WizardConfirmPage(
            form,
            plan,
            offer,
            state,
            hours,
            training.flavors.billing,
            refusal,
            now: now,
            context
        )
        return try await answer(page, refusal == nil ? .ok : .unprocessableContent, request, context)
    }

    private func order(
        _ form: WizardForm,
        _ plan: FineTunePlan,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        guard plan.faults.isEmpty else {
            return try await showSettings(form, plan, isFirst: false, request, context)
        }
        do {
            let job = try await training.order(form.draft(plan.draft.task), by: context.viewer)
            return pages.redirect(
                to: "/my/jobs/\(job.run.id)",
                flash: context.say("training.ordered"),
                request,
                context
            )
        } catch TrainingError.invalid {
            let plan = try await training.plan(plan.draft, by: context.viewer)
            return try await showSettings(form, plan, isFirst: false, request, context)
        } catch let error as any DomainError
            where [.conflict, .invalid, .unprocessable, .unavailable].contains(error.problem.kind)
        {
            return try await confirm(form, plan, refusal: context.say(error.problem), request, context)
        }
    }

    private func answer(
        _ page: some Page,
        _ status: HTTPResponse.Status,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let title = context.say("training.new")
        return try await pages.answer(page, title: title, status: status, place: "/my", request, context)
    }
}
