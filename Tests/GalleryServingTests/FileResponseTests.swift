import Foundation
import GalleryBlobs
import GalleryModel
import GalleryServing
import GalleryTesting
import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import NIOPosix
import Testing

/// Files of several pieces, sent by both ways: sendfile on a connection, reading without one.
struct FileResponseTests {
    private let folder = TemporaryFolder()

    /// Two files; the served one consists of the end of the first, the middle of the second, and the start of the first.
    private func served(bytes: Int) throws -> (content: Data, pieces: [FilePiece]) {
        let one = Self.noise(bytes, seed: 1)
        let two = Self.noise(bytes, seed: 2)
        try one.write(to: folder.url.appendingPathComponent("one"))
        try two.write(to: folder.url.appendingPathComponent("two"))
        let third = bytes / 3
        let pieces = [
            FilePiece(path: folder.path("one"), offset: bytes - third, length: third),
            FilePiece(path: folder.path("two"), offset: third, length: third),
            FilePiece(path: folder.path("one"), offset: 0, length: third),
        ]
        return (Data(one[(bytes - third)...]) + two[third..<(2 * third)] + one[..<third], pieces)
    }

    /// Bytes that repeat only after a long, odd period.
    private static func noise(_ count: Int, seed: UInt64) -> Data {
        var generator = seed
        let block = Data(
            (0..<9973).map { _ in
                generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: generator >> 56)
            }
        )
        var result = Data(capacity: count + block.count)
        while result.count < count { result += block }
        return Data(result.prefix(count))
    }

    private func application(_ pieces: [FilePiece], accel: String = "", tag: String = "tag") -> some ApplicationProtocol
    {
        var settings = Settings()
        settings.storage.accelRedirect = accel
        settings.storage.root = folder.url.path
        settings.logging.level = .error
        let edge = Edge(settings: settings, world: .fixed())
        let size = pieces.reduce(0) { $0 + $1.length }
        let router = edge.router { router in
            router.get("file") { request, context in
                let response = FileResponse(
                    size: size,
                    tag: EntityTag(tag),
                    contentType: "application/octet-stream",
                    disposition: ContentDisposition(.inline, fileName: "模.bin")
                )
                return try await response.answer(request, context) { .pieces(pieces.slice($0)) }
            }
            router.get("stream") { request, context in
                try await FileResponse(size: 3000, tag: EntityTag(tag), contentType: "text/plain").answer(
                    request,
                    context
                ) { range in
                    .sequence(Letters(range: range))
                }
            }
        }
        return Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)))
    }

    @Test(
        arguments: [TestingSetup.router, .live],
        [nil, "bytes=0-9", "bytes=1000000-1000099", "bytes=1499990-1500009", "bytes=-7", "bytes=900000-"]
    )
    func `every range of every piece is right, by every way out`(setup: TestingSetup, range: String?) async throws {
        let (content, pieces) = try served(bytes: 4_500_000)
        try await application(pieces).test(setup) { client in
            try await client.execute(uri: "/file", method: .get, headers: range.map { [.range: $0] } ?? [:]) {
                response in
                let wanted =
                    switch ByteRange(header: range, size: content.count) {
                    case .whole, .unsatisfiable: 0..<content.count
                    case .part(let part): part
                    }
                #expect(response.status == (range == nil ? .ok : .partialContent))
                #expect(response.headers[.contentLength] == String(wanted.count))
                let total = "bytes \(wanted.lowerBound)-\(wanted.upperBound - 1)/\(content.count)"
                #expect(response.headers[.contentRange] == (range == nil ? nil : total))
                #expect(Data(response.body.readableBytesView) == content[wanted])
            }
        }
    }

    @Test func `the headers say what the file is, on HEAD as on GET`() async throws {
        let (content, pieces) = try served(bytes: 300)
        try await application(pieces).test(.live) { client in
            for method in [HTTPRequest.Method.head, .get] {
                try await client.execute(uri: "/file", method: method) { response in
                    #expect(response.headers[.eTag] == "\"tag\"")
                    #expect(response.headers[.acceptRanges] == "bytes")
                    #expect(response.headers[.contentLength] == String(content.count))
                    #expect(response.headers[.xContentTypeOptions] == "nosniff")
                    #expect(
                        response.headers[.contentDisposition]
                            == "inline; filename=\"_.bin\"; filename*=UTF-8''%E6%A8%A1.bin"
                    )
                    #expect(response.body.readableBytes == (method == .head ? 0 : content.count))
                }
            }
        }
    }

    @Test(
        arguments: [
            (["If-None-Match": "\"tag\""], 304, nil), (["If-None-Match": "\"other\""], 200, nil),
            (["If-Match": "\"other\""], 412, nil),
            (["Range": "bytes=0-0", "If-Range": "\"tag\""], 206, "bytes 0-0/300"),
            (["Range": "bytes=0-0", "If-Range": "W/\"tag\""], 200, nil),
            (["Range": "bytes=0-0", "If-Range": "\"other\""], 200, nil), (["Range": "bytes=300-"], 416, "bytes */300"),
            (["Range": "bytes=0-0", "If-None-Match": "\"tag\""], 304, nil),
        ] as [([String: String], Int, String?)]
    )
    func `conditions are honoured`(headers: [String: String], status: Int, contentRange: String?) async throws {
        let (_, pieces) = try served(bytes: 300)
        let fields = HTTPFields(
            headers.compactMap { pair in HTTPField.Name(pair.key).map { HTTPField(name: $0, value: pair.value) } }
        )
        try await application(pieces).test(.router) { client in
            try await client.execute(uri: "/file", method: .get, headers: fields) { response in
                #expect(response.status.code == status)
                #expect(response.headers[.contentRange] == contentRange)
            }
        }
    }

    @Test(arguments: [TestingSetup.router, .live])
    func `a file that cannot be opened is an error, not half an answer`(setup: TestingSetup) async throws {
        try await application([FilePiece(path: folder.path("gone"), offset: 0, length: 10)]).test(setup) { client in
            try await client.execute(uri: "/file", method: .get) { #expect($0.status == .internalServerError) }
        }
    }

    @Test func `a file that is too short ends the connection instead of padding`() async throws {
        try Data(repeating: 7, count: 100).write(to: folder.url.appendingPathComponent("short"))
        let pieces = [FilePiece(path: folder.path("short"), offset: 0, length: 3_000_000)]
        try await application(pieces).test(.live) { client in
            let connection = try RawConnection(port: try #require(client.port))
            defer { connection.close() }
            connection.send("GET /file HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let count = try await connection.receive(3_000_000).count
            #expect(count < 3_000_000)
            try await client.execute(uri: "/healthz", method: .get) { #expect($0.status == .ok) }
        }
    }

    @Test(arguments: [nil, "bytes=1000-1999"])
    func `bytes that arrive from elsewhere are passed on`(range: String?) async throws {
        try await application([]).test(.live) { client in
            try await client.execute(uri: "/stream", method: .get, headers: range.map { [.range: $0] } ?? [:]) {
                response in
                #expect(response.body.readableBytes == (range == nil ? 3000 : 1000))
                #expect(response.headers[.contentLength] == String(response.body.readableBytes))
            }
        }
    }

    @Test func `a proxy is handed whole files only`() async throws {
        try Data(repeating: 7, count: 100).write(to: folder.url.appendingPathComponent("模 whole"))
        let name = HTTPField.Name.xAccelRedirect
        let whole = [FilePiece(path: folder.path("模 whole"), offset: 0, length: 100)]
        try await application(whole, accel: "/inner/").test(.router) { client in
            try await client.execute(uri: "/file", method: .get) { response in
                #expect(response.headers[name] == "/inner/%E6%A8%A1%20whole")
                #expect(response.body.readableBytes == 0)
            }
        }
        let part = [FilePiece(path: folder.path("模 whole"), offset: 0, length: 90)]
        try await application(part, accel: "/inner/").test(.router) { client in
            try await client.execute(uri: "/file", method: .get) { response in
                #expect(response.headers[name] == nil)
                #expect(response.body.readableBytes == 90)
            }
        }
    }

    @Test func `a slow reader gets every byte, and one that leaves disturbs nobody`() async throws {
        let (content, pieces) = try served(bytes: 6_000_000)
        try await application(pieces).test(.live) { client in
            let port = try #require(client.port)
            for _ in 0..<3 {
                let leaving = try RawConnection(port: port)
                leaving.send("GET /file HTTP/1.1\r\nHost: localhost\r\n\r\n")
                _ = try await leaving.receive(100_000)
                leaving.close()
            }
            let slow = try RawConnection(port: port)
            defer { slow.close() }
            slow.send("GET /file HTTP/1.1\r\nHost: localhost\r\n\r\n")
            var received = try await slow.receive(100_000)
            // Meanwhile the others are served.
            try await client.execute(uri: "/healthz", method: .get) { #expect($0.status == .ok) }
            let head = try #require(received.firstRange(of: Data("\r\n\r\n".utf8)))
            received = Data(received[head.upperBound...])
            while received.count < content.count {
                let more = try await slow.receive(min(300_000, content.count - received.count))
                if more.isEmpty { break }
                received += more
            }
            #expect(received == content)
        }
    }
}

extension [FilePiece] {
    /// The bytes `range` of the file that these pieces make.
    fileprivate func slice(_ range: Range<Int>) -> [FilePiece] {
        var start = 0
        return compactMap { piece in
            defer { start += piece.length }
            let part = range.clamped(to: start..<(start + piece.length))
            return part.isEmpty
                ? nil : FilePiece(path: piece.path, offset: piece.offset + part.lowerBound - start, length: part.count)
        }
    }
}

/// Buffers of 100 bytes until the range is full.
private struct Letters: AsyncSequence, Sendable {
    let range: Range<Int>

    func makeAsyncIterator() -> Iterator { Iterator(left: range.count) }

    struct Iterator: AsyncIteratorProtocol {
        var left: Int

        mutating func next() async throws(any Error) -> ByteBuffer? {
            guard left > 0 else { return nil }
            let count = Swift.min(100, left)
            left -= count
            return ByteBuffer(repeating: 65, count: count)
        }
    }
}
