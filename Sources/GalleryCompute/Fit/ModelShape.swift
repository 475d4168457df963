package import FileFormats
import Foundation

/// The sides of a model, by which the memory of its working is reckoned.
package struct ModelShape: Sendable, Equatable, Codable {
    package var layers: Int
    package var hidden: Int
    package var heads: Int
    /// Heads of keys and values; fewer than `heads` where several share one.
    package var keyHeads: Int
    package var headSize: Int
    /// The inner side of a layer's feed-forward part.
    package var inner: Int
    package var vocabulary: Int
    /// The longest text that it was made for, in tokens.
    package var context: Int
    /// Whether it writes text, and so keeps keys and values of what was.
    package var generates: Bool

    /// Bytes of keys and values that each token keeps, at 16 bits.
    package var cacheBytesPerToken: Int64 {
        generates ? 2 * 2 * Int64(layers) * Int64(keyHeads) * Int64(headSize) : 0
    }

    /// Anything beyond this is no model's, but somebody's wish to break the sums.
    private static let reason = 1...10_000_000

    init?(
        layers: Int?,
        hidden: Int?,
        heads: Int?,
        keyHeads: Int?,
        headSize: Int?,
        inner: Int?,
        vocabulary: Int?,
        context: Int?,
        generates: Bool
    ) {
        guard let layers, let hidden, let heads, heads > 0, let context else { return nil }
        self.layers = layers
        self.hidden = hidden
        self.heads = heads
        self.keyHeads = keyHeads ?? heads
        self.headSize = headSize ?? max(1, hidden / heads)
        self.inner = inner ?? 4 * min(hidden, 1_000_000)
        self.vocabulary = vocabulary ?? 50_000
        self.context = context
        self.generates = generates
        guard layers <= 10_000, heads <= 100_000, self.keyHeads <= 100_000, self.headSize <= 100_000,
            [layers, hidden, heads, self.keyHeads, self.headSize, self.inner, self.vocabulary, context]
                .allSatisfy(Self.reason.contains)
        else { return nil }
    }

    // MARK: config.json

    /// From `config.json`, as transformers writes it; nil where it does not say enough.
    package init?(config: [UInt8]) {
        guard let found = try? JSONDecoder().decode(Config.self, from: Data(config)) else { return nil }
        let text = found.text ?? found
        let names = (found.architectures ?? []) + (text.architectures ?? [])
        self.init(
            layers: text.layers,
            hidden: text.hidden,
            heads: text.heads,
            keyHeads: text.keyHeads,
            headSize: text.headSize,
            inner: text.inner,
            vocabulary: text.vocabulary,
            context: text.context,
            generates: names.contains { name in
                name.hasSuffix("ForCausalLM") || name.hasSuffix("LMHeadModel")
                    || name.hasSuffix("ForConditionalGeneration")
            }
        )
    }

    /// The names that families of models have for the same thing.
    private final class Config: Decodable {
        let architectures: [String]?
        let layers: Int?
        let hidden: Int?
        let heads: Int?
        let keyHeads: Int?
        let headSize: Int?
        let inner: Int?
        let vocabulary: Int?
        let context: Int?
        /// Where the model reads pictures too, its part for texts.
        let text: Config?

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Key.self)
            func number(_ names: [String]) -> Int? {
                for name in names {
                    if let found = try? values.decode(Int.self, forKey: Key(stringValue: name)) { return found }
                }
                return nil
            }
            architectures = try? values.decode([String].self, forKey: Key(stringValue: "architectures"))
            layers = number(["num_hidden_layers", "n_layer", "num_layers", "n_layers", "decoder_layers"])
            hidden = number(["hidden_size", "n_embd", "d_model", "dim"])
            heads = number(["num_attention_heads", "n_head", "num_heads", "n_heads", "decoder_attention_heads"])
            let isShared = (try? values.decode(Bool.self, forKey: Key(stringValue: "multi_query"))) ?? false
            keyHeads = number(["num_key_value_heads", "num_kv_heads"]) ?? (isShared ? 1 : nil)
            headSize = number(["head_dim", "d_kv"])
            inner = number(["intermediate_size", "n_inner", "ffn_dim", "d_ff", "hidden_dim", "decoder_ffn_dim"])
            vocabulary = number(["vocab_size"])
            context = number(["max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "max_sequence_length"])
            text = try? values.decode(Config.self, forKey: Key(stringValue: "text_config"))
        }
    }

    // MARK: GGUF

    /// From the facts in the head of a GGUF file, as gguf.md of ggml names them.
    package init?(gguf file: TensorFile) {
        let facts = Dictionary(file.facts.map { ($0.name, $0.value) }) { first, _ in first }
        guard let family = facts["general.architecture"] else { return nil }
        let number = { (name: String) in facts["\(family).\(name)"].flatMap { Int($0) } }
        let words = file.tensors.first { $0.name == "token_embd.weight" }?.shape.first
        self.init(
            layers: number("block_count"),
            hidden: number("embedding_length"),
            heads: number("attention.head_count"),
            keyHeads: number("attention.head_count_kv"),
            headSize: number("attention.key_length"),
            inner: number("feed_forward_length"),
            vocabulary: number("vocab_size") ?? words,
            context: number("context_length"),
            generates: !["bert", "encoder", "clip"].contains(where: family.contains)
        )
    }
}
