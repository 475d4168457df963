import Foundation
import GalleryModel
import XetFormat

/// A xorb of raw chunks, as a test wants it.
struct TestXorb {
    let chunks: [XetNode]
    let hash: XetHash
    let bytes: [UInt8]
    private let contents: [[UInt8]]

    init(_ contents: [[UInt8]]) {
        self.contents = contents
        chunks = contents.map { content in
            XetNode(hash: content.withUnsafeBytes { XetTree.chunkHash($0) }, length: content.count)
        }
        hash = XetTree.root(of: chunks)
        bytes = contents.flatMap { content -> [UInt8] in
            let length = (0..<3).map { UInt8(truncatingIfNeeded: content.count >> ($0 * 8)) }
            return [0] + length + [0] + length + content
        }
    }

    /// `count` chunks of random bytes.
    static func random(_ count: Int, size: Int = 1000, seed: UInt64) -> TestXorb {
        TestXorb(
            (0..<count).map { index in
                let block = SHA256Digest.of("\(seed) \(index)".utf8).bytes
                return Array(repeatElement(block, count: size / 32 + 1).joined().prefix(size))
            }
        )
    }

    func segment(_ range: Range<Int>) -> ShardSegment {
        ShardSegment(xorb: hash, length: content(range).count, chunks: range)
    }

    func content(_ range: Range<Int>) -> [UInt8] { contents[range].flatMap { $0 } }
}

/// Runs of chunks that make a file.
struct TestFile {
    var parts: [(xorb: TestXorb, range: Range<Int>)]

    init(_ parts: (TestXorb, Range<Int>)...) { self.parts = parts.map { (xorb: $0.0, range: $0.1) } }

    var content: [UInt8] { parts.flatMap { $0.xorb.content($0.range) } }
    var sha256: SHA256Digest { SHA256Digest.of(content) }

    var described: ShardFile {
        ShardFile(
            hash: XetTree.fileHash(of: parts.flatMap { $0.xorb.chunks[$0.range] }),
            segments: parts.map { $0.xorb.segment($0.range) },
            rangeHashes: parts.map { XetTree.rangeHash(of: $0.xorb.chunks[$0.range]) },
            sha256: sha256
        )
    }
}

/// A shard as a client would write it.
enum TestShard {
    static func bytes(_ files: [ShardFile]) -> [UInt8] {
        var bytes = Array("HFRepoMetaData".utf8)
        bytes += [
            0x00, 0x55, 0x69, 0x67, 0x45, 0x6A, 0x7B, 0x81, 0x57, 0x83, 0xA5, 0xBD, 0xD9, 0x5C, 0xCD, 0xD1, 0x4A, 0xA9,
        ]
        bytes += number(2, 8) + number(0, 8)
        for file in files {
            let flags = (file.rangeHashes.isEmpty ? 0 : 1 << 31) | (file.sha256 == nil ? 0 : 1 << 30)
            bytes += file.hash.bytes + number(flags, 4) + number(file.segments.count, 4) + number(0, 8)
            for segment in file.segments {
                bytes += segment.xorb.bytes + number(0, 4) + number(segment.length, 4)
                bytes += number(segment.chunks.lowerBound, 4) + number(segment.chunks.upperBound, 4)
            }
            for hash in file.rangeHashes { bytes += hash.bytes + number(0, 16) }
            if let sha256 = file.sha256, let stored = XetHash(sha256.hex) { bytes += stored.bytes + number(0, 16) }
        }
        let bookend = [UInt8](repeating: 0xFF, count: 32) + number(0, 16)
        return bytes + bookend + bookend
    }

    private static func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> ($0 * 8)) : 0 }
    }
}

/// What the real client sent; see Tests/XetFormatTests.
enum XetCapture {
    static let xorb = "051aeae7cfcab14d8eac06d0282f43c62942fba37d152b1cfff9ef7df1138139"
    static let sha256 = "891e1d1e0fccdf00be124b3ebc11f80d6ca9594a3ee63f9f78181fa4082f8ad4"

    static func read(_ name: String) throws -> [UInt8] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return [UInt8](try Data(contentsOf: tests.appending(path: "Fixtures/xet/\(name)")))
    }
}
