import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryModel
import GalleryTesting
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import GalleryHub

@Suite struct LargeFilesTests {
    private static let bytes = sampleBytes(5000)
    private static let digest = SHA256Digest.of(bytes)
    private static var oid: String { digest.hex }

    @Test(arguments: TestDatabase.all)
    func `a file is sent, verified, committed and got`(_ kind: TestDatabase) async throws {
        try await LargeFilesGround.run(kind) { ground in
            let repo = try await ground.bench.repository("m", of: ground.bench.ada)
            let response = try await ground.batch("upload", [(Self.oid, 5000)])
            #expect(response.headers[.contentType] == "application/vnd.git-lfs+json")
            #expect(try LargeFilesGround.answer(response).transfer == "basic")
            let object = try ground.object(response)
            #expect(object.actions?.keys.sorted() == ["upload", "verify"])
            let verify = "/ada/m.git/info/lfs/objects/verify"
            let stated = ByteBuffer(string: #"{"oid":"\#(Self.oid)","size":5000}"#)
            #expect(try await ground.ask(.post, verify, stated, as: "ada").status == .notFound)

            let path = try await ground.uploadPath(Self.bytes)
            #expect(try await ground.ask(.put, path, ByteBuffer(bytes: Self.bytes)).status == .ok)
            #expect(try await ground.ask(.post, verify, stated, as: "ada").status == .ok)
            #expect(try await ground.ask(.post, verify, stated, as: "bob").status == .notFound)
            let signed = try LargeFilesGround.path(try #require(object.actions?["verify"]).href)
            #expect(try await ground.ask(.post, signed, stated).status == .ok)
            let bobs = signed.replacing("account=ada", with: "account=bob")
            #expect(try await ground.ask(.post, bobs, stated).status == .forbidden)
            let wrong = ByteBuffer(string: #"{"oid":"\#(Self.oid)","size":4999}"#)
            #expect(try await ground.ask(.post, verify, wrong, as: "ada").status == .unprocessableContent)

            // What is here need not be sent again; another sends it without learning that it is here.
            #expect(try await ground.object(ground.batch("upload", [(Self.oid, 5000)])).actions == nil)
            #expect(try await ground.object(ground.batch("upload", [(Self.oid, 5000)], as: "bob")).actions != nil)
            // Nobody gets it from a repository that does not hold it.
            #expect(try await ground.object(ground.batch("download", [(Self.oid, 5000)])).error?.code == 404)

            try await ground.bench.keep(Self.digest, in: repo)
            let download = try await ground.object(ground.batch("download", [(Self.oid, 5000)], as: ""))
            let link = try LargeFilesGround.path(try #require(download.actions?["download"]).href)
            let got = try await ground.ask(.get, link)
            #expect(got.status == .ok)
            #expect(Array(got.body.readableBytesView) == Self.bytes)
            let part = try await ground.ask(.get, link, headers: [.range: "bytes=10-19"])
            #expect(part.status == .partialContent)
            #expect(Array(part.body.readableBytesView) == Array(Self.bytes[10...19]))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `other bytes than announced are refused and leave nothing`(_ kind: TestDatabase) async throws {
        try await LargeFilesGround.run(kind) { ground in
            _ = try await ground.bench.repository("m", of: ground.bench.ada)
            let path = try await ground.uploadPath(Self.bytes)
            for wrong in [sampleBytes(5000, seed: 9), sampleBytes(4999), sampleBytes(5001), []] {
                let response = try await ground.ask(.put, path, ByteBuffer(bytes: wrong))
                #expect([.unprocessableContent, .contentTooLarge].contains(response.status), "\(response.status)")
            }
            let packs = try await ground.bench.packs()
            #expect(packs.isEmpty)
            #expect(try await ground.ask(.put, path, ByteBuffer(bytes: Self.bytes)).status == .ok)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `addresses that were not given out, or long ago, are refused`(_ kind: TestDatabase) async throws {
        try await LargeFilesGround.run(kind) { ground in
            let repo = try await ground.bench.repository("m", of: ground.bench.ada)
            let good = try await ground.uploadPath(Self.bytes)
            let other = SHA256Digest.of([1]).hex
            let bare = "/api/lfs/objects/\(Self.oid)"
            let signature = String(repeating: "0", count: 64)
            let forged =
                [
                    bare, good.replacing(Self.oid, with: other), good.replacing("account=ada", with: "account=bob"),
                    good.replacing("size=5000", with: "size=9000"), good.replacing("expires=", with: "expires=9"),
                    good + "&more=1", good.replacing("signature=", with: "signature=x"),
                    good.replacing("expires=", with: "expires=-"),
                ]
                + ["9223372036854775807", "-9223372036854775808", "99999999999999999999", "", "1e9"].map {
                    "\(bare)?account=ada&expires=\($0)&signature=\(signature)&size=5000"
                }
            for path in forged {
                for method in [HTTPRequest.Method.put, .get] {
                    let response = try await ground.ask(method, path, ByteBuffer(bytes: Self.bytes), as: "ada")
                    #expect(response.status == .forbidden, "\(method) \(path)")
                }
            }
            // An address to send to is none to get from.
            _ = try await ground.bench.store(Self.bytes)
            try await ground.bench.keep(Self.digest, in: repo)
            #expect(try await ground.ask(.get, good).status == .forbidden)
            let download = try await ground.object(ground.batch("download", [(Self.oid, 5000)]))
            let link = try LargeFilesGround.path(try #require(download.actions?["download"]).href)
            #expect(try await ground.ask(.put, link, ByteBuffer(bytes: Self.bytes)).status == .forbidden)
            ground.bench.clock.advance(by: .seconds(3601))
            #expect(try await ground.ask(.get, link).status == .forbidden)
            ground.bench.clock.advance(by: .seconds(24 * 3600))
            #expect(try await ground.ask(.put, good, ByteBuffer(bytes: Self.bytes)).status == .forbidden)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a file above 100 MB goes in parts, resumes and completes twice`(_ kind: TestDatabase) async throws {
        try await LargeFilesGround.run(kind) { ground in
            _ = try await ground.bench.repository("m", of: ground.bench.ada)
            let partSize = 64 << 20
            let parts = [
                ByteBuffer(repeating: 1, count: partSize), ByteBuffer(repeating: 2, count: 100_000_001 - partSize),
            ]
            let hasher = Hasher<SHA256Digest>()
            for part in parts { hasher.update(part.readableBytesView) }
            let digest = hasher.finalize()
            let basic = try await ground.batch("upload", [(digest.hex, 100_000_001)], transfers: ["basic"])
            #expect(try LargeFilesGround.answer(basic).transfer == "basic")

            func start() async throws -> BatchAnswer.Action {
                let response = try await ground.batch("upload", [(digest.hex, 100_000_001), (Self.oid, 5000)])
                let answer = try LargeFilesGround.answer(response)
                #expect(answer.transfer == "multipart")
                #expect(answer.objects[1].actions?["upload"]?.header == nil)
                return try #require(answer.objects[0].actions?["upload"])
            }
            let first = try await start()
            #expect(first.header?["chunk_size"] == String(partSize))
            #expect(first.header?.count == 3)
            func send(_ number: Int, _ action: BatchAnswer.Action, _ body: ByteBuffer) async throws -> TestResponse {
                try await ground.ask(.put, LargeFilesGround.path(#require(action.header?[String(number)])), body)
            }
            let sent = try await send(1, first, parts[0])
            #expect(sent.status == .ok)
            #expect(sent.headers[.eTag] != nil)
            #expect(try await send(2, first, ByteBuffer(repeating: 2, count: 10)).status == .unprocessableContent)
            let complete = try LargeFilesGround.path(first.href)
            let statement = ByteBuffer(string: #"{"oid":"\#(digest.hex)","parts":[]}"#)
            #expect(try await ground.ask(.post, complete, statement).status == .unprocessableContent)

            let again = try await start()
            #expect(try await send(2, again, parts[1]).status == .ok)
            for number in ["0", "3", "-1", "99999999999999999999", "x"] {
                let path = try LargeFilesGround.path(try #require(again.header?["1"]))
                    .replacing("/parts/1?", with: "/parts/\(number)?")
                #expect(try await ground.ask(.put, path, ByteBuffer(bytes: [1])).status == .badRequest, "\(number)")
            }
            let other = ByteBuffer(string: #"{"oid":"\#(Self.oid)"}"#)
            #expect(try await ground.ask(.post, complete, other).status == .forbidden)
            for _ in 1...2 { #expect(try await ground.ask(.post, complete, statement).status == .ok) }
            #expect(try await ground.bench.content.reader(of: digest).size == 100_000_001)
            #expect(try await ground.object(ground.batch("upload", [(digest.hex, 100_000_001)])).actions == nil)
            #expect(try await send(1, again, parts[0]).status == .notFound)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `who may not read a repository neither sends to it nor gets from it`(_ kind: TestDatabase) async throws {
        try await LargeFilesGround.run(kind) { ground in
            let ada = ground.bench.ada
            let digest = try await ground.bench.store(Self.bytes)
            for (name, visibility, gating) in [
                ("open", Visibility.everyone, Gating.off), ("secret", .owner, .off), ("gated", .everyone, .manual),
            ] {
                try await ground.bench.keep(
                    digest,
                    in: ground.bench.repository(name, of: ada, visibility: visibility, gating: gating)
                )
            }
            func status(_ operation: String, _ repo: String, _ viewer: String) async throws -> Int {
                try await ground.batch(operation, [(Self.oid, 5000)], in: "ada/\(repo)", as: viewer).status.code
            }
            for (repo, viewer, upload, download) in [
                ("open", "", 401, 200), ("open", "bob", 200, 200), ("open", "ada", 200, 200),
                ("open", "bound", 403, 200),
                ("secret", "", 401, 401), ("secret", "bob", 404, 404), ("secret", "ada", 200, 200),
                ("secret", "bound", 404, 404), ("gated", "", 401, 401), ("gated", "bob", 403, 403),
                ("gated", "ada", 200, 200),
                ("none", "", 401, 401), ("none", "bob", 404, 404), ("secret", "reader", 200, 200),
                ("open", "reader", 200, 200),
            ] {
                #expect(try await status("upload", repo, viewer) == upload, "upload \(repo) \(viewer)")
                #expect(try await status("download", repo, viewer) == download, "download \(repo) \(viewer)")
            }
            let refused = try await ground.batch("download", [(Self.oid, 5000)], in: "ada/secret", as: "")
            #expect(refused.headers[.contentType] == "application/vnd.git-lfs+json")
            #expect(refused.headers[.wwwAuthenticate]?.hasPrefix("Basic") == true)
            #expect(String(buffer: refused.body).contains("\"message\""))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what is too much or makes no sense is refused in words`(_ kind: TestDatabase) async throws {
        try await LargeFilesGround.run(kind) { ground in
            _ = try await ground.bench.repository("m", of: ground.bench.ada)
            for (oid, size) in [
                (Self.oid, 200_000_001), (Self.oid, Int.max), (Self.oid, -1), (Self.oid, Int.min), ("abc", 5), ("", 0),
            ] {
                let object = try await ground.object(ground.batch("upload", [(oid, size)]))
                #expect(object.error?.code == 422, "\(oid) \(size)")
                #expect(object.actions == nil)
            }
            let many = (0..<257).map { (SHA256Digest.of("\($0)".utf8).hex, 1) }
            #expect(try await ground.batch("upload", many).status == .contentTooLarge)
            #expect(try await ground.batch("upload", Array(many.dropLast())).status == .ok)
            #expect(try await ground.batch("delete", []).status == .unprocessableContent)
            let address = "/ada/m.git/info/lfs/objects/batch"
            for text in ["", "{", "[]", #"{"operation":"upload"}"#, #"{"operation":"upload","objects":[{"oid":1}]}"#] {
                let response = try await ground.ask(.post, address, ByteBuffer(string: text), as: "ada")
                #expect((400..<500).contains(response.status.code), "\(text)")
            }
            let old = ByteBuffer(string: #"{"operation":"upload","hash_algo":"md5","objects":[]}"#)
            #expect(try await ground.ask(.post, address, old, as: "ada").status == .conflict)
            #expect(try await ground.ask(.post, "/ada/m.git/info/lfs/locks/verify", as: "ada").status == .notFound)
        }
    }
}
