package import FileFormats

/// What the heads of a model's weights say of its size.
package struct ModelSize: Sendable, Equatable, Codable {
    package enum Format: String, Sendable, Codable, CaseIterable { case safetensors, gguf }

    package struct TypeCount: Sendable, Equatable, Codable {
        package var type: String
        package var parameters: Int64
    }

    package var format: Format
    /// The files that hold the weights.
    package var files: [String]
    package var parameters: Int64
    /// Most first.
    package var types: [TypeCount]
    /// As the weights are stored.
    package var bytes: Int64
    /// Of the matrices that LoRA works on and that can be quantised: all but embeddings, norms and the output.
    package var linearParameters: Int64
    /// The sides of those matrices, summed: LoRA adds so many numbers for each rank.
    package var linearSides: Int64
    /// Nil where neither the configuration nor the weights tell.
    package var shape: ModelShape?
    /// The model that these weights are an adapter of; nil for weights that stand alone.
    package var base: String?

    /// Adds up what the files hold; nil where the sums are beyond reason.
    package init?(
        _ format: Format,
        _ found: [(name: String, file: TensorFile)],
        shape: ModelShape?,
        base: String? = nil
    ) {
        var (total, bits, linear, sides) = (0.0, 0.0, 0.0, 0.0)
        var types: [String: Double] = [:]
        for tensor in found.flatMap(\.file.tensors) {
            guard let count = tensor.parameters else { return nil }
            total += Double(count)
            bits += Double(count) * TensorType.bits(tensor.type)
            types[tensor.type, default: 0] += Double(count)
            guard tensor.shape.count == 2, Self.isLinear(tensor.name) else { continue }
            linear += Double(count)
            sides += Double(tensor.shape[0]) + Double(tensor.shape[1])
        }
        guard total > 0, bits < 1e17, sides < 1e17 else { return nil }
        self.format = format
        files = found.map(\.name)
        parameters = Int64(total)
        self.types = types.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(12)
            .map { TypeCount(type: $0.key, parameters: Int64($0.value)) }
        bytes = Int64((bits / 8).rounded(.up))
        linearParameters = Int64(linear)
        linearSides = Int64(sides)
        self.shape = shape
        self.base = base
    }

    /// Whether it writes text, one token after the other.
    package var generates: Bool { shape?.generates ?? false }

    private static let others = [
        "embed", "embd", "wte", "wpe", "lm_head", "norm", "position", "token_type", "pooler", "classifier", "score",
    ]

    private static func isLinear(_ name: String) -> Bool {
        guard name.hasSuffix(".weight") else { return false }
        if name.hasPrefix("blk.") { return !name.contains("norm") }
        return name != "output.weight" && !others.contains(where: name.contains)
    }
}

/// How many bits a number takes, by the type that the formats write.
enum TensorType {
    /// Types of GGUF hold blocks of numbers with their scales: bytes of a block × 8 / numbers in it, as ggml-common.h has them.
    private static let known: [String: Double] = [
        "F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16, "I16": 16, "U16": 16,
        "I8": 8, "U8": 8, "BOOL": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
        "Q4_0": 4.5, "Q4_1": 5, "Q5_0": 5.5, "Q5_1": 6, "Q8_0": 8.5, "Q8_1": 9, "Q2_K": 2.625, "Q3_K": 3.4375,
        "Q4_K": 4.5, "Q5_K": 5.5, "Q6_K": 6.5625, "Q8_K": 9.125, "IQ2_XXS": 2.0625, "IQ2_XS": 2.3125, "IQ3_XXS": 3.0625,
        "IQ1_S": 1.5625, "IQ4_NL": 4.5, "IQ3_S": 3.4375, "IQ2_S": 2.5625, "IQ4_XS": 4.25, "IQ1_M": 1.75,
        "TQ1_0": 1.6875, "TQ2_0": 2.0625, "MXFP4": 4.25,
    ]

    /// One that is not known counts as the largest that is common.
    static func bits(_ type: String) -> Double { known[type] ?? 32 }
}
