import Foundation
import GalleryModel
import Synchronization

/// The parts into which the server wants a large file cut.
struct PartPlan: Sendable, Equatable {
    struct Part: Sendable, Equatable {
        var number: Int
        var url: String
        var offset: Int64
        var length: Int64
    }

    var parts: [Part]
    var completion: String

    /// Nil for a plain upload; throws when the parts do not cover the file.
    init?(_ action: LargeFileBody.Action, size: Int64) throws {
        guard let header = action.header, let text = header["chunk_size"] else { return nil }
        let numbered = header.compactMap { key, url in Int(key).map { ($0, url) } }.sorted { $0.0 < $1.0 }
        guard let chunk = Int64(text), chunk > 0, size > 0,
            Int64(numbered.count) == (size - 1) / chunk + 1, numbered.map(\.0) == Array(1...numbered.count)
        else { throw HubError.malformedAnswer("its parts do not cover the file") }
        parts = numbered.map { number, url in
            let offset = Int64(number - 1) * chunk
            return Part(number: number, url: url, offset: offset, length: min(chunk, size - offset))
        }
        completion = action.href
    }
}

/// Adds up what the parts of one file have sent.
final class PartProgress: Sendable {
    private let sent = Mutex<[Int: Int64]>([:])
    private let report: @Sendable (Int64) -> Void

    init(_ report: @escaping @Sendable (Int64) -> Void) { self.report = report }

    func set(_ part: Int, _ bytes: Int64) {
        report(
            sent.withLock { sent in
                sent[part] = bytes
                return sent.values.reduce(0, +)
            }
        )
    }
}

/// Remembers across runs which parts of a multipart upload have been confirmed.
final class UploadJournal: Sendable {
    private let path: String
    private let etags: Mutex<[Int: String]>

    /// Good only for the very upload that the server continues, which its completion address names.
    init(completion: String, oid: SHA256Digest) {
        let folder = FileManager.default.temporaryDirectory.path(percentEncoded: false)
        let stable = completion.prefix { $0 != "?" }
        let key = SHA256Digest.of("\(oid.hex) \(stable) \(getuid())".utf8).hex.prefix(32)
        path = (folder.hasSuffix("/") ? folder : folder + "/") + "gallery-upload-\(key).json"
        let data = FileManager.default.contents(atPath: path)
        etags = Mutex(data.flatMap { try? JSONDecoder().decode([Int: String].self, from: $0) } ?? [:])
    }

    func etag(of part: Int) -> String? { etags.withLock { $0[part] } }

    func record(_ part: Int, _ etag: String) {
        let data = etags.withLock { etags in
            etags[part] = etag
            return try? JSONEncoder().encode(etags)
        }
        guard let data else { return }
        _ = FileManager.default.createFile(atPath: path, contents: data, attributes: [.posixPermissions: 0o600])
    }

    func remove() { unlink(path) }
}
