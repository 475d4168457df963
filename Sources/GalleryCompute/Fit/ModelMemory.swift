/// How much memory a model takes, in bytes, by parts. An estimate for choosing a flavor; `docs/operators/fit.md` has the
/// formulas, their sources, and how far they were from what was measured.
package struct ModelMemory: Sendable, Equatable, Codable {
    package var weights: Int64
    /// Keys and values of the texts that are being written, or what a step of training keeps for its way back.
    package var working: Int64
    /// What is trained: the adapter with its gradients and the optimizer's state.
    package var adapter: Int64
    /// The program itself, and what it needs now and then.
    package var overhead: Int64

    package var total: Int64 { weights + working + adapter + overhead }

    /// What a service of ours keeps room for: eight texts of 2,048 tokens.
    package static let servedTokens = 8 * 2048
    /// A program with its libraries before it has loaded anything.
    private static let program = 0.6 * gibibyte
    private static let gibibyte = Double(1 << 30)

    private init(weights: Double, working: Double, adapter: Double = 0, overhead: Double) {
        let whole = { (bytes: Double) in Int64(min(max(0, bytes), 1e17).rounded(.up)) }
        self.weights = whole(weights)
        self.working = whole(working)
        self.adapter = whole(adapter)
        self.overhead = whole(overhead)
    }

    /// To answer with it: the weights as they are stored, the keys and values of `tokens`, and a fifth of the weights.
    package static func inference(_ size: ModelSize, tokens: Int = servedTokens) -> ModelMemory {
        let cache = Double(size.shape?.cacheBytesPerToken ?? 0) * Double(max(0, tokens))
        let weights = Double(size.bytes)
        return ModelMemory(weights: weights, working: cache, overhead: weights / 5 + program)
    }

    /// To fine-tune it by LoRA; nil where its shape is not known or it does not write text.
    package static func lora(_ size: ModelSize, _ plan: LoRAPlan, onAccelerator: Bool) -> ModelMemory? {
        guard let shape = size.shape, shape.generates, size.linearSides > 0, plan.isReasonable else { return nil }
        // Our workers compute in bfloat16 on accelerators and in float32 on processors.
        let wide: Double = onAccelerator ? 2 : 4
        let (all, linear) = (Double(size.parameters), Double(size.linearParameters))
        // What is not quantised is kept in float32 then; a block of 64 numbers of 4 bits has a scale of 4 bytes.
        let weights =
            switch plan.bits {
            case .four: linear * (0.5 + 4.0 / 64) + (all - linear) * 4
            case .eight: linear + (all - linear) * 4
            case .sixteen: all * wide
            }
        // The weights of the adapter, their gradients and two moments of AdamW, in float32.
        let adapter = Double(size.linearSides) * Double(plan.rank) * 16
        let tokens = Double(plan.batch) * Double(min(plan.length, shape.context))
        let working = tokens * (Self.kept(shape, plan, wide) + Double(shape.vocabulary) * 4 * 4)
        return ModelMemory(weights: weights, working: working, adapter: adapter, overhead: weights / 20 + program)
    }

    /// Bytes that a token leaves for the way back. With quantised weights only each layer's input is kept, and one layer
    /// at a time is computed again.
    private static func kept(_ shape: ModelShape, _ plan: LoRAPlan, _ wide: Double) -> Double {
        let (hidden, inner) = (Double(shape.hidden), Double(shape.inner))
        let keys = Double(shape.keyHeads) * Double(shape.headSize)
        // Inputs of both norms and of the seven matrices, with their dropped-out copies; queries, keys and values; the
        // gate, its product and its parts; the two sums. Measured, it is 1.8 times that: the allocator keeps more.
        let layer = 1.8 * (14 * hidden + 2 * keys + 5 * inner) * wide
        return plan.bits == .sixteen ? layer * Double(shape.layers) : layer + Double(shape.layers) * hidden * wide
    }
}

/// What of a fine-tune's parameters decides its memory.
package struct LoRAPlan: Sendable, Equatable {
    package enum Bits: Int, Sendable, Codable, CaseIterable {
        case four = 4
        case eight = 8
        /// Not quantised.
        case sixteen = 16
    }

    package var bits: Bits
    package var batch: Int
    package var length: Int
    package var rank: Int

    /// The standard values are those of the wizard.
    package init(bits: Bits = .sixteen, batch: Int = 4, length: Int = 512, rank: Int = 8) {
        (self.bits, self.batch, self.length, self.rank) = (bits, batch, length, rank)
    }

    /// As the parameters of a fine-tune say; the standard where they say nothing.
    init(_ values: TrainingValues) {
        self.init()
        let whole = { (name: String) in Int(values.text(name)) }
        bits = whole("bits").flatMap(Bits.init(rawValue:)) ?? .sixteen
        batch = whole("per_device_train_batch_size") ?? batch
        length = whole("max_seq_length") ?? length
        rank = whole("lora_rank") ?? rank
    }

    var isReasonable: Bool {
        (1...100_000).contains(batch) && (1...10_000_000).contains(length) && (1...100_000).contains(rank)
    }
}

extension ModelSize {
    /// What a flavor must have to answer with this model; for `FlavorPicker`.
    package func inferenceNeed(_ flavor: Flavor) -> Int64? { ModelMemory.inference(self).total }

    /// What a flavor must have to fine-tune this model by LoRA; for `FlavorPicker`.
    package func loraNeed(_ plan: LoRAPlan = LoRAPlan()) -> @Sendable (Flavor) -> Int64? {
        { flavor in ModelMemory.lora(self, plan, onAccelerator: !flavor.accelerator.isEmpty)?.total }
    }
}
