import GalleryBlobs
import GalleryHub
import GalleryModel
import GitObjects
import NIOCore

/// Parts of files at one version, for who may read them.
struct FilePieces: Sendable {
    let files: Files
    let content: Content
    let name: RepoName
    let commit: String
    let viewer: Viewer

    func look(_ path: String) async throws -> ResolvedFile {
        switch try await files.lookUp(path, at: commit, kind: .model, name: name, by: viewer) {
        case .found(let file): return file
        case .moved: throw FilesError.unknownRevision(commit)
        }
    }

    /// As far as the file goes; what lies in the store is read without the rest of it.
    func bytes(_ range: Range<Int>, of file: ResolvedFile) async throws -> [UInt8] {
        let range = range.clamped(to: 0..<Int(file.entry.size))
        guard !range.isEmpty else { return [] }
        guard let digest = file.entry.content ?? file.entry.lfs?.oid else {
            let bytes = try await files.bytes(of: file)
            return Array(bytes[range.clamped(to: 0..<bytes.count)])
        }
        return Array(buffer: try await content.reader(of: digest).bytes(range))
    }
}
