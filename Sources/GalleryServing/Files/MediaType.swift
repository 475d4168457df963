/// What a file of users is served as: never as something that a browser would run in our name.
package enum MediaType {
    private static let text: Set<String> = [
        "txt", "md", "csv", "tsv", "py", "yaml", "yml", "toml", "ini", "cfg", "sh", "log", "rst", "tex", "srt", "jsonl",
        "ndjson",
        "html", "htm", "xhtml", "xml", "svg", "js", "mjs", "css", "c", "h", "cpp", "rs", "go", "java", "swift", "ts",
        "jinja",
        "gitattributes", "gitignore", "license",
    ]
    private static let others: [String: String] = [
        "json": "application/json", "ipynb": "application/json", "png": "image/png", "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "gif": "image/gif", "webp": "image/webp", "avif": "image/avif", "bmp": "image/bmp", "mp3": "audio/mpeg",
        "wav": "audio/wav",
        "ogg": "audio/ogg", "flac": "audio/flac", "mp4": "video/mp4", "webm": "video/webm", "pdf": "application/pdf",
    ]

    /// The type for a file of that name.
    package static func ofFile(named name: String) -> String {
        let suffix = (name.split(separator: ".").last.map(String.init) ?? name).lowercased()
        if text.contains(suffix) { return "text/plain; charset=utf-8" }
        return others[suffix] ?? "application/octet-stream"
    }
}
