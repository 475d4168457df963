import Testing

@testable import FileFormats
@testable import GalleryCompute

struct ModelSizeTests {
    private static let smol = """
        {"architectures": ["LlamaForCausalLM"], "hidden_size": 576, "intermediate_size": 1536, "max_position_embeddings": 8192,
        "num_attention_heads": 9, "num_hidden_layers": 30, "num_key_value_heads": 3, "vocab_size": 49152}
        """

    private func file(_ tensors: [(String, String, [Int])]) -> TensorFile {
        TensorFile(tensors: tensors.map { Tensor(name: $0.0, type: $0.1, shape: $0.2) }, facts: [])
    }

    @Test func `numbers, types and bytes are summed over all files`() throws {
        let one = file([
            ("model.embed_tokens.weight", "BF16", [1000, 64]), ("model.layers.0.q_proj.weight", "BF16", [64, 32]),
        ])
        let two = file([("model.norm.weight", "F32", [64]), ("lm_head.weight", "BF16", [1000, 64])])
        let size = try #require(ModelSize(.safetensors, [("a", one), ("b", two)], shape: nil))
        #expect(size.parameters == 64_000 + 2048 + 64 + 64_000)
        #expect(size.bytes == 2 * 130_048 + 4 * 64)
        #expect(size.types.map(\.type) == ["BF16", "F32"])
        #expect((size.linearParameters, size.linearSides) == (2048, 96))
    }

    @Test func `blocks of quantised weights count with their scales`() throws {
        let size = try #require(
            ModelSize(.gguf, [("a", file([("blk.0.attn_q.weight", "Q4_K", [256, 256])]))], shape: nil)
        )
        #expect(size.bytes == 256 * 256 * 144 / 256)
    }

    @Test(arguments: [
        [], [("a", "F32", [Int.max, 2])], [("a", "F32", [0])],
        [("a", "F32", [1 << 60]), ("b", "F32", [1 << 60])],
    ])
    func `weights beyond reason have no size`(tensors: [(String, String, [Int])]) {
        #expect(ModelSize(.safetensors, [("a", file(tensors))], shape: nil) == nil)
    }

    @Test func `the configuration tells how much each token keeps`() throws {
        let shape = try #require(ModelShape(config: Array(Self.smol.utf8)))
        // Two of them, 30 layers, 3 heads of 64 numbers, 2 bytes each.
        #expect(shape.cacheBytesPerToken == 2 * 30 * 3 * 64 * 2)
        #expect(shape.generates)
    }

    @Test func `what reads pictures too is reckoned by its part for texts`() throws {
        let config = #"{"architectures": ["XForConditionalGeneration"], "text_config": \#(Self.smol)}"#
        #expect(try #require(ModelShape(config: Array(config.utf8))).layers == 30)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"hidden_size": 0}"#,
        #"{"hidden_size": 1e300, "num_hidden_layers": 1, "num_attention_heads": 1, "max_position_embeddings": 1}"#,
        #"{"hidden_size": 64, "num_hidden_layers": 9000000, "num_attention_heads": 1, "max_position_embeddings": 1}"#,
        #"{"hidden_size": -64, "num_hidden_layers": 1, "num_attention_heads": -1, "max_position_embeddings": 1}"#,
    ])
    func `a configuration that says too little or too much has no shape`(config: String) {
        #expect(ModelShape(config: Array(config.utf8)) == nil)
    }

    /// SmolLM2-135M as transformers loads it; what a step took was measured on Linux, with torch 2.13 on a processor.
    @Test(arguments: [(4, 128, 3_362_456), (1, 512, 3_021_684), (4, 512, 10_125_944)])
    func `fine-tuning takes about what was measured`(batch: Int, length: Int, peakKiB: Double) throws {
        let shape = try #require(ModelShape(config: Array(Self.smol.utf8)))
        let layer = [[576, 576], [192, 576], [192, 576], [576, 576], [1536, 576], [1536, 576], [576, 1536]]
        let tensors = (0..<30).flatMap { number in
            layer.enumerated().map { ("blk.\(number).part\($0.offset).weight", "Q4_1", $0.element) }
        }
        let weights = file(
            tensors + [("token_embd.weight", "Q8_0", [49152, 576]), ("output_norm.weight", "F32", [35_136])]
        )
        let size = try #require(ModelSize(.gguf, [("a", weights)], shape: shape))
        #expect(size.parameters == 134_515_008)
        let plan = LoRAPlan(batch: batch, length: length)
        let memory = try #require(ModelMemory.lora(size, plan, onAccelerator: false))
        #expect(memory.adapter == 2_442_240 * 16)
        #expect((0.85...1.15).contains(Double(memory.total) / (peakKiB * 1024)))
    }

    @Test func `quantised weights take less, and larger batches more`() throws {
        let shape = try #require(ModelShape(config: Array(Self.smol.utf8)))
        let weights = file([("model.layers.0.q.weight", "BF16", [5760, 5760])])
        let size = try #require(ModelSize(.safetensors, [("a", weights)], shape: shape))
        let total = { (plan: LoRAPlan) in ModelMemory.lora(size, plan, onAccelerator: true)?.total ?? 0 }
        #expect(total(LoRAPlan(bits: .four)) < total(LoRAPlan(bits: .eight)))
        #expect(total(LoRAPlan(bits: .eight)) < total(LoRAPlan()))
        #expect(total(LoRAPlan(batch: 4)) < total(LoRAPlan(batch: 8)))
        #expect(ModelMemory.lora(size, LoRAPlan(batch: .max), onAccelerator: true) == nil)
    }
}
