import GalleryModel
package import GalleryHub
package import GalleryServing
package import Hummingbird

/// What compute puts on the pages of assets: buttons at the top, and beside the introduction what a model will run on.
package struct AssetComputePages: Sendable {
    private let slices: ComputeSlices
    private let pages: Pages

    package init(slices: ComputeSlices, pages: Pages) {
        self.slices = slices
        self.pages = pages
    }

    /// What can be begun with a model whose files the viewer may read.
    package func actions(
        of repository: Repository,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> String {
        guard repository.kind == .model, repository.head != nil else { return "" }
        let size = try await measured(repository, context)?.whole
        var tunes = size?.generates ?? false
        if !tunes { tunes = try await folder(repository, context)?.isValid ?? false }
        let generates = size?.generates ?? false
        let serves = try await serves(repository, context)
        guard tunes || generates || serves else { return "" }
        let name = PercentEncoding.encode(repository.name.description)
        let part = ComputeActionsPart(
            tunePath: tunes ? "/fine-tune/new?base=\(name)" : nil,
            servePath: serves ? "/services/new?model=\(name)" : nil,
            appPath: generates ? "/apps/new?model=\(name)" : nil
        )
        return try pages.html(part, request, context)
    }

    /// For `repository`, whose files the viewer may read; empty where there is nothing to say.
    package func side(of repository: Repository, _ request: Request, _ context: GalleryContext) async throws -> String {
        guard repository.kind == .model, repository.head != nil else { return "" }
        var html = ""
        if let size = try await measured(repository, context)?.whole {
            let offers = try await slices.flavors.offers()
            html += try pages.html(FitPart(size, offers, context), request, context)
        }
        if let folder = try await folder(repository, context), !folder.isAbsent {
            html += try pages.html(TrainingPart(folder, context), request, context)
        }
        return html
    }

    /// Whether the training folder at a revision can be used, and why not; that it can is said of a change alone.
    package func note(
        on repository: Repository,
        at revision: String,
        isChange: Bool,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> String {
        guard repository.kind == .model, repository.head != nil,
            let folder = try await folder(repository, at: revision, context), !folder.isAbsent,
            isChange || !folder.isValid
        else { return "" }
        return try pages.html(TrainingNotePart(folder, context), request, context)
    }

    private func serves(_ repository: Repository, _ context: GalleryContext) async throws -> Bool {
        guard context.viewer.account != nil else { return false }
        do {
            _ = try await slices.inference.model(repository.name.description, by: context.viewer)
            return true
        } catch is any DomainError {
            return false
        }
    }

    private func folder(
        _ repository: Repository,
        at revision: String = "main",
        _ context: GalleryContext
    ) async throws -> TrainingFolder? {
        do {
            return try await slices.customModels.folder(of: repository.name, at: revision, by: context.viewer)
        } catch is any DomainError {
            return nil
        }
    }

    /// Nil where it cannot be read, for whatever reason: the page has more to show than this.
    private func measured(_ repository: Repository, _ context: GalleryContext) async throws -> MeasuredModel? {
        do {
            return try await slices.fit.measure(.model, repository.name, at: "main", by: context.viewer)
        } catch is any DomainError {
            return nil
        }
    }
}

/// `templates/fit/actions.mustache`
struct ComputeActionsPart: Page {
    static let template = "fit/actions"

    let tunePath: String?
    let servePath: String?
    let appPath: String?
}

/// `templates/fit/side.mustache`
struct FitPart: Page {
    static let template = "fit/side"

    struct Row: Sendable {
        let name: String
        let hardware: String
        let inference: Badge?
        let lora: Badge?
    }

    let use: String
    /// The smallest flavor that has enough; nil where none has.
    let useFlavor: String?
    let tunes: Bool
    let tune: String?
    let tuneFlavor: String?
    /// With quantised weights.
    let tune8: String?
    let tune4: String?
    let context: String?
    let flavors: [Row]

    init(_ size: ModelSize, _ offers: [FlavorOffer], _ context: GalleryContext) {
        let flavors = Self.flavors(of: offers)
        let inference = { (flavor: Flavor) in
            flavor.services.contains(.inference)
                ? size.inferenceNeed(flavor).map { FlavorFit(neededBytes: $0, in: flavor) } : nil
        }
        let need = size.loraNeed()
        let lora = { (flavor: Flavor) in
            flavor.services.contains(.fineTune) ? need(flavor).map { FlavorFit(neededBytes: $0, in: flavor) } : nil
        }
        use = GiB.text(ModelMemory.inference(size).total)
        useFlavor = Self.smallest(flavors, inference, context)
        let memory = { (bits: LoRAPlan.Bits) in
            ModelMemory.lora(size, LoRAPlan(bits: bits), onAccelerator: false).map { GiB.text($0.total) }
        }
        tune = memory(.sixteen)
        tunes = tune != nil
        // Weights in GGUF are read whole, whatever is asked for.
        tune8 = size.format == .gguf ? nil : memory(.eight)
        tune4 = size.format == .gguf ? nil : memory(.four)
        tuneFlavor = tunes ? Self.smallest(flavors, lora, context) : nil
        self.context = size.shape.map { context.formats.number($0.context) }
        self.flavors = flavors.map { flavor in
            Row(
                name: FlavorRow.name(flavor, context),
                hardware: FlavorRow.hardware(flavor, context),
                inference: inference(flavor).map { FlavorPicker.badge($0, context) },
                lora: lora(flavor).map { FlavorPicker.badge($0, context) }
            )
        }
    }

    /// Each once, however it is offered.
    private static func flavors(of offers: [FlavorOffer]) -> [Flavor] {
        offers.reduce(into: []) { flavors, offer in
            if !flavors.contains(where: { $0.id == offer.flavor.id }) { flavors.append(offer.flavor) }
        }
    }

    private static func smallest(
        _ flavors: [Flavor],
        _ fit: (Flavor) -> FlavorFit?,
        _ context: GalleryContext
    ) -> String? {
        flavors.filter { fit($0)?.state == .fits }
            .min {
                ($0.accelerator.isEmpty ? 0 : 1, $0.cores, $0.id) < ($1.accelerator.isEmpty ? 0 : 1, $1.cores, $1.id)
            }
            .map { FlavorRow.name($0, context) }
    }
}
