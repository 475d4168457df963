import GalleryModel
import Testing
import XetFormat

struct ShardTests {
    @Test(arguments: [1, 48, 1000])
    func `a real shard names its files, however it arrives`(step: Int) throws {
        let files = try ShardParser.parse(Fixtures.shard(), step: step)
        #expect(Set(files.map(\.hash.description)) == Set(Fixtures.files.map(\.hash)))
        for file in files {
            let expected = try #require(Fixtures.files.first { $0.hash == file.hash.description })
            #expect(file.size == expected.size)
            #expect(file.sha256?.hex == expected.sha256)
            #expect(file.rangeHashes.count == file.segments.count)
            #expect(file.segments.allSatisfy { $0.xorb.description == Fixtures.xorbHash })
        }
    }

    @Test func `file and range hashes follow from the chunks`() throws {
        let decoder = XorbDecoder()
        _ = try decoder.unpack(Fixtures.xorb(), step: 1 << 20)
        for file in try ShardParser.parse(Fixtures.shard(), step: 1 << 20) {
            let chunks = file.segments.flatMap { decoder.chunks[$0.chunks] }
            #expect(XetTree.fileHash(of: chunks) == file.hash)
            for (segment, hash) in zip(file.segments, file.rangeHashes) {
                #expect(XetTree.rangeHash(of: decoder.chunks[segment.chunks]) == hash)
            }
        }
    }

    @Test func `trees over a thousand chunks give the names that the client gave`() throws {
        let bytes = try Fixtures.largeShard()
        let file = try #require(try ShardParser.parse(bytes, step: 1 << 20).first)
        let xorbs = ShardXorb.all(in: bytes, behind: file)
        #expect(xorbs.values.map(\.count).reduce(0, +) > 1000)
        for (hash, chunks) in xorbs { #expect(XetTree.root(of: chunks) == hash) }
        let chunks = file.segments.flatMap { segment in xorbs[segment.xorb]?[segment.chunks] ?? [] }
        #expect(XetTree.fileHash(of: chunks) == file.hash)
    }

    @Test func `a shard that stops early is refused wherever it stops in its files`() throws {
        let bytes = try Fixtures.shard()
        for end in 0..<(48 * 14) {
            #expect(throws: XetFormatError.self) { try ShardParser.parse(Array(bytes[..<end]), step: 1000) }
        }
    }

    @Test func `changed bytes never crash and nothing impossible comes out`() throws {
        let bytes = try Fixtures.shard()
        var random = SplitMix(seed: 7)
        for round in 0..<4000 {
            var changed = bytes
            for _ in 0...(round % 4) {
                changed[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            let files = (try? ShardParser.parse(changed, step: 500)) ?? []
            for segment in files.flatMap(\.segments) {
                #expect(segment.length > 0 && !segment.chunks.isEmpty && segment.chunks.upperBound <= 8192)
            }
        }
    }

    @Test func `something else is refused at once`() {
        #expect(throws: XetFormatError.self) { try ShardParser.parse([UInt8](repeating: 0, count: 48), step: 48) }
        #expect(throws: XetFormatError.self) { try ShardParser.parse([], step: 48) }
    }
}

/// The second section of a shard, which the parser skips.
enum ShardXorb {
    static func all(in bytes: [UInt8], behind file: ShardFile) -> [XetHash: [XetNode]] {
        // Header, file, segments, range hashes, metadata, bookend.
        var offset = 48 * (1 + 1 + file.segments.count + file.rangeHashes.count + 1 + 1)
        var result: [XetHash: [XetNode]] = [:]
        func word(_ index: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(bytes[offset + index * 4 + $1]) << ($1 * 8) }
        }
        func hash() -> XetHash? { XetHash(bytes: bytes[offset..<(offset + 32)]) }
        while offset + 48 <= bytes.count, let name = hash(), name.description != String(repeating: "f", count: 64) {
            let count = word(9)
            var chunks: [XetNode] = []
            for _ in 0..<count {
                offset += 48
                if let chunk = hash() { chunks.append(XetNode(hash: chunk, length: word(9))) }
            }
            result[name] = chunks
            offset += 48
        }
        return result
    }
}
