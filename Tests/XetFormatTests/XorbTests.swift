import GalleryModel
import Testing
import XetFormat

struct XorbTests {
    @Test(arguments: [1, 7, 4096, 65_536, 1 << 20])
    func `a real xorb unpacks to the files it was made of, however it arrives`(step: Int) throws {
        let decoder = XorbDecoder()
        let bytes = try decoder.unpack(Fixtures.xorb(), step: step)
        let chunks = try decoder.finish(expecting: try #require(XetHash(Fixtures.xorbHash)))
        #expect(chunks.reduce(0) { $0 + $1.length } == bytes.count)
        for file in try ShardParser.parse(Fixtures.shard(), step: 1 << 20) {
            let segment = try #require(file.segments.first)
            let start = chunks[..<segment.chunks.lowerBound].reduce(0) { $0 + $1.length }
            #expect(SHA256Digest.of(bytes[start..<(start + segment.length)]) == file.sha256)
        }
    }

    @Test func `a small budget takes the input in several goes`() throws {
        let decoder = XorbDecoder()
        let whole = try XorbDecoder().unpack(Fixtures.xorb(), step: 1 << 20)
        #expect(try decoder.unpack(Fixtures.xorb(), step: 1 << 20, budget: 1) == whole)
        _ = try decoder.finish(expecting: try #require(XetHash(Fixtures.xorbHash)))
    }

    @Test(arguments: [1, 5, 100_000])
    func `a footer is skipped`(step: Int) throws {
        let decoder = XorbDecoder()
        let footer = Array("XETBLOB".utf8) + [UInt8](repeating: 9, count: 500)
        _ = try decoder.unpack(Fixtures.xorb() + footer, step: step)
        #expect(try decoder.finish(expecting: try #require(XetHash(Fixtures.xorbHash))).count > 3)
    }

    @Test func `another hash than announced is refused`() throws {
        let decoder = XorbDecoder()
        _ = try decoder.unpack(Fixtures.xorb(), step: 1 << 20)
        let other = try #require(XetHash(String(repeating: "1", count: 64)))
        let actual = try #require(XetHash(Fixtures.xorbHash))
        #expect(throws: XetFormatError.wrongHash(expected: other, actual: actual)) {
            try decoder.finish(expecting: other)
        }
    }

    @Test func `raw chunks pass as they are`() throws {
        let bytes: [UInt8] = [0, 3, 0, 0, 0, 3, 0, 0, 10, 20, 30]
        #expect(try XorbDecoder().unpack(bytes, step: 4) == [10, 20, 30])
    }

    @Test(
        arguments: [
            [1, 3, 0, 0, 0, 3, 0, 0, 1, 2, 3],  // unknown version
            [0, 3, 0, 0, 3, 3, 0, 0, 1, 2, 3],  // unknown scheme
            [0, 3, 0, 0, 0, 4, 0, 0, 1, 2, 3],  // lengths differ
            [0, 0, 0, 0, 0, 0, 0, 0],  // empty chunk
            [0, 3, 0, 0, 1, 3, 0, 0, 1, 2, 3],  // no LZ4 frame
            [0, 255, 255, 255, 0, 255, 255, 255],  // larger than a chunk may be
        ] as [[UInt8]]
    )
    func `nonsense is refused`(bytes: [UInt8]) {
        #expect(throws: XetFormatError.self) { try XorbDecoder().unpack(bytes, step: 100) }
    }

    @Test func `too many chunks and too many bytes are refused`() throws {
        let tiny: [UInt8] = [0, 1, 0, 0, 0, 1, 0, 0, 7]
        let many = Array(repeatElement(tiny, count: XetLimits.chunksPerXorb + 1).joined())
        #expect(throws: XetFormatError.tooLarge("8192 chunks per xorb")) {
            try XorbDecoder().unpack(many, step: 1 << 20)
        }
        let chunk = [0, 0, 0, 2, 0, 0, 0, 2] + [UInt8](repeating: 1, count: 128 << 10)
        let decoder = XorbDecoder()
        for _ in 0..<512 { _ = try decoder.unpack(chunk, step: 1 << 20) }
        #expect(throws: XetFormatError.self) { try decoder.unpack(chunk, step: 1 << 20) }
    }

    @Test func `a xorb that stops early is refused wherever it stops`() throws {
        let bytes = try Fixtures.xorb()
        let hash = try #require(XetHash(Fixtures.xorbHash))
        for end in stride(from: 0, to: bytes.count, by: 997) {
            #expect(throws: XetFormatError.self) {
                let decoder = XorbDecoder()
                _ = try decoder.unpack(Array(bytes[..<end]), step: 1 << 16)
                _ = try decoder.finish(expecting: hash)
            }
        }
    }

    @Test func `changed bytes never pass and never crash`() throws {
        let bytes = try Fixtures.xorb()
        let hash = try #require(XetHash(Fixtures.xorbHash))
        var random = SplitMix(seed: 42)
        for round in 0..<400 {
            var changed = bytes
            // Headers and frame headers are where a parser breaks, so half of the changes go there.
            let count = round % 2 == 0 ? bytes.count : 9040
            for _ in 0...(round % 5) {
                changed[Int(random.next() % UInt64(count))] ^= UInt8(truncatingIfNeeded: random.next() | 1)
            }
            if changed == bytes { continue }
            let decoder = XorbDecoder()
            let result = Result {
                _ = try decoder.unpack(changed, step: 50_000)
                return try decoder.finish(expecting: hash)
            }
            // A change inside an LZ4 frame header may be harmless; the content is then still the announced one.
            if case .success(let chunks) = result { #expect(XetTree.root(of: chunks) == hash) }
        }
    }
}

/// Numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
