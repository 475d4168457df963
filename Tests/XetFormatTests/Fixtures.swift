import Foundation
import GalleryModel
import XetFormat

/// What the real client (hf_xet 1.8.0) sent for three small files, in one xorb with all three schemes, and the shard of a
/// file of 70 MiB.
enum Fixtures {
    static let xorbHash = "051aeae7cfcab14d8eac06d0282f43c62942fba37d152b1cfff9ef7df1138139"
    /// File hash, size and SHA-256 as the client printed them.
    static let files: [(hash: String, size: Int, sha256: String)] = [
        (
            "c7aeac743c14986798754e1354898378afa179b369774641b8707c3319652fb9", 180_000,
            "891e1d1e0fccdf00be124b3ebc11f80d6ca9594a3ee63f9f78181fa4082f8ad4"
        ),
        (
            "43c7a29622b0e1eafaf548c3924cc814fa1b8d680d07e50514093a670fadb34a", 35_999,
            "b2ca2ad3020b9175a868d397cecd82c9f8f292dcabde413f419cb2909fe387ca"
        ),
        (
            "48b0234070fb56ec2fca4c1f2e3844e5a12496e51b711b469a2d7fea4e1fbed2", 9001,
            "145ac9c23071c79036d742aafca3a041ba7c2bdaa6783c42ab9725a7ee8703a4"
        ),
    ]

    static func xorb() throws -> [UInt8] { try read("xorb") }
    static func shard() throws -> [UInt8] { try read("shard") }
    static func largeShard() throws -> [UInt8] { try read("shard-of-70-MiB") }

    private static func read(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return [UInt8](try Data(contentsOf: folder.appending(path: "Fixtures/xet/\(name)")))
    }
}

extension XorbDecoder {
    /// Feeds all bytes in pieces of `step` and gives what came out.
    func unpack(_ bytes: [UInt8], step: Int, budget: Int = XetLimits.xorbBytes) throws -> [UInt8] {
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: step) {
            var piece = bytes[start..<min(start + step, bytes.count)]
            while !piece.isEmpty {
                let taken = try piece.withUnsafeBytes { try feed($0, budget: budget) { result += $0 } }
                piece = piece.dropFirst(taken)
            }
        }
        return result
    }
}

extension ShardParser {
    static func parse(_ bytes: [UInt8], step: Int) throws -> [ShardFile] {
        var parser = ShardParser()
        for start in stride(from: 0, to: bytes.count, by: step) {
            try bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { try parser.feed($0) }
        }
        return try parser.finish()
    }
}
