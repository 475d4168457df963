import GalleryModel
import GalleryServing
import HTTPTypes

/// `/api/v1/fine-tunes`; stopping, running again, deleting, logs and metrics are those of its run.
struct TrainingRoutes: Sendable {
    let training: Training

    func add(to api: APIRoutes) {
        api.get(
            "fine-tunes/parameters",
            "List the parameters of fine-tuning, with their limits and what they mean",
            for: .everyone,
            query: [.choice("task", TrainingTask.self, "Whose standards are shown.")],
            answers: TrainingMethodBody.self
        ) { call in
            let task = try call.query().choice("task", TrainingTask.self) ?? .textGeneration
            return TrainingMethodBody(try training.method(), for: task)
        }
        api.send(
            .post,
            "fine-tunes/plan",
            "Look at a fine-tune before it is ordered: what is wrong, and how the first records will look to the model",
            body: FineTuneOrderBody.self,
            answers: FineTunePlanBody.self
        ) { call in
            let plan = try await training.plan(call.body.draft, by: call.viewer)
            return FineTunePlanBody(plan, training.flavors.billing.currency)
        }
        api.send(
            .post,
            "fine-tunes",
            "Order a fine-tune; its product is a new private model",
            body: FineTuneOrderBody.self,
            answers: FineTuneBody.self,
            status: .created
        ) { call in FineTuneBody(try await training.order(call.body.draft, by: call.viewer)) }
        api.get(
            "fine-tunes",
            "List one's fine-tunes, the newest first",
            query: APIParameter.paging,
            answers: APIPage<FineTuneBody>.self
        ) { call in
            let (cursor, limit) = try call.paging()
            let found = try await training.list(before: cursor, limit: limit + 1, by: call.viewer)
            let shown = found.prefix(limit)
            return APIPage(
                items: shown.map(FineTuneBody.init),
                next: found.count > limit ? shown.last?.tune.run : nil
            )
        }
        api.get("fine-tunes/{run}", "Show a fine-tune", answers: FineTuneBody.self) { call in
            FineTuneBody(try await training.show(call.path("run"), by: call.viewer))
        }
    }
}
