import GalleryModel

/// A chunk, or a node over chunks, with the number of bytes below it.
package struct XetNode: Hashable, Sendable {
    package var hash: XetHash
    package var length: Int

    package init(hash: XetHash, length: Int) {
        self.hash = hash
        self.length = length
    }
}

/// The hashes of Xet: chunks, and the trees over them that name xorbs and files.
package enum XetTree {
    private static let chunkKey = XetHash(
        words: SIMD4(0xDE50_955B_77F5_9766, 0x1C18_97A5_ACCB_3531, 0x582B_EB9B_1021_E49D, 0x29F2_AD93_4BB0_D0B4)
    )
    private static let nodeKey = XetHash(
        words: SIMD4(0x9629_47A5_C7C5_7E01, 0xE602_8AB4_6666_94FD, 0xD26D_C737_6F53_DD5D, 0x3F71_534A_E652_63F8)
    )
    private static let rangeKey = XetHash(
        words: SIMD4(0x66ED_56CE_D657_187F, 0xF3C3_A5E7_13F9_7F12, 0xE649_DBB5_D526_CDA4, 0xC394_FB28_7F98_2441)
    )

    package static func chunkHash(_ bytes: UnsafeRawBufferPointer) -> XetHash {
        Blake3.hash(bytes, keyedBy: chunkKey)
    }

    /// The name of a xorb: the root of the tree over its chunks; zero for none.
    package static func root(of chunks: [XetNode]) -> XetHash {
        var nodes = chunks
        while nodes.count > 1 {
            var level: [XetNode] = []
            level.reserveCapacity(nodes.count / 2 + 1)
            var rest = nodes[...]
            while !rest.isEmpty {
                let group = rest.prefix(groupLength(rest))
                level.append(parent(of: group))
                rest = rest.dropFirst(group.count)
            }
            nodes = level
        }
        return nodes.first?.hash ?? XetHash(words: .zero)
    }

    /// The name of a file that consists of these chunks.
    package static func fileHash(of chunks: [XetNode]) -> XetHash {
        guard !chunks.isEmpty else { return XetHash(words: .zero) }
        return Blake3.hash(root(of: chunks).bytes, keyedBy: XetHash(words: .zero))
    }

    /// The hash by which a shard shows that its sender knows the chunks of a segment.
    package static func rangeHash(of chunks: some Collection<XetNode>) -> XetHash {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(chunks.count * XetHash.byteCount)
        for chunk in chunks { bytes += chunk.hash.bytes }
        return Blake3.hash(bytes, keyedBy: rangeKey)
    }

    /// Groups hold three to nine nodes (the last may be shorter) and end at hashes divisible by four.
    private static func groupLength(_ nodes: ArraySlice<XetNode>) -> Int {
        guard nodes.count > 2 else { return nodes.count }
        let longest = min(9, nodes.count)
        for index in 2..<longest where nodes[nodes.startIndex + index].hash.words[3] % 4 == 0 { return index + 1 }
        return longest
    }

    private static func parent(of nodes: ArraySlice<XetNode>) -> XetNode {
        var text: [UInt8] = []
        text.reserveCapacity(nodes.count * 80)
        var length = 0
        for node in nodes {
            text += "\(node.hash) : \(node.length)\n".utf8
            length += node.length
        }
        return XetNode(hash: Blake3.hash(text, keyedBy: nodeKey), length: length)
    }
}
