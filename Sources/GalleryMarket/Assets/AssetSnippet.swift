import GalleryHub
import GalleryModel

/// Commands or code that are ready to be copied.
struct AssetSnippet: Sendable, Equatable {
    let name: String
    let code: String
}

/// How to get an asset, and how to fill one, with the tools people have.
enum AssetSnippets {
    static func use(_ asset: Asset, origin: String) -> [AssetSnippet] {
        var snippets: [AssetSnippet] = []
        let name = asset.name.description
        switch asset.kind {
        case .model, .dataset:
            let type = asset.kind == .model ? "" : " --repo-type dataset"
            snippets.append(
                AssetSnippet(name: "hf", code: "export HF_ENDPOINT=\(origin)\nhf download \(name)\(type)")
            )
        case .app, .algorithm, .notebook, .image, .workflow, .case, .skill: break
        }
        if let code = python(asset) { snippets.append(code) }
        snippets.append(AssetSnippet(name: "gallery-cli", code: "gallery-cli download \(name)\(cliType(asset.kind))"))
        return snippets
    }

    static func upload(_ asset: Asset, origin: String) -> [AssetSnippet] {
        let name = asset.name.description
        var snippets: [AssetSnippet] = []
        if asset.kind == .model || asset.kind == .dataset {
            let type = asset.kind == .model ? "" : " --repo-type dataset"
            snippets.append(
                AssetSnippet(
                    name: "hf",
                    code: "export HF_ENDPOINT=\(origin)\nhf auth login\nhf upload \(name) .\(type)"
                )
            )
        }
        snippets.append(
            AssetSnippet(
                name: "gallery-cli",
                code: "gallery-cli login\ngallery-cli upload \(name) .\(cliType(asset.kind))"
            )
        )
        return snippets
    }

    private static func cliType(_ kind: RepoKind) -> String { kind == .model ? "" : " --repo-type \(kind.rawValue)" }

    private static func python(_ asset: Asset) -> AssetSnippet? {
        let name = asset.name.description
        if asset.kind == .dataset {
            return AssetSnippet(
                name: "datasets",
                code: "from datasets import load_dataset\n\ndataset = load_dataset(\"\(name)\")"
            )
        }
        guard asset.kind == .model else { return nil }
        switch asset.repository.libraryName {
        case "transformers": return AssetSnippet(name: "transformers", code: transformers(asset))
        case "diffusers":
            return AssetSnippet(
                name: "diffusers",
                code: "from diffusers import DiffusionPipeline\n\npipe = DiffusionPipeline.from_pretrained(\"\(name)\")"
            )
        case "sentence-transformers":
            return AssetSnippet(
                name: "sentence-transformers",
                code:
                    "from sentence_transformers import SentenceTransformer\n\nmodel = SentenceTransformer(\"\(name)\")"
            )
        case "peft":
            return AssetSnippet(
                name: "peft",
                code: "from peft import AutoPeftModel\n\nmodel = AutoPeftModel.from_pretrained(\"\(name)\")"
            )
        default: return nil
        }
    }

    /// The pipeline of the task, or the class that the configuration names.
    private static func transformers(_ asset: Asset) -> String {
        let name = asset.name.description
        if let task = asset.repository.pipelineTag,
            task.utf8.allSatisfy({ $0 == 45 || (97...122).contains($0) || (48...57).contains($0) })
        {
            return "from transformers import pipeline\n\npipe = pipeline(\"\(task)\", model=\"\(name)\")"
        }
        let architecture = asset.config["architectures"]?.texts.first ?? ""
        let isText = architecture.hasSuffix("ForCausalLM")
        let model = isText ? "AutoModelForCausalLM" : "AutoModel"
        return """
            from transformers import AutoTokenizer, \(model)

            tokenizer = AutoTokenizer.from_pretrained("\(name)")
            model = \(model).from_pretrained("\(name)")
            """
    }
}
