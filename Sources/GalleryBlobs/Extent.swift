package import GalleryModel

/// A run of bytes in a pack. A file is a list of them, in order.
package struct Extent: Sendable, Hashable {
    package var pack: PackID
    package var offset: Int
    package var length: Int

    package init(pack: PackID, offset: Int, length: Int) {
        self.pack = pack
        self.offset = offset
        self.length = length
    }

    package var range: Range<Int> { offset..<(offset + length) }
}

extension [Extent] {
    /// The same bytes with adjoining runs merged and empty ones left out.
    package func merged() -> [Extent] {
        var result: [Extent] = []
        for extent in self where extent.length > 0 {
            if let last = result.last, last.pack == extent.pack, last.offset + last.length == extent.offset {
                result[result.count - 1].length += extent.length
            } else {
                result.append(extent)
            }
        }
        return result
    }

    /// The runs that hold the bytes `range` of the file.
    package func slice(_ range: Range<Int>) -> [Extent] {
        var result: [Extent] = []
        var position = 0
        for extent in self {
            let part = range.clamped(to: position..<(position + extent.length))
            if !part.isEmpty {
                result.append(
                    Extent(pack: extent.pack, offset: extent.offset + part.lowerBound - position, length: part.count)
                )
            }
            position += extent.length
            if position >= range.upperBound { break }
        }
        return result
    }

    package var totalLength: Int { reduce(0) { $0 + $1.length } }
}

/// A run of bytes in a file of this machine, as sendfile takes it.
package struct FilePiece: Sendable, Hashable {
    package var path: String
    package var offset: Int
    package var length: Int

    package init(path: String, offset: Int, length: Int) {
        self.path = path
        self.offset = offset
        self.length = length
    }
}
