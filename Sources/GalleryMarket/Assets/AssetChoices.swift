/// What the fields of an introduction suggest; anything else may be written as well.
enum AssetChoices {
    static let licences = [
        "apache-2.0", "mit", "bsd-3-clause", "bsd-2-clause", "gpl-3.0", "lgpl-3.0", "agpl-3.0", "mpl-2.0", "cc0-1.0",
        "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nc-nd-4.0", "openrail",
        "bigscience-openrail-m",
        "creativeml-openrail-m", "llama3", "llama3.1", "gemma", "mulanpsl-2.0", "odc-by", "odbl", "unlicense", "other",
        "unknown",
    ]

    static let frameworks = [
        "transformers", "pytorch", "mindspore", "tensorflow", "paddlepaddle", "jax", "onnx", "diffusers",
        "sentence-transformers", "peft", "keras", "timm", "scikit-learn", "mindformers", "gguf", "spacy",
    ]

    static let hardware = [
        "CPU", "GPU", "Ascend", "Ascend 910", "Ascend 310", "NVIDIA A100", "NVIDIA V100", "NVIDIA T4",
    ]
}
