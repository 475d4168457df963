import AsyncHTTPClient
import Foundation
import GalleryModel
import NIOCore
import NIOHTTP1

extension HubClient {
    /// Asks how to send large files (at most 256).
    func largeFiles(
        _ objects: [(oid: SHA256Digest, size: Int64)],
        repo: RepoAddress,
        revision: String
    ) async throws -> [LargeFileBody] {
        struct Object: Encodable {
            var oid: SHA256Digest
            var size: Int64
        }
        struct Ref: Encodable { var name: String }
        struct Question: Encodable {
            var operation = "upload"
            var transfers = ["basic", "multipart"]
            var objects: [Object]
            var algorithm = "sha256"
            var ref: Ref

            enum CodingKeys: String, CodingKey {
                case operation, transfers, objects, ref
                case algorithm = "hash_algo"
            }
        }
        struct Answer: Decodable { var objects: [LargeFileBody] }
        let question = Question(objects: objects.map { Object(oid: $0.oid, size: $0.size) }, ref: Ref(name: revision))
        var request = try json("\(repo.web).git/info/lfs/objects/batch", question)
        request.headers = ["Content-Type": Self.lfs, "Accept": Self.lfs]
        let answer = try await decode(transport.send(request), as: Answer.self)
        return answer.objects
    }

    private static var lfs: String { "application/vnd.git-lfs+json" }

    /// Sends a stretch of a file; the address carries its own permission, the token goes only to our own origin.
    @discardableResult
    func put(_ slice: FileSlice, to url: String, headers: [String: String]) async throws -> String? {
        var request = HubRequest(method: .PUT, url: url, body: { .stream(slice, length: .known(slice.length)) })
        for (name, value) in headers where Int(name) == nil { request.headers.add(name: name, value: value) }
        let response = try await transport.send(request)
        let etag = response.headers.first(name: "ETag")
        try await drain(response)
        return etag
    }

    func complete(_ oid: SHA256Digest, etags: [(Int, String)], at url: String) async throws {
        struct Part: Encodable {
            var partNumber: Int
            var etag: String
        }
        struct Parts: Encodable {
            var oid: SHA256Digest
            var parts: [Part]
        }
        try await tell(Parts(oid: oid, parts: etags.map { Part(partNumber: $0.0, etag: $0.1) }), url)
    }

    func verify(_ oid: SHA256Digest, size: Int64, at url: String) async throws {
        struct Object: Encodable {
            var oid: SHA256Digest
            var size: Int64
        }
        try await tell(Object(oid: oid, size: size), url)
    }

    private func tell(_ body: some Encodable, _ url: String) async throws {
        var request = try json("", body)
        request.url = url
        request.headers = ["Content-Type": Self.lfs, "Accept": Self.lfs]
        try await drain(transport.send(request))
    }

    /// Makes one commit.
    package func commit(
        _ operations: [CommitOperation],
        to repo: RepoAddress,
        revision: String,
        summary: String,
        description: String = ""
    ) async throws -> CommitBody {
        var body = ByteBuffer()
        try body.writeLine("header", CommitHeaderBody(summary: summary, description: description))
        for operation in operations {
            switch operation {
            case .file(let path, let content):
                try body.writeLine("file", CommitFileBody(content: Data(content).base64EncodedString(), path: path))
            case .largeFile(let path, let oid, let size):
                try body.writeLine("lfsFile", CommitLargeFileBody(path: path, oid: oid, size: size))
            case .deletedFile(let path):
                try body.writeLine("deletedFile", ["path": path])
            case .deletedFolder(let path):
                try body.writeLine("deletedFolder", ["path": path])
            }
        }
        let bytes = body
        let request = HubRequest(
            method: .POST,
            url: address.url("\(repo.api)/commit/\(revision.percentEncoded)"),
            headers: ["Content-Type": "application/x-ndjson"],
            body: { .bytes(bytes) },
            mayRepeat: false
        )
        return try await decode(transport.send(request), as: CommitBody.self)
    }
}

private struct CommitHeaderBody: Encodable {
    var summary: String
    var description: String
}

private struct CommitFileBody: Encodable {
    var content: String
    var path: String
    var encoding = "base64"
}

private struct CommitLargeFileBody: Encodable {
    var path: String
    var algo = "sha256"
    var oid: SHA256Digest
    var size: Int64
}

private struct CommitLineBody<Value: Encodable>: Encodable {
    var key: String
    var value: Value
}

extension ByteBuffer {
    fileprivate mutating func writeLine(_ key: String, _ value: some Encodable) throws {
        try writeBytes(JSONEncoder().encode(CommitLineBody(key: key, value: value)))
        writeInteger(UInt8(ascii: "\n"))
    }
}
