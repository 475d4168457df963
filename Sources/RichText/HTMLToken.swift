/// A piece of HTML as a browser would cut it. Whatever is not one of these (comments, declarations) is left out.
enum HTMLToken {
    /// As it stands, with its character references.
    case text(ArraySlice<UInt8>)
    case start(HTMLTag)
    /// In lower case.
    case end(String)
}

/// An opening tag; names in lower case, values decoded, the first of equal names counts.
struct HTMLTag {
    var name: String
    var attributes: [(name: String, value: String)] = []

    subscript(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
}

/// Cuts HTML into tokens after the rules of the HTML standard, as far as they matter for what is kept.
struct HTMLTokens: IteratorProtocol {
    private static let maximumAttributes = 50

    let bytes: [UInt8]
    private(set) var index: Int
    private let end: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        index = 0
        end = bytes.count
    }

    mutating func next() -> HTMLToken? {
        while index < end {
            if bytes[index] != UInt8(ascii: "<") { return text(from: index) }
            let next = index + 1 < end ? bytes[index + 1] : 0
            if HTMLText.isLetter(next) { return startTag() }
            if next == UInt8(ascii: "/"), index + 2 < end, HTMLText.isLetter(bytes[index + 2]) { return endTag() }
            guard next == UInt8(ascii: "!") || next == UInt8(ascii: "?") || next == UInt8(ascii: "/") else {
                return text(from: index)
            }
            skipDeclaration()
        }
        return nil
    }

    /// The text up to the next closing tag of that name if nothing but text stands before it; the tag is taken too.
    mutating func plainText(upTo name: String) -> ArraySlice<UInt8>? {
        guard let open = bytes[index...].firstIndex(of: UInt8(ascii: "<")) else { return nil }
        let tag = Array("</\(name)>".utf8)
        guard bytes[open...].starts(with: tag) else { return nil }
        let text = bytes[index..<open]
        index = open + tag.count
        return text
    }

    /// Goes on behind the closing tag of an element whose content is dropped, nested ones of its name with it. False, and
    /// unmoved, where there is none.
    mutating func skipContent(of name: String, nests: Bool) -> Bool {
        let name = Array(name.utf8)
        var depth = 1
        var place = index
        while let open = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
            place = open + 1
            let isEnd = place < end && bytes[place] == UInt8(ascii: "/")
            let start = isEnd ? place + 1 : place
            guard isEnd || nests, start + name.count <= end,
                zip(bytes[start..<(start + name.count)], name).allSatisfy({ $0 | 0x20 == $1 }),
                start + name.count == end || !HTMLText.isLetter(bytes[start + name.count])
            else { continue }
            depth += isEnd ? -1 : 1
            guard depth == 0 else { continue }
            index = bytes[start...].firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 } ?? end
            return true
        }
        return false
    }

    /// Up to the next `<`, beginning with whatever stands here.
    private mutating func text(from start: Int) -> HTMLToken {
        index = bytes[(start + 1)...].firstIndex(of: UInt8(ascii: "<")) ?? end
        return .text(bytes[start..<index])
    }

    private mutating func skipDeclaration() {
        if bytes[index...].starts(with: "<!--".utf8) {
            var place = index + 4
            // `<!-->` and `<!--->` are whole comments.
            if bytes[place...].starts(with: ">".utf8) || bytes[place...].starts(with: "->".utf8) {
                index = (bytes[place...].firstIndex(of: UInt8(ascii: ">")) ?? end - 1) + 1
                return
            }
            while let dash = bytes[place...].firstIndex(of: UInt8(ascii: "-")) {
                let rest = bytes[dash...]
                if rest.starts(with: "-->".utf8) || rest.starts(with: "--!>".utf8) {
                    index = (rest.firstIndex(of: UInt8(ascii: ">")) ?? end - 1) + 1
                    return
                }
                place = dash + 1
            }
            index = end
            return
        }
        index = (bytes[index...].firstIndex(of: UInt8(ascii: ">")) ?? end - 1) + 1
    }

    private mutating func name(stopsAtEquals: Bool) -> String {
        let start = index
        while index < end {
            let byte = bytes[index]
            if HTMLText.isSpace(byte) || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") { break }
            if stopsAtEquals, byte == UInt8(ascii: "="), index > start { break }
            index += 1
        }
        return String(decoding: bytes[start..<index].map(Self.lowered), as: UTF8.self)
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private mutating func endTag() -> HTMLToken {
        index += 2
        let name = name(stopsAtEquals: false)
        index = (bytes[index...].firstIndex(of: UInt8(ascii: ">")) ?? end - 1) + 1
        return .end(name)
    }

    private mutating func startTag() -> HTMLToken? {
        index += 1
        var tag = HTMLTag(name: name(stopsAtEquals: false))
        while index < end, bytes[index] != UInt8(ascii: ">") {
            if HTMLText.isSpace(bytes[index]) || bytes[index] == UInt8(ascii: "/") {
                index += 1
                continue
            }
            let name = name(stopsAtEquals: true)
            let value = attributeValue()
            if tag.attributes.count < Self.maximumAttributes, tag[name] == nil { tag.attributes.append((name, value)) }
        }
        // A tag that the text ends in is no tag.
        guard index < end else { return nil }
        index += 1
        return .start(tag)
    }

    private mutating func attributeValue() -> String {
        var place = index
        while place < end, HTMLText.isSpace(bytes[place]) { place += 1 }
        guard place < end, bytes[place] == UInt8(ascii: "=") else { return "" }
        index = place + 1
        while index < end, HTMLText.isSpace(bytes[index]) { index += 1 }
        guard index < end else { return "" }
        let start: Int
        let stop: Int
        if bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") {
            start = index + 1
            stop = bytes[start...].firstIndex(of: bytes[index]) ?? end
            index = min(stop + 1, end)
        } else {
            start = index
            while index < end, !HTMLText.isSpace(bytes[index]), bytes[index] != UInt8(ascii: ">") { index += 1 }
            stop = index
        }
        return String(decoding: HTMLText.decoded(bytes[start..<stop]), as: UTF8.self)
    }
}
