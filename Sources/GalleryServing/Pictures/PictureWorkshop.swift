import CGD
import Dispatch
package import GalleryModel

/// Decodes pictures that people send and draws them anew: what comes out holds nothing but pixels.
///
/// One picture at a time in the whole process, which bounds the memory that decoding takes.
package enum PictureWorkshop {
    package static let largestFile = 5 << 20
    package static let mostPixels = 24_000_000

    /// Which part of the picture is taken, in pixels of the picture as people see it.
    package enum Crop: Sendable, Equatable {
        /// The largest part around the middle that has the shape of what is drawn.
        case middle
        case part(x: Int, y: Int, width: Int, height: Int)
    }

    private static let queue = DispatchQueue(label: "gallery.pictures")

    /// The picture in each of the sizes, as WebP.
    package static func webp(of bytes: [UInt8], crop: Crop = .middle, sizes: [PictureSize]) async throws -> [[UInt8]] {
        guard bytes.count <= largestFile else { throw PictureError.tooLarge }
        guard let header = PictureHeader(bytes) else { throw PictureError.unreadable }
        let (area, overflows) = header.width.multipliedReportingOverflow(by: header.height)
        guard !overflows, area <= mostPixels else { throw PictureError.tooManyPixels }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(with: Result { try draw(bytes, header, crop, sizes) })
            }
        }
    }

    private static func draw(
        _ bytes: [UInt8],
        _ header: PictureHeader,
        _ crop: Crop,
        _ sizes: [PictureSize]
    ) throws -> [[UInt8]] {
        gallery_gd_silence()
        guard let source = decode(bytes, header.format) else { throw PictureError.unreadable }
        defer { gdImageDestroy(source) }
        guard source.pointee.trueColor != 0 || gdImagePaletteToTrueColor(source) != 0 else {
            throw PictureError.unreadable
        }
        // The first frame of a GIF may be smaller than its screen.
        var header = header
        header.width = Int(source.pointee.sx)
        header.height = Int(source.pointee.sy)
        return try sizes.map { try draw(source, header, crop, $0) }
    }

    private static func decode(_ bytes: [UInt8], _ format: PictureHeader.Format) -> gdImagePtr? {
        bytes.withUnsafeBytes { buffer -> gdImagePtr? in
            // libgd only reads it, though it asks for a mutable pointer.
            let start = UnsafeMutableRawPointer(mutating: buffer.baseAddress)
            let count = Int32(buffer.count)
            return switch format {
            case .png: gdImageCreateFromPngPtr(count, start)
            case .jpeg: gdImageCreateFromJpegPtr(count, start)
            case .gif: gdImageCreateFromGifPtr(count, start)
            case .webp: gdImageCreateFromWebpPtr(count, start)
            }
        }
    }

    private static func draw(
        _ source: gdImagePtr,
        _ header: PictureHeader,
        _ crop: Crop,
        _ size: PictureSize
    ) throws -> [UInt8] {
        let turn = PictureTurn(header)
        let part = try turn.lying(crop.part(of: header.upright, shapedAs: size))
        let lying = header.orientation >= 5 ? PictureSize(size.height, size.width) : size
        guard let flat = blank(lying) else { throw PictureError.unreadable }
        defer { gdImageDestroy(flat) }
        gdImageCopyResampled(
            flat,
            source,
            0,
            0,
            Int32(part.x),
            Int32(part.y),
            Int32(lying.width),
            Int32(lying.height),
            Int32(part.width),
            Int32(part.height)
        )
        guard let upright = blank(size) else { throw PictureError.unreadable }
        defer { gdImageDestroy(upright) }
        for y in 0..<size.height {
            for x in 0..<size.width {
                let from = turn.lying(x: x, y: y, in: size)
                let pixel = gdImageGetTrueColorPixel(flat, Int32(from.x), Int32(from.y))
                gdImageSetPixel(upright, Int32(x), Int32(y), pixel)
            }
        }
        return try encode(upright)
    }

    private static func blank(_ size: PictureSize) -> gdImagePtr? {
        guard let image = gdImageCreateTrueColor(Int32(size.width), Int32(size.height)) else { return nil }
        gdImageAlphaBlending(image, 0)
        gdImageSaveAlpha(image, 1)
        return image
    }

    private static func encode(_ image: gdImagePtr) throws -> [UInt8] {
        var count: Int32 = 0
        guard let start = gdImageWebpPtrEx(image, &count, 88) else { throw PictureError.unreadable }
        defer { gdFree(start) }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(count)))
    }
}

/// What can be wrong with a picture that somebody sends.
package enum PictureError: DomainError, Equatable {
    case unreadable, tooLarge, tooManyPixels, cropOutside

    package var problem: Problem {
        switch self {
        case .unreadable:
            .invalid("picture-unreadable", "The file is not a PNG, JPEG, WebP or GIF picture that can be read.")
        case .tooLarge: Problem(.tooLarge, "picture-too-large", "A picture has at most 5 MiB.")
        case .tooManyPixels:
            .invalid("picture-too-many-pixels", "A picture has at most 24 million pixels: make it smaller first.")
        case .cropOutside: .invalid("picture-crop-outside", "The chosen part lies outside of the picture.")
        }
    }
}

/// A part of a picture.
struct PicturePart: Equatable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int
}

extension PictureWorkshop.Crop {
    func part(of whole: PictureSize, shapedAs shape: PictureSize) throws -> PicturePart {
        switch self {
        case .middle:
            let isWide = whole.width * shape.height > whole.height * shape.width
            let width = isWide ? max(1, whole.height * shape.width / shape.height) : whole.width
            let height = isWide ? whole.height : max(1, whole.width * shape.height / shape.width)
            return PicturePart(
                x: (whole.width - width) / 2,
                y: (whole.height - height) / 2,
                width: width,
                height: height
            )
        case .part(let x, let y, let width, let height):
            let fits =
                x >= 0 && y >= 0 && width > 0 && height > 0 && width <= whole.width && height <= whole.height
                && x <= whole.width - width && y <= whole.height - height
            guard fits else { throw PictureError.cropOutside }
            return PicturePart(x: x, y: y, width: width, height: height)
        }
    }
}

/// Finds for a place in the upright picture the one in the file, by the orientation that Exif gives.
struct PictureTurn {
    private let orientation: Int
    private let upright: PictureSize

    init(_ header: PictureHeader) {
        orientation = header.orientation
        upright = header.upright
    }

    /// Where pixel (x, y) of an upright picture of `size` lies in the one that was stored.
    func lying(x: Int, y: Int, in size: PictureSize) -> (x: Int, y: Int) {
        let (right, bottom) = (size.width - 1, size.height - 1)
        return switch orientation {
        case 2: (right - x, y)
        case 3: (right - x, bottom - y)
        case 4: (x, bottom - y)
        case 5: (y, x)
        case 6: (y, right - x)
        case 7: (bottom - y, right - x)
        case 8: (bottom - y, x)
        default: (x, y)
        }
    }

    func lying(_ part: PicturePart) -> PicturePart {
        let first = lying(x: part.x, y: part.y, in: upright)
        let last = lying(x: part.x + part.width - 1, y: part.y + part.height - 1, in: upright)
        return PicturePart(
            x: min(first.x, last.x),
            y: min(first.y, last.y),
            width: abs(first.x - last.x) + 1,
            height: abs(first.y - last.y) + 1
        )
    }
}
