import FileFormats
import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GitObjects
import HTTPTypes
import Hummingbird
import NIOCore

/// `/archive/REV`: all files of a version as one ZIP archive, written while it is sent.
struct ArchivePages: Sendable {
    let base: AssetPages
    let counters: EventCounter

    private static let maximumFiles = 100_000

    func add(to router: some RouterMethods<GalleryContext>) {
        base.get("/archive/:rev", router) { request, context, asset in try await send(request, context, asset) }
    }

    private func send(_ request: Request, _ context: GalleryContext, _ asset: Asset) async throws -> Response {
        let (assets, viewer) = (base.assets, context.viewer)
        let revision = try context.segment("rev")
        let facts = try await assets.readable(asset, by: viewer)
        let commit = try await assets.files.resolve(revision, of: asset.id, by: viewer).commit
        let entries = try await assets.allFiles(of: asset, at: commit, limit: Self.maximumFiles, by: viewer)
        let folder = "\(asset.name.name)-\(GitOID(revision) == nil ? revision : String(commit.hex.prefix(8)))"
            .replacing("/", with: "-")
        let archive = ZipArchive(
            entries.map {
                ZipArchive.Entry(
                    path: "\(folder)/\($0.path.text)",
                    size: UInt64($0.size),
                    isExecutable: $0.mode == .executable
                )
            }
        )
        await counters.count(.download, of: asset.id, by: viewer, at: context.clientAddress)
        context.trace.startStreaming()
        let headers: HTTPFields = [
            .contentType: "application/zip",
            .contentDisposition: ContentDisposition(.attachment, fileName: folder + ".zip").header,
            .contentLength: String(archive.size),
            .xContentTypeOptions: "nosniff",
            .cacheControl: "private, no-cache",
        ]
        let body = ResponseBody(contentLength: Int(archive.size)) { writer in
            var archive = archive
            for entry in entries {
                try await writer.write(ByteBuffer(bytes: archive.begin()))
                var checksum = CRC32()
                try await assets.send(ResolvedFile(facts: facts, commit: commit, entry: entry)) { part in
                    part.withUnsafeReadableBytes { checksum.update($0) }
                    try await writer.write(part)
                }
                try await writer.write(ByteBuffer(bytes: archive.end(checksum.value)))
            }
            try await writer.write(ByteBuffer(bytes: archive.close()))
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}

extension Assets {
    /// What the policy knows of the asset, for a viewer who may read its files.
    fileprivate func readable(_ asset: Asset, by viewer: Viewer) async throws -> RepoFacts {
        try await database.read { db in
            let facts = try db.facts(of: asset.id, for: viewer)
            try AccessPolicy.demand(.readFiles, on: facts, by: viewer)
            return facts
        }
    }

    fileprivate func allFiles(
        of asset: Asset,
        at commit: GitOID,
        limit: Int,
        by viewer: Viewer
    ) async throws -> [FileEntry] {
        var entries: [FileEntry] = []
        var cursor: String?
        repeat {
            let page = try await files.tree(
                revision: commit.hex,
                of: asset.id,
                recursive: true,
                cursor: cursor,
                limit: 10_000,
                by: viewer
            )
            entries += page.entries.filter { !$0.isFolder }
            cursor = page.next
            guard entries.count <= limit else {
                throw Problem(
                    .conflict,
                    "archive-too-large",
                    "An archive holds at most \(limit) files: download this asset with 'hf download'."
                )
            }
        } while cursor != nil
        return entries
    }

    /// The bytes of a file, part by part as they are asked for.
    fileprivate func send(_ file: ResolvedFile, _ take: (ByteBuffer) async throws -> Void) async throws {
        guard let digest = file.entry.content ?? file.entry.lfs?.oid else {
            return try await take(ByteBuffer(bytes: files.bytes(of: file)))
        }
        for try await part in try await content.reader(of: digest).stream() { try await take(part) }
    }
}
