/// What a picture file says of itself before anything is decoded: enough to refuse a bomb.
package struct PictureHeader: Sendable, Equatable {
    package enum Format: String, Sendable, CaseIterable {
        case png, jpeg, gif, webp
    }

    package var format: Format
    package var width: Int
    package var height: Int
    /// How the picture lies, as in Exif: 1 is upright, 5 to 8 lie on their side.
    package var orientation = 1

    /// Nil for whatever is not a picture of a known format.
    package init?(_ bytes: some RandomAccessCollection<UInt8>) {
        let bytes = PictureBytes(Array(bytes.prefix(Self.looksAt)))
        guard let header = Self.png(bytes) ?? Self.gif(bytes) ?? Self.webp(bytes) ?? Self.jpeg(bytes),
            header.width > 0, header.height > 0
        else { return nil }
        self = header
    }

    private init(_ format: Format, _ width: Int, _ height: Int, orientation: Int = 1) {
        self.format = format
        self.width = width
        self.height = height
        self.orientation = orientation
    }

    /// Width and height as people see it.
    package var upright: PictureSize {
        orientation >= 5 ? PictureSize(height, width) : PictureSize(width, height)
    }

    /// JPEG files carry profiles and thumbnails before their size.
    private static let looksAt = 1 << 20

    private static func png(_ bytes: PictureBytes) -> PictureHeader? {
        guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), bytes.text(12, 4) == "IHDR",
            let width = bytes.big(16, 4), let height = bytes.big(20, 4)
        else { return nil }
        return PictureHeader(.png, width, height)
    }

    private static func gif(_ bytes: PictureBytes) -> PictureHeader? {
        guard ["GIF87a", "GIF89a"].contains(bytes.text(0, 6)), let width = bytes.little(6, 2),
            let height = bytes.little(8, 2)
        else { return nil }
        return PictureHeader(.gif, width, height)
    }

    private static func webp(_ bytes: PictureBytes) -> PictureHeader? {
        guard bytes.text(0, 4) == "RIFF", bytes.text(8, 4) == "WEBP" else { return nil }
        switch bytes.text(12, 4) {
        case "VP8 ":
            guard let width = bytes.little(26, 2), let height = bytes.little(28, 2) else { return nil }
            return PictureHeader(.webp, width & 0x3FFF, height & 0x3FFF)
        case "VP8L":
            guard let packed = bytes.little(21, 4) else { return nil }
            return PictureHeader(.webp, packed & 0x3FFF + 1, packed >> 14 & 0x3FFF + 1)
        case "VP8X":
            guard let width = bytes.little(24, 3), let height = bytes.little(27, 3) else { return nil }
            return PictureHeader(.webp, width + 1, height + 1)
        default: return nil
        }
    }

    private static func jpeg(_ bytes: PictureBytes) -> PictureHeader? {
        guard bytes.starts(with: [0xFF, 0xD8]) else { return nil }
        var position = 2
        var orientation = 1
        while let mark = bytes.big(position, 1), mark == 0xFF, let kind = bytes.big(position + 1, 1) {
            // Padding, and marks that carry no length.
            if kind == 0xFF || kind == 0x01 || (0xD0...0xD7).contains(kind) {
                position += kind == 0xFF ? 1 : 2
                continue
            }
            guard let length = bytes.big(position + 2, 2), length >= 2 else { return nil }
            if kind == 0xE1 { orientation = Self.orientation(bytes, at: position + 4) ?? orientation }
            if (0xC0...0xCF).contains(kind), ![0xC4, 0xC8, 0xCC].contains(kind) {
                guard let height = bytes.big(position + 5, 2), let width = bytes.big(position + 7, 2) else {
                    return nil
                }
                return PictureHeader(.jpeg, width, height, orientation: orientation)
            }
            position += 2 + length
        }
        return nil
    }

    /// The entry 0x0112 of the first directory of an Exif segment.
    private static func orientation(_ bytes: PictureBytes, at start: Int) -> Int? {
        guard bytes.text(start, 4) == "Exif" else { return nil }
        let origin = start + 6
        let isLittle = bytes.text(origin, 2) == "II"
        func number(_ offset: Int, _ count: Int) -> Int? {
            isLittle ? bytes.little(origin + offset, count) : bytes.big(origin + offset, count)
        }
        guard let directory = number(4, 4), let count = number(directory, 2) else { return nil }
        for entry in 0..<min(count, 64) {
            let offset = directory + 2 + entry * 12
            guard let tag = number(offset, 2) else { return nil }
            if tag == 0x0112 { return number(offset + 8, 2).flatMap { (1...8).contains($0) ? $0 : nil } }
        }
        return nil
    }
}

/// Width and height in pixels.
package struct PictureSize: Sendable, Equatable {
    package var width: Int
    package var height: Int

    package init(_ width: Int, _ height: Int) {
        self.width = width
        self.height = height
    }
}

/// Reads numbers out of bytes, nil past the end.
private struct PictureBytes {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func starts(with prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }

    func text(_ offset: Int, _ count: Int) -> String {
        slice(offset, count).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    func big(_ offset: Int, _ count: Int) -> Int? {
        slice(offset, count)?.reduce(0) { $0 << 8 | Int($1) }
    }

    func little(_ offset: Int, _ count: Int) -> Int? {
        slice(offset, count)?.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private func slice(_ offset: Int, _ count: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, offset <= bytes.count - count else { return nil }
        return bytes[offset..<offset + count]
    }
}
