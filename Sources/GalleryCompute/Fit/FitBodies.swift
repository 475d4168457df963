import GalleryModel
import GalleryServing

/// What a model will run on.
struct ComputeNeedsBody: Codable, Sendable {
    struct LoRA: Codable, Sendable {
        /// 16 is not quantised.
        var bits: Int
        /// In bytes, where it is computed in float32.
        var onProcessor: ModelMemory
        /// In bytes, where it is computed in bfloat16.
        var onAccelerator: ModelMemory
    }

    struct Offer: Codable, Sendable {
        struct Need: Codable, Sendable {
            var state: FlavorFit.State
            var neededBytes: Int64
            var thereBytes: Int64

            init(_ fit: FlavorFit) { (state, neededBytes, thereBytes) = (fit.state, fit.neededBytes, fit.thereBytes) }
        }

        var flavor: String
        var region: String
        var tariff: Tariff
        var isAvailable: Bool
        var inference: Need?
        /// By LoRA with the standard parameters, at 16 bits.
        var lora: Need?
    }

    var commit: String
    /// Why nothing is known: no-weights, unreadable or too-large; missing where something is.
    var reason: String?
    var format: ModelSize.Format?
    var files: [String]?
    var parameters: Int64?
    var types: [ModelSize.TypeCount]?
    /// As the weights are stored, in bytes.
    var weightBytes: Int64?
    /// The model that this one is an adapter of.
    var adapterOf: String?
    /// In tokens.
    var context: Int?
    var cacheBytesPerToken: Int64?
    /// In bytes: the weights, room for eight texts of 2,048 tokens, and what else is needed.
    var inference: ModelMemory?
    /// The same with one text of the model's whole context.
    var wholeContext: ModelMemory?
    /// With batches of 4 texts of 512 tokens and rank 8; missing for what does not write text.
    var lora: [LoRA]?
    var offers: [Offer]

    init(_ model: MeasuredModel, _ offers: [FlavorOffer]) {
        commit = model.commit
        reason = model.fault?.rawValue
        format = model.size?.format
        files = model.size?.files
        parameters = model.size?.parameters
        types = model.size?.types
        weightBytes = model.size?.bytes
        adapterOf = model.size?.base
        guard let size = model.whole else {
            self.offers = []
            return
        }
        context = size.shape?.context
        cacheBytesPerToken = size.shape.map(\.cacheBytesPerToken)
        inference = ModelMemory.inference(size)
        if let context, size.generates { wholeContext = ModelMemory.inference(size, tokens: context) }
        let plans = LoRAPlan.Bits.allCases.compactMap { bits -> LoRA? in
            let plan = LoRAPlan(bits: bits)
            guard let processor = ModelMemory.lora(size, plan, onAccelerator: false),
                let accelerator = ModelMemory.lora(size, plan, onAccelerator: true)
            else { return nil }
            return LoRA(bits: bits.rawValue, onProcessor: processor, onAccelerator: accelerator)
        }
        lora = plans.isEmpty ? nil : plans
        let loraNeed = size.loraNeed()
        self.offers = offers.map { offer in
            let flavor = offer.flavor
            let need = { (bytes: Int64?) in bytes.map { Offer.Need(FlavorFit(neededBytes: $0, in: flavor)) } }
            return Offer(
                flavor: flavor.id,
                region: offer.region.id,
                tariff: offer.tariff,
                isAvailable: offer.obstacle == nil,
                inference: flavor.services.contains(.inference) ? need(size.inferenceNeed(flavor)) : nil,
                lora: flavor.services.contains(.fineTune) ? need(loraNeed(flavor)) : nil
            )
        }
    }
}
