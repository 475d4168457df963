/// What a `Range` header asks of a file of known size.
package enum ByteRange: Equatable {
    case whole
    case part(Range<Int>)
    case unsatisfiable

    /// A header that is missing, of another unit, malformed or of several ranges asks for the whole: RFC 9110, 14.2.
    package init(header: String?, size: Int) {
        guard let header, header.utf8.prefix(6).elementsEqual("bytes=".utf8), !header.contains(",") else {
            self = .whole
            return
        }
        let text = header.dropFirst(6).filter { $0 != " " && $0 != "\t" }
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }), text.utf8.count > 1
        else {
            self = .whole
            return
        }
        // Numbers beyond what counts here are beyond the end of any file.
        let numbers = parts.map { $0.isEmpty ? nil : Int($0) ?? Int.max }
        switch (numbers[0], numbers[1]) {
        case (let first?, let last?) where last < first: self = .whole
        case (let first?, let last):
            self = first < size ? .part(first..<(min(last ?? Int.max, size - 1) + 1)) : .unsatisfiable
        case (nil, let count?): self = count > 0 && size > 0 ? .part((size - min(count, size))..<size) : .unsatisfiable
        case (nil, nil): self = .whole
        }
    }
}
