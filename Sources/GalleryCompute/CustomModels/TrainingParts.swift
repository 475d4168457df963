import GalleryServing

/// What a model's own training offers: `templates/fit/training.mustache`
struct TrainingPart: Page {
    static let template = "fit/training"

    struct Method: Sendable {
        let name: String
        let count: String
    }

    let state: Badge
    let methods: [Method]
    let note: TrainingNotePart?

    init(_ folder: TrainingFolder, _ context: GalleryContext) {
        state =
            folder.isValid
            ? Badge(context.say("custom.valid"), .positive, icon: "check")
            : Badge(context.say("custom.faulty"), .danger, icon: "warning")
        methods = folder.methods.map { method in
            Method(name: method.name, count: context.say("custom.count", count: method.hyperparameters.count))
        }
        note = folder.isValid ? nil : TrainingNotePart(folder, context)
    }
}

/// Whether a training folder can be used, and all that is wrong with it: `templates/fit/note.mustache`
struct TrainingNotePart: Page {
    static let template = "fit/note"

    struct Fault: Sendable {
        let place: String
        let text: String
    }

    let isValid: Bool
    let tone: String
    let methods: String
    let faults: [Fault]

    init(_ folder: TrainingFolder, tone: String = "danger", _ context: GalleryContext) {
        isValid = folder.isValid
        self.tone = folder.isValid ? "positive" : tone
        methods = folder.methods.map(\.name).joined(separator: context.say("custom.and"))
        faults = folder.faults.prefix(50).map { fault in
            Fault(
                place: [fault.file, fault.place].filter { !$0.isEmpty }.joined(separator: ", "),
                text: context.say("custom.rule.\(fault.rule.rawValue)", ["value": fault.value])
            )
        }
    }
}
