import GalleryDatabase

/// What a model is trained for.
package enum TrainingTask: String, Sendable, Codable, CaseIterable, SQLConvertible {
    case textGeneration = "text-generation"
    case questionAnswering = "question-answering"
    /// What the model's own `gallery_train` does.
    case custom

    /// Instruction and answer of the plain form where neither is given.
    var templates: (instruction: String, response: String) {
        switch self {
        case .textGeneration, .custom: ("### Instruction:\n", "\n\n### Response:\n")
        case .questionAnswering: ("Question: ", "\nAnswer: ")
        }
    }

    /// What a model of that task is trained for unless one says otherwise.
    package init(pipelineTag: String?) {
        switch pipelineTag {
        case "text-generation", nil: self = .textGeneration
        case "question-answering", "document-question-answering", "table-question-answering": self = .questionAnswering
        default: self = .custom
        }
    }
}
