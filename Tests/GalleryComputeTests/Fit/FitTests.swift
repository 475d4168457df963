import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryCompute

struct FitTests {
    private struct House {
        let files: TestFiles
        let fit: Fit
        let ada: Viewer

        init(_ database: any Database) async throws {
            files = try TestFiles(database)
            fit = Fit(database, files.repositories, files.files, files.content, files.world)
            ada = try await files.identity.person("ada")
        }

        func model(
            _ name: String,
            _ content: KeyValuePairs<String, [UInt8]>,
            visibility: Visibility? = nil
        ) async throws
            -> Repository
        {
            let repository = try await files.repository(name, visibility: visibility, of: ada)
            try await commit(content, to: repository)
            return repository
        }

        func commit(_ content: KeyValuePairs<String, [UInt8]>, to repository: Repository) async throws {
            files.clock.advance(by: .seconds(1))
            var draft = try await files.files.draft(on: "main", of: repository.id, by: ada)
            for (path, bytes) in content { try await draft.put(path, bytes: bytes) }
            _ = try await files.files.commit(draft, title: "weights")
        }

        func measure(_ repository: Repository, by viewer: Viewer? = nil) async throws -> MeasuredModel {
            try await fit.measure(.model, repository.name, at: "main", by: viewer ?? ada)
        }
    }

    private static func safetensors(_ tensors: KeyValuePairs<String, [Int]>, type: String = "F32") -> [UInt8] {
        var offset = 0
        let entries = tensors.map { name, shape in
            let bytes = shape.reduce(4, *)
            defer { offset += bytes }
            return
                #""\#(name)": {"dtype": "\#(type)", "shape": \#(shape), "data_offsets": [\#(offset), \#(offset + bytes)]}"#
        }
        let json = Array("{\(entries.joined(separator: ","))}".utf8)
        let length = UInt64(json.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + json
            + [UInt8](repeating: 0, count: offset)
    }

    private static let config = Array(
        """
        {"architectures": ["LlamaForCausalLM"], "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
        "max_position_embeddings": 128, "vocab_size": 16}
        """.utf8
    )

    @Test(arguments: TestDatabase.all)
    func `a model is measured once for each version`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let house = try await House(database)
            let model = try await house.model(
                "tiny",
                ["config.json": Self.config, "model.safetensors": Self.safetensors(["q.weight": [8, 8]])]
            )
            let first = try await house.measure(model)
            #expect(first.size?.parameters == 64)
            #expect(first.size?.generates == true)
            #expect(try await house.measure(model) == first)
            try await house.commit(["model.safetensors": Self.safetensors(["q.weight": [8, 16]])], to: model)
            #expect(try await house.measure(model).size?.parameters == 128)
            #expect(try await house.fit.size(of: model.name, at: first.commit, by: house.ada)?.parameters == 64)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `weights in several files are summed as the index names them`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let house = try await House(database)
            let index = #"{"weight_map": {"q.weight": "model-1.safetensors", "k.weight": "model-2.safetensors"}}"#
            let model = try await house.model(
                "shards",
                [
                    "model.safetensors.index.json": Array(index.utf8), "other.safetensors": Array("x".utf8),
                    "model-1.safetensors": Self.safetensors(["q.weight": [8, 8]]),
                    "model-2.safetensors": Self.safetensors(["k.weight": [8, 4]]),
                ]
            )
            let size = try #require(try await house.measure(model).size)
            #expect(size.parameters == 96)
            #expect(size.files == ["model-1.safetensors", "model-2.safetensors"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an adapter needs what its base needs, for who may read that`(_ kind: TestDatabase) async throws {
        try await kind.runCompute { database in
            let house = try await House(database)
            let base = try await house.model(
                "base",
                ["config.json": Self.config, "model.safetensors": Self.safetensors(["q.weight": [8, 8]])],
                visibility: .owner
            )
            let adapter = try await house.model(
                "adapter",
                [
                    "adapter_config.json": Array(#"{"base_model_name_or_path": "ada/base"}"#.utf8),
                    "adapter_model.safetensors": Self.safetensors(["q.lora_A.weight": [2, 8]]),
                ],
                visibility: .everyone
            )
            let found = try await house.measure(adapter)
            #expect(found.size?.base == base.name.description)
            #expect(found.whole?.parameters == 64)
            let eve = try await house.files.identity.person("eve")
            #expect(try await house.measure(adapter, by: eve).whole == nil)
            #expect(try await house.fit.size(of: base.name, by: eve) == nil)
        }
    }

    @Test(arguments: [
        ("README.md", Array("# No weights".utf8), ModelMeter.Fault.noWeights),
        ("model.safetensors", Array("short".utf8), .unreadable),
        ("model.safetensors", [255, 255, 255, 255, 255, 255, 255, 127] + Array("{}".utf8), .unreadable),
        ("model.gguf", Array("GGUF nothing follows that could be read".utf8), .unreadable),
        ("model.safetensors.index.json", Array(#"{"weight_map": {"a": "gone.safetensors"}}"#.utf8), .unreadable),
        ("model.safetensors.index.json", Array("[[[[".utf8), .unreadable),
    ])
    func `what cannot be read says why`(path: String, bytes: [UInt8], fault: ModelMeter.Fault) async throws {
        try await TestDatabase.sqlite.runCompute { database in
            let house = try await House(database)
            let model = try await house.model("odd", [path: bytes])
            let found = try await house.measure(model)
            #expect(found.fault == fault)
            #expect(found.size == nil)
        }
    }

    @Test func `only models are measured, and only for who may read their files`() async throws {
        try await TestDatabase.sqlite.runCompute { database in
            let house = try await House(database)
            let data = try await house.files.repository("data", kind: .dataset, of: house.ada)
            await #expect(throws: FitError.self) {
                try await house.fit.measure(.dataset, data.name, at: "main", by: house.ada)
            }
            let hidden = try await house.model("hidden", ["config.json": Self.config], visibility: .owner)
            await #expect(throws: AccessError.self) { try await house.measure(hidden, by: .visitor) }
        }
    }
}
