import GalleryServing

/// What a model's own training offers, and what is wrong with it.
struct TrainingMethodsBody: Codable, Sendable {
    struct Fault: Codable, Sendable {
        var rule: TrainingFault.Rule
        var file: String
        /// Where in the file; missing where the whole file is meant.
        var place: String?
        /// What stands there, or the limit.
        var value: String?

        init(_ fault: TrainingFault) {
            rule = fault.rule
            file = fault.file
            place = fault.place.isEmpty ? nil : fault.place
            value = fault.value.isEmpty ? nil : fault.value
        }
    }

    /// Whether the model has a folder gallery_train in which nothing is wrong.
    var isValid: Bool
    /// Missing folders are a fault, too: such a model has no training of its own.
    var faults: [Fault]
    var methods: [CustomMethod]
    /// What the data must be like, in Markdown.
    var dataText: String

    init(_ folder: TrainingFolder) {
        isValid = folder.isValid
        faults = folder.faults.map(Fault.init)
        methods = folder.methods
        dataText = folder.dataText
    }
}
