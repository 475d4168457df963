package import GalleryHub
package import GalleryModel

/// A draft after everything that it names was looked at: what would be ordered, and what is wrong with it by field.
package struct FineTunePlan: Sendable, Equatable {
    /// A record of the data as the model will see it.
    package struct Shown: Sendable, Equatable {
        package var path: String
        package var place: DataHead.Place
        package var sample: PromptFormat.Sample
    }

    package var draft: FineTuneDraft
    package var base = PinnedRepo(id: nil, name: "", commit: "")
    package var basePipelineTag: String?
    /// Whether the base formats conversations by a template of its own, unless templates are given.
    package var hasChatTemplate = false
    /// What the base brings to be trained by its own script, and what is wrong with it; nil where it brings nothing.
    package var folder: TrainingFolder?
    package var data: [PinnedData] = []
    /// The files to learn from and to measure with, over all data sets.
    package var files: [FileEntry] = []
    /// The names of the first record's columns.
    package var columns: [String] = []
    package var samples: [Shown] = []
    package var method: TrainingMethod?
    package var values = TrainingValues()
    /// What its worker must be able to read besides what everybody may.
    package var reads: [RepoID] = []
    package var offer: FlavorOffer?
    /// By field; those of parameters are named `parameters.NAME`.
    package var faults: [String: TrainingError] = [:]

    package init(_ draft: FineTuneDraft) { self.draft = draft }

    /// Whether the model's own chat template forms the text.
    package var usesChatTemplate: Bool {
        hasChatTemplate && values.text("instruction_template").isEmpty && values.text("response_template").isEmpty
    }

    /// The ways of training that the base brings.
    var ownMethods: [TrainingMethod] { folder?.trainingMethods ?? [] }

    package func demandGood() throws {
        guard faults.isEmpty else { throw TrainingError.invalid(faults) }
    }
}
