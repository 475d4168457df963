/// Writes a ZIP archive as a stream: files as they are, uncompressed, of any size and number.
///
/// The lengths must be known before; the checksums are not, so they follow each file.
package struct ZipArchive: Sendable {
    /// A file in the archive.
    package struct Entry: Sendable {
        package var path: String
        package var size: UInt64
        package var isExecutable: Bool

        package init(path: String, size: UInt64, isExecutable: Bool = false) {
            self.path = path
            self.size = size
            self.isExecutable = isExecutable
        }

        fileprivate var name: [UInt8] { Array(path.utf8.prefix(65_535)) }
        fileprivate var isLong: Bool { size >= 0xFFFF_FFFF }
    }

    private struct Place {
        var offset: UInt64
        var checksum: UInt32
    }

    /// 1980-01-01, the first day the format knows: what is the same has the same archive.
    private static let day: UInt16 = 0x21

    private let entries: [Entry]
    private var places: [Place] = []
    private var offset: UInt64 = 0

    package init(_ entries: [Entry]) { self.entries = entries }

    /// Bytes of the whole archive.
    package var size: UInt64 {
        var archive = self
        var total: UInt64 = 0
        for entry in entries { total += UInt64(archive.begin().count) + entry.size + UInt64(archive.end(0).count) }
        return total + UInt64(archive.close().count)
    }

    /// What stands before the bytes of the next file.
    package mutating func begin() -> [UInt8] {
        let entry = entries[places.count]
        places.append(Place(offset: offset, checksum: 0))
        var out = Bytes()
        out.four(0x0403_4B50)
        out.head(of: entry, day: Self.day)
        out.four(0)
        out.four(entry.isLong ? 0xFFFF_FFFF : 0)
        out.four(entry.isLong ? 0xFFFF_FFFF : 0)
        out.two(UInt16(entry.name.count))
        out.two(entry.isLong ? 20 : 0)
        out.bytes += entry.name
        if entry.isLong {
            out.two(1)
            out.two(16)
            out.eight(0)
            out.eight(0)
        }
        offset += UInt64(out.bytes.count) + entry.size
        return out.bytes
    }

    /// What stands behind the bytes of the file begun last.
    package mutating func end(_ checksum: UInt32) -> [UInt8] {
        let entry = entries[places.count - 1]
        places[places.count - 1].checksum = checksum
        var out = Bytes()
        out.four(0x0807_4B50)
        out.four(checksum)
        for _ in 0..<2 { if entry.isLong { out.eight(entry.size) } else { out.four(UInt32(entry.size)) } }
        offset += UInt64(out.bytes.count)
        return out.bytes
    }

    /// The table of contents, once all files are written.
    package func close() -> [UInt8] {
        var out = Bytes()
        for (entry, place) in zip(entries, places) {
            let isFar = place.offset >= 0xFFFF_FFFF
            out.four(0x0201_4B50)
            // Made by a Unix system, which keeps permissions.
            out.two(0x031E)
            out.head(of: entry, day: Self.day)
            out.four(place.checksum)
            for _ in 0..<2 { out.four(entry.isLong ? 0xFFFF_FFFF : UInt32(entry.size)) }
            out.two(UInt16(entry.name.count))
            let more = (entry.isLong ? 16 : 0) + (isFar ? 8 : 0)
            out.two(more > 0 ? UInt16(more + 4) : 0)
            for _ in 0..<3 { out.two(0) }
            out.four((entry.isExecutable ? 0o100755 : 0o100644) << 16)
            out.four(isFar ? 0xFFFF_FFFF : UInt32(place.offset))
            out.bytes += entry.name
            guard more > 0 else { continue }
            out.two(1)
            out.two(UInt16(more))
            if entry.isLong {
                out.eight(entry.size)
                out.eight(entry.size)
            }
            if isFar { out.eight(place.offset) }
        }
        let length = UInt64(out.bytes.count)
        if places.count >= 0xFFFF || offset + length >= 0xFFFF_FFFF {
            out.four(0x0606_4B50)
            out.eight(44)
            out.two(0x031E)
            out.two(45)
            out.four(0)
            out.four(0)
            out.eight(UInt64(places.count))
            out.eight(UInt64(places.count))
            out.eight(length)
            out.eight(offset)
            out.four(0x0706_4B50)
            out.four(0)
            out.eight(offset + length)
            out.four(1)
        }
        out.four(0x0605_4B50)
        out.two(0)
        out.two(0)
        for _ in 0..<2 { out.two(UInt16(min(places.count, 0xFFFF))) }
        out.four(UInt32(min(length, 0xFFFF_FFFF)))
        out.four(UInt32(min(offset, 0xFFFF_FFFF)))
        out.two(0)
        return out.bytes
    }

    private struct Bytes {
        var bytes: [UInt8] = []

        mutating func two(_ value: UInt16) { little(value) }
        mutating func four(_ value: UInt32) { little(value) }
        mutating func eight(_ value: UInt64) { little(value) }

        private mutating func little(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
        }

        /// Version needed, flags (checksum follows, names in UTF-8), method "stored", time.
        mutating func head(of entry: Entry, day: UInt16) {
            two(entry.isLong ? 45 : 20)
            two(0x0808)
            two(0)
            two(0)
            two(day)
        }
    }
}

/// The checksum that ZIP archives know.
package struct CRC32: Sendable {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    private var state: UInt32 = 0xFFFF_FFFF

    package init() {}

    package var value: UInt32 { ~state }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        Self.table.withUnsafeBufferPointer { table in
            var state = state
            for byte in bytes { state = table[Int((state ^ UInt32(byte)) & 0xFF)] ^ state >> 8 }
            self.state = state
        }
    }
}
