import Foundation
import GalleryModel
package import Hummingbird
package import NIOCore

/// A form that carries files (`multipart/form-data`), read as a whole: for pictures and the like.
package struct MultipartForm: Sendable {
    /// One field or file.
    package struct Part: Sendable {
        package var name: String
        /// What the file was called where it comes from; nil for a field.
        package var filename: String?
        package var bytes: ByteBuffer
    }

    /// The largest form that is read.
    package static let largest = 8 << 20
    private static let mostParts = 100
    private static let largestHead = 4 << 10

    package let parts: [Part]

    /// Throws 400 for whatever is not such a form.
    package init(_ body: ByteBuffer, type: String) throws {
        guard let boundary = Self.boundary(in: type) else { throw Self.broken }
        let mark = Data("\r\n--\(boundary)".utf8)
        // The first mark may stand at the very beginning.
        let bytes = Data("\r\n".utf8) + Data(body.readableBytesView)
        var position = try Self.find(mark, in: bytes, from: 0)
        var parts: [Part] = []
        while true {
            position += mark.count
            if bytes[position...].starts(with: "--".utf8) { break }
            guard bytes[position...].starts(with: "\r\n".utf8), parts.count < Self.mostParts else { throw Self.broken }
            let end = try Self.find(mark, in: bytes, from: position)
            parts.append(try Self.part(bytes[(position + 2)..<max(end, position + 2)]))
            position = end
        }
        self.parts = parts
    }

    /// The text of the first field of that name; nil for a file or none.
    package subscript(_ name: String) -> String? {
        parts.first { $0.name == name && $0.filename == nil }.map { String(buffer: $0.bytes) }
    }

    /// The first file of that name, unless none was chosen.
    package func file(_ name: String) -> Part? {
        parts.first { $0.name == name && $0.filename != nil && $0.bytes.readableBytes > 0 }
    }

    private static func part(_ bytes: Data) throws -> Part {
        let gap = Data("\r\n\r\n".utf8)
        let end = try find(gap, in: bytes, from: bytes.startIndex)
        guard end - bytes.startIndex <= largestHead,
            let head = String(validating: bytes[bytes.startIndex..<end], as: UTF8.self)
        else { throw broken }
        for line in head.components(separatedBy: "\r\n")
        where line.lowercased().hasPrefix("content-disposition:") {
            guard let name = parameter("name", in: line) else { throw broken }
            let content = ByteBuffer(bytes: bytes[(end + gap.count)...])
            return Part(name: name, filename: parameter("filename", in: line), bytes: content)
        }
        throw broken
    }

    /// `name="…"`, in which browsers write quotes as `%22`.
    private static func parameter(_ name: String, in line: String) -> String? {
        guard let start = line.range(of: "; \(name)=\"", options: .caseInsensitive)?.upperBound,
            let end = line[start...].firstIndex(of: "\"")
        else { return nil }
        return line[start..<end].replacingOccurrences(of: "%22", with: "\"")
    }

    private static func boundary(in type: String) -> String? {
        guard type.lowercased().hasPrefix("multipart/form-data"),
            let start = type.range(of: "boundary=", options: .caseInsensitive)?.upperBound
        else { return nil }
        let text = type[start...].prefix { $0 != ";" }.trimmingCharacters(in: CharacterSet(charactersIn: " \""))
        return (1...70).contains(text.utf8.count) ? text : nil
    }

    private static func find(_ needle: Data, in bytes: Data, from start: Int) throws -> Int {
        guard start <= bytes.endIndex, let place = bytes.range(of: needle, in: start..<bytes.endIndex) else {
            throw broken
        }
        return place.lowerBound
    }

    private static let broken = Problem.invalid("form-invalid", "The form is incomplete or cannot be read.")
}

extension Request {
    /// The body as a form that carries files, if it is no larger than `MultipartForm.largest`.
    package func multipartForm() async throws -> MultipartForm {
        try await MultipartForm(bytes(upTo: MultipartForm.largest), type: headers[.contentType] ?? "")
    }
}
