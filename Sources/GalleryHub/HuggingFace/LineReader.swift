import GalleryModel
import NIOCore

/// Cuts a streamed body into lines, holding no more than one line at a time.
struct LineReader {
    private var rest = ByteBuffer()
    private var searched = 0
    let maximumLineBytes: Int

    init(maximumLineBytes: Int) {
        self.maximumLineBytes = maximumLineBytes
    }

    mutating func append(_ chunk: ByteBuffer) throws {
        rest.discardReadBytes()
        rest.writeImmutableBuffer(chunk)
        guard rest.readableBytes - searched <= maximumLineBytes + chunk.readableBytes else { throw tooLong }
    }

    /// The next complete line without its end, or nil until more has been appended.
    mutating func nextLine() throws -> ByteBuffer? {
        let view = rest.readableBytesView
        let start = view.index(view.startIndex, offsetBy: searched)
        guard let end = view[start...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = rest.readableBytes
            guard searched <= maximumLineBytes else { throw tooLong }
            return nil
        }
        let length = view.distance(from: view.startIndex, to: end)
        searched = 0
        guard let line = rest.readSlice(length: length) else { return nil }
        rest.moveReaderIndex(forwardBy: 1)
        return line
    }

    /// What stands after the last line end, if anything.
    mutating func lastLine() -> ByteBuffer? {
        searched = 0
        return rest.readableBytes == 0 ? nil : rest.readSlice(length: rest.readableBytes)
    }

    private var tooLong: Problem {
        Problem(
            .tooLarge,
            "line-too-long",
            "A line of the request is longer than \(maximumLineBytes) bytes: send large files by LFS or Xet."
        )
    }
}
