/// The rules of a `.gitattributes` file that say which files are large.
package struct GitAttributes: Sendable, Equatable {
    private struct Rule: Equatable {
        var pattern: GlobPattern
        var isLarge: Bool
    }

    private let rules: [Rule]

    /// Reads at most the first 5,000 lines; lines that say nothing of filters are passed over.
    package init(_ text: String) {
        rules = text.split(whereSeparator: \.isNewline).prefix(5000).compactMap { line in
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let pattern = words.first, !pattern.hasPrefix("#"), !pattern.hasPrefix("!") else { return nil }
            var isLarge: Bool?
            for word in words.dropFirst() {
                if word == "filter=lfs" {
                    isLarge = true
                } else if word.hasPrefix("filter=") || word == "-filter" || word == "!filter" {
                    isLarge = false
                }
            }
            return isLarge.map { Rule(pattern: GlobPattern(Self.unquoted(pattern)), isLarge: $0) }
        }
    }

    /// Whether files at this path go to LFS; the last matching rule decides.
    package func isLarge(_ path: String) -> Bool {
        rules.last { !$0.pattern.isFolderOnly && $0.pattern.matches(path) }?.isLarge ?? false
    }

    private static func unquoted(_ pattern: Substring) -> String {
        // Git writes spaces in patterns as [[:space:]].
        pattern.split(separator: "[[:space:]]", omittingEmptySubsequences: false).joined(separator: " ")
    }
}

extension GitAttributes {
    /// What every new repository starts with: the endings that the hub's clients expect to become LFS files.
    package static let initialText =
        [
            "*.7z", "*.arrow", "*.avro", "*.bin", "*.bz2", "*.ckpt", "*.ftz", "*.gguf", "*.gz", "*.h5", "*.joblib",
            "*.lfs.*", "*.lz4", "*.mds", "*.mlmodel", "*.model", "*.msgpack", "*.npy", "*.npz", "*.onnx", "*.ot",
            "*.parquet", "*.pb", "*.pickle", "*.pkl", "*.pt", "*.pth", "*.rar", "*.safetensors", "saved_model/**/*",
            "*.tar.*", "*.tar", "*.tflite", "*.tgz", "*.wasm", "*.xz", "*.zip", "*.zst", "*tfevents*",
        ].map { "\($0) filter=lfs diff=lfs merge=lfs -text\n" }.joined()

    /// What datasets have beyond that: sound, pictures and video.
    package static let datasetText =
        initialText
        + [
            "# Audio files - uncompressed", "*.pcm", "*.sam", "*.raw", "# Audio files - compressed", "*.aac", "*.flac",
            "*.mp3", "*.ogg", "*.wav", "# Image files - uncompressed", "*.bmp", "*.gif", "*.png", "*.tiff",
            "# Image files - compressed", "*.jpg", "*.jpeg", "*.webp", "# Video files - compressed", "*.mp4", "*.webm",
        ].map { $0.hasPrefix("#") ? "\($0)\n" : "\($0) filter=lfs diff=lfs merge=lfs -text\n" }.joined()
}
