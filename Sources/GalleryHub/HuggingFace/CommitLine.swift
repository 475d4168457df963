import Foundation
import GalleryModel
import GalleryServing
import NIOCore
import NIOFoundationCompat

/// One line of a commit sent as NDJSON: the header first, then one line per change.
enum CommitLine: Sendable {
    struct Header: Sendable, Decodable {
        var summary: String
        var description: String?
        /// At least the first five digits of the commit that the branch must still point at.
        var parentCommit: String?
    }

    case header(Header)
    /// A regular file with its bytes.
    case file(path: String, bytes: [UInt8])
    /// A large file that was uploaded before; the size is absent when it is copied from elsewhere.
    case largeFile(path: String, digest: SHA256Digest, size: Int64?)
    case deletedFile(path: String)
    case deletedFolder(path: String)

    init(_ line: ByteBuffer) throws {
        let decoded: Line
        do {
            decoded = try JSONDecoder.wire.decode(Line.self, from: line)
        } catch {
            throw Problem.invalid("commit-line-malformed", "A line of the commit is not the JSON that was expected.")
        }
        switch decoded.content {
        case .header(let header): self = .header(header)
        case .file(let value):
            guard let bytes = value.bytes else {
                throw Problem.invalid(
                    "commit-content-malformed",
                    "The content of '\(value.path)' is not valid \(value.encoding ?? "base64")."
                )
            }
            self = .file(path: value.path, bytes: bytes)
        case .largeFile(let value):
            guard value.algo == nil || value.algo == "sha256", let digest = SHA256Digest(value.oid) else {
                throw Problem.invalid("commit-oid-malformed", "The oid of '\(value.path)' is not a SHA-256.")
            }
            guard (value.size ?? 0) >= 0 else {
                throw Problem.invalid("commit-size-malformed", "The size of '\(value.path)' is negative.")
            }
            self = .largeFile(path: value.path, digest: digest, size: value.size)
        case .deletedFile(let value): self = .deletedFile(path: value.path)
        case .deletedFolder(let value): self = .deletedFolder(path: value.path)
        }
    }

    private struct Line: Decodable {
        enum Content {
            case header(Header), file(File), largeFile(LargeFile), deletedFile(Path), deletedFolder(Path)
        }

        enum Keys: String, CodingKey { case key, value }

        let content: Content

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            content =
                switch try container.decode(String.self, forKey: .key) {
                case "header": .header(try container.decode(Header.self, forKey: .value))
                case "file": .file(try container.decode(File.self, forKey: .value))
                case "lfsFile": .largeFile(try container.decode(LargeFile.self, forKey: .value))
                case "deletedFile": .deletedFile(try container.decode(Path.self, forKey: .value))
                case "deletedFolder": .deletedFolder(try container.decode(Path.self, forKey: .value))
                default:
                    throw DecodingError.dataCorruptedError(forKey: .key, in: container, debugDescription: "unknown key")
                }
        }
    }

    private struct File: Decodable {
        var path: String
        var content: String
        var encoding: String?

        /// Nil when the content is not what its encoding says.
        var bytes: [UInt8]? {
            switch encoding ?? "base64" {
            case "base64": Data(base64Encoded: content).map { [UInt8]($0) }
            case "utf-8": Array(content.utf8)
            default: nil
            }
        }
    }

    private struct LargeFile: Decodable {
        var path: String
        var algo: String?
        var oid: String
        var size: Int64?
    }

    private struct Path: Decodable {
        var path: String
    }
}
