import FileFormats
import Foundation
import GalleryHub
import GalleryModel
import GitObjects

/// Reads the heads of a model's weights, and nothing else of them.
struct ModelMeter: Sendable {
    /// All heads of a model together.
    static let mostBytes = 48 << 20
    static let mostFiles = 512
    /// `config.json` and the index of weights.
    fileprivate static let mostText = 4 << 20

    let files: Files
    let content: Content

    /// Why there is no size.
    enum Fault: String, Error, Codable { case noWeights = "no-weights", unreadable, tooLarge = "too-large" }

    func measure(_ name: RepoName, _ repo: RepoID, at commit: String, by viewer: Viewer) async throws -> ModelSize {
        let top = try await files.tree(revision: commit, of: repo, limit: 1000, by: viewer).entries
        let pieces = FilePieces(files: files, content: content, name: name, commit: commit, viewer: viewer)
        let reading = Reading(pieces: pieces, top: top)
        do {
            return try await reading.read()
        } catch is TensorFile.Fault {
            throw Fault.unreadable
        }
    }
}

/// The bytes that may be read still.
private final class Budget {
    var left = ModelMeter.mostBytes
}

/// One look at a model's files.
private struct Reading {
    let pieces: FilePieces
    let top: [FileEntry]
    let budget = Budget()

    func read() async throws -> ModelSize {
        let names = top.filter { !$0.isFolder && $0.size > 0 }.map(\.path.text)
        let config = try await text("config.json", in: names)
        let shape = config.flatMap { ModelShape(config: $0) }
        let weights = try await safetensors(names)
        if !weights.isEmpty {
            let base = names.contains("config.json") ? nil : try await base(names)
            let found = try await heads(of: weights)
            return try size(.safetensors, found, shape: shape, base: base)
        }
        // As workers do: the first of several.
        guard let first = names.filter({ $0.lowercased().hasSuffix(".gguf") }).min() else {
            throw ModelMeter.Fault.noWeights
        }
        let found = try await ggufs(of: first, names)
        return try size(.gguf, found, shape: found.first.flatMap { ModelShape(gguf: $0.file) } ?? shape)
    }

    private func size(
        _ format: ModelSize.Format,
        _ found: [(name: String, file: TensorFile)],
        shape: ModelShape?,
        base: String? = nil
    ) throws -> ModelSize {
        guard let size = ModelSize(format, found, shape: shape, base: base) else { throw ModelMeter.Fault.unreadable }
        return size
    }

    // MARK: Which files

    /// What the index names, else the one that everybody looks for, else all that lie there.
    private func safetensors(_ names: [String]) async throws -> [String] {
        if let index = try await text("model.safetensors.index.json", in: names) {
            struct Index: Decodable {
                var weights: [String: String]

                enum CodingKeys: String, CodingKey { case weights = "weight_map" }
            }
            guard let map = try? JSONDecoder().decode(Index.self, from: Data(index)).weights else {
                throw ModelMeter.Fault.unreadable
            }
            let shards = Set(map.values)
            guard shards.count <= ModelMeter.mostFiles else { throw ModelMeter.Fault.tooLarge }
            guard shards.allSatisfy({ names.contains($0) }) else { throw ModelMeter.Fault.unreadable }
            return shards.sorted()
        }
        if names.contains("model.safetensors") { return ["model.safetensors"] }
        if names.contains("adapter_model.safetensors"), !names.contains("config.json") {
            return ["adapter_model.safetensors"]
        }
        let all = names.filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix("adapter_") }.sorted()
        guard all.count <= ModelMeter.mostFiles else { throw ModelMeter.Fault.tooLarge }
        return all
    }

    /// The model that an adapter belongs to, as `owner/name`.
    private func base(_ names: [String]) async throws -> String? {
        struct Adapter: Decodable {
            var base: String

            enum CodingKeys: String, CodingKey { case base = "base_model_name_or_path" }
        }
        guard let config = try await text("adapter_config.json", in: names),
            let adapter = try? JSONDecoder().decode(Adapter.self, from: Data(config))
        else { return nil }
        let parts = adapter.base.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...96).contains($0.utf8.count) }) else { return nil }
        return adapter.base
    }

    // MARK: Heads

    private func heads(of paths: [String]) async throws -> [(name: String, file: TensorFile)] {
        var found: [(name: String, file: TensorFile)] = []
        for path in paths {
            let file = try await pieces.look(path)
            let size = Int(file.entry.size)
            let length = try SafetensorsHeader.length(try await take(0..<8, of: file), ofFileWith: size)
            let head = try await take(0..<length, of: file)
            found.append((path, try SafetensorsHeader.read(head, ofFileWith: size)))
        }
        return found
    }

    /// All parts of a file that was split, as `name-00001-of-00003.gguf`.
    private func ggufs(of first: String, _ names: [String]) async throws -> [(name: String, file: TensorFile)] {
        let paths = try Self.parts(of: first)
        guard paths.allSatisfy({ names.contains($0) }) else { throw ModelMeter.Fault.unreadable }
        var found: [(name: String, file: TensorFile)] = []
        for path in paths { found.append((path, try await gguf(try await pieces.look(path)))) }
        return found
    }

    private static func parts(of first: String) throws -> [String] {
        let pieces = first.split(separator: "-00001-of-", omittingEmptySubsequences: false)
        guard pieces.count == 2, pieces[1].hasSuffix(".gguf"), let count = Int(pieces[1].dropLast(5)) else {
            return [first]
        }
        guard (1...ModelMeter.mostFiles).contains(count) else { throw ModelMeter.Fault.tooLarge }
        return (1...count).map { part in
            let number = String(part)
            return "\(pieces[0])-\(String(repeating: "0", count: max(0, 5 - number.count)))\(number)-of-\(pieces[1])"
        }
    }

    private func gguf(_ file: ResolvedFile) async throws -> TensorFile {
        for length in [1 << 20, 8 << 20, GGUFHeader.maximumBytes] {
            let head = try await take(0..<length, of: file)
            do {
                return try GGUFHeader.read(head)
            } catch .incomplete {
                guard Int64(head.count) < file.entry.size else { break }
            } catch {
                throw error
            }
        }
        throw ModelMeter.Fault.unreadable
    }

    // MARK: Bytes

    private func text(_ path: String, in names: [String]) async throws -> [UInt8]? {
        guard names.contains(path) else { return nil }
        let file = try await pieces.look(path)
        guard file.entry.size <= ModelMeter.mostText else { return nil }
        return try await take(0..<Int(file.entry.size), of: file)
    }

    /// A part of a file, as far as the file goes.
    private func take(_ range: Range<Int>, of file: ResolvedFile) async throws -> [UInt8] {
        let range = range.clamped(to: 0..<Int(file.entry.size))
        guard range.count <= budget.left else { throw ModelMeter.Fault.tooLarge }
        budget.left -= range.count
        return try await pieces.bytes(range, of: file)
    }
}
