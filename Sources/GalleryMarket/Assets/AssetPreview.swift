package import FileFormats
import GalleryBlobs
package import GalleryHub
package import GalleryModel
import GitObjects
import NIOCore
package import RichText

/// What is shown of a file.
package enum AssetPreview: Sendable {
    /// Lines as HTML; `isCut` where there are more.
    case text(lines: [String], isCut: Bool, encoding: TextEncoding)
    case markdown(RenderedText)
    case notebook(Notebook)
    case table(TableHead)
    case tensors(TensorFile, format: String)
    case columns(ParquetSchema)
    case image
    case empty
    /// Larger than what is shown.
    case tooLarge(limit: Int64)
    /// Neither text nor picture.
    case unreadable
    /// A head that does not keep to its format.
    case broken(format: String)
}

/// A file as its page shows it.
package struct AssetFile: Sendable {
    package var file: ResolvedFile
    package var preview: AssetPreview
    package var entry: FileEntry { file.entry }
    package var isText: Bool {
        switch preview {
        case .text, .markdown, .notebook, .table, .empty: true
        case .tensors, .columns, .image, .tooLarge, .unreadable, .broken: false
        }
    }
}

extension Assets {
    /// What is shown of files at most.
    package static let previewLimit: Int64 = 10 << 20
    private static let shownLines = 2000
    private static let shownBytes = 256 << 10

    /// A file and what is shown of it: `isSource` shows rendered kinds as they are written, `isWhole` long ones to their end.
    package func file(
        at path: String,
        revision: String,
        of asset: Asset,
        isSource: Bool = false,
        isWhole: Bool = false,
        by viewer: Viewer
    ) async throws -> AssetFile {
        let found = try await lookUp(path, at: revision, of: asset, by: viewer)
        let place = LinkPlace(
            repository: asset.path,
            revision: AssetAddress.escaped(revision).replacing("/", with: "%2F"),
            folder: found.entry.path.parent?.text ?? ""
        )
        let preview = try await preview(of: found, place: place, isSource: isSource, isWhole: isWhole)
        return AssetFile(file: found, preview: preview)
    }

    func lookUp(_ path: String, at revision: String, of asset: Asset, by viewer: Viewer) async throws -> ResolvedFile {
        switch try await files.lookUp(path, at: revision, kind: asset.kind, name: asset.name, by: viewer) {
        case .found(let file): return file
        case .moved(let name): throw AssetError.unknown(name)
        }
    }

    private func preview(
        of file: ResolvedFile,
        place: LinkPlace,
        isSource: Bool,
        isWhole: Bool
    ) async throws -> AssetPreview {
        let entry = file.entry
        let name = entry.path.lastPart.lowercased()
        let ending = name.split(separator: ".").last.map(String.init) ?? ""
        guard entry.size > 0 else { return .empty }
        switch ending {
        case "safetensors": return try await safetensors(file)
        case "gguf": return try await gguf(file)
        case "parquet": if let columns = try await columns(of: file) { return .columns(columns) }
        case "csv", "tsv", "jsonl", "ndjson":
            if !isSource, let table = try await table(of: file, ending: ending) { return .table(table) }
        default: break
        }
        guard entry.size <= Self.previewLimit else { return .tooLarge(limit: Self.previewLimit) }
        if ["png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "bmp"].contains(ending), !isSource { return .image }
        let bytes = try await bytes(of: file, upTo: Int(Self.previewLimit))
        if ending == "ipynb", !isSource, let notebook = Notebook(json: bytes, place: place) {
            return .notebook(notebook)
        }
        guard let (text, encoding) = TextEncoding.read(bytes) else { return .unreadable }
        if ["md", "markdown"].contains(ending), !isSource { return .markdown(MarkdownText.render(text, in: place)) }
        return self.text(text, encoding, name: entry.path.lastPart, isWhole: isWhole)
    }

    private func text(_ text: String, _ encoding: TextEncoding, name: String, isWhole: Bool) -> AssetPreview {
        var shown = text
        var isCut = false
        if !isWhole {
            var lines = 0
            var bytes = 0
            for (index, byte) in zip(text.utf8.indices, text.utf8) {
                bytes += 1
                if byte == UInt8(ascii: "\n") { lines += 1 }
                guard lines >= Self.shownLines || bytes >= Self.shownBytes, byte == UInt8(ascii: "\n") else { continue }
                let next = text.utf8.index(after: index)
                isCut = next < text.endIndex
                shown = String(text[..<next])
                break
            }
        }
        let language = shown.utf8.count <= Self.shownBytes * 2 ? Highlighter.language(ofFile: name) : nil
        return .text(lines: Highlighter.lines(shown, language: language), isCut: isCut, encoding: encoding)
    }

    private func safetensors(_ file: ResolvedFile) async throws -> AssetPreview {
        let size = Int(file.entry.size)
        do {
            let length = try SafetensorsHeader.length(try await bytes(of: file, upTo: 8), ofFileWith: size)
            let head = try await bytes(of: file, upTo: length)
            return .tensors(try SafetensorsHeader.read(head, ofFileWith: size), format: "safetensors")
        } catch let fault as TensorFile.Fault {
            return fault == .tooLarge
                ? .tooLarge(limit: Int64(SafetensorsHeader.maximumBytes)) : .broken(format: "safetensors")
        }
    }

    private func gguf(_ file: ResolvedFile) async throws -> AssetPreview {
        for length in [1 << 20, 8 << 20, GGUFHeader.maximumBytes] {
            let head = try await bytes(of: file, upTo: length)
            do {
                return .tensors(try GGUFHeader.read(head), format: "GGUF")
            } catch TensorFile.Fault.incomplete where Int64(head.count) < file.entry.size {
                continue
            } catch TensorFile.Fault.tooLarge {
                return .tooLarge(limit: Int64(GGUFHeader.maximumBytes))
            } catch {
                return .broken(format: "GGUF")
            }
        }
        return .broken(format: "GGUF")
    }

    private func columns(of file: ResolvedFile) async throws -> ParquetSchema? {
        let size = Int(file.entry.size)
        guard size >= 12 else { return nil }
        let tail = try await bytes(of: file, in: (size - 8)..<size)
        guard let length = ParquetSchema.footerLength(tail, ofFileWith: size) else { return nil }
        return ParquetSchema(footer: try await bytes(of: file, in: (size - length)..<size))
    }

    private func table(of file: ResolvedFile, ending: String) async throws -> TableHead? {
        let head = try await bytes(of: file, upTo: Self.shownBytes)
        let isWhole = Int64(head.count) == file.entry.size
        guard let (text, _) = TextEncoding.read(head, isWhole: isWhole) else { return nil }
        switch ending {
        case "csv": return TableHead(separated: text, by: ",", isWhole: isWhole)
        case "tsv": return TableHead(separated: text, by: "\t", isWhole: isWhole)
        default: return TableHead(jsonLines: text, isWhole: isWhole)
        }
    }

    func bytes(of file: ResolvedFile, upTo limit: Int) async throws -> [UInt8] {
        try await bytes(of: file, in: 0..<min(limit, Int(file.entry.size)))
    }

    /// A part of a file, read without the rest of it.
    private func bytes(of file: ResolvedFile, in range: Range<Int>) async throws -> [UInt8] {
        guard let digest = file.entry.content ?? file.entry.lfs?.oid else {
            let bytes = try await files.bytes(of: file)
            return Array(bytes[range.clamped(to: 0..<bytes.count)])
        }
        return Array(buffer: try await content.reader(of: digest).bytes(range))
    }
}
