/// HTML as bytes, with what must be escaped.
package enum HTMLText {
    /// Text as it stands between tags and in quoted attributes.
    package static func escaped(_ text: String) -> String {
        var result: [UInt8] = []
        append(text.utf8, to: &result)
        return String(decoding: result, as: UTF8.self)
    }

    static func append(_ text: some Sequence<UInt8>, to output: inout [UInt8]) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "&"): output += "&amp;".utf8
            case UInt8(ascii: "<"): output += "&lt;".utf8
            case UInt8(ascii: ">"): output += "&gt;".utf8
            case UInt8(ascii: "\""): output += "&quot;".utf8
            case UInt8(ascii: "'"): output += "&#39;".utf8
            case 0: break
            default: output.append(byte)
            }
        }
    }

    /// Text whose character references stay as they are; a lone ampersand is escaped.
    static func appendKeepingReferences(_ text: ArraySlice<UInt8>, to output: inout [UInt8]) {
        for (index, byte) in zip(text.indices, text) {
            if byte == UInt8(ascii: "&"), isReference(text[index...]) {
                output.append(byte)
            } else {
                append(CollectionOfOne(byte), to: &output)
            }
        }
    }

    /// The text that character references stand for. Names beyond the few that matter stay as they are, and so harm nobody.
    static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        guard text.contains(UInt8(ascii: "&")) else { return Array(text) }
        var result: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "&"), let (scalar, next) = reference(in: text[index...]) {
                result += Array(String(Character(scalar)).utf8)
                index = next
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    private static func isReference(_ text: ArraySlice<UInt8>) -> Bool {
        let body = text.dropFirst().prefix(32)
        guard let end = body.firstIndex(of: UInt8(ascii: ";")), end > body.startIndex else { return false }
        return body[..<end].allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "#") }
    }

    private static let names: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "colon": ":", "Tab": "\t", "NewLine": "\n",
        "lpar": "(", "rpar": ")", "sol": "/", "bsol": "\\", "nbsp": "\u{a0}", "num": "#", "quest": "?", "period": ".",
        "comma": ",", "semi": ";", "equals": "=", "excl": "!", "percnt": "%", "lowbar": "_", "AMP": "&", "LT": "<",
        "GT": ">", "QUOT": "\"",
    ]

    /// A reference at the start: what it stands for, and where it ends. Browsers take numbers without the semicolon too.
    private static func reference(in text: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
        var index = text.startIndex + 1
        guard index < text.endIndex else { return nil }
        if text[index] == UInt8(ascii: "#") {
            index += 1
            let isHex = index < text.endIndex && text[index] | 0x20 == UInt8(ascii: "x")
            if isHex { index += 1 }
            var value: UInt32 = 0
            let start = index
            while index < text.endIndex, let digit = digit(text[index], isHex: isHex) {
                value = min(value * (isHex ? 16 : 10) + digit, 0x11_0000)
                index += 1
            }
            guard index > start else { return nil }
            if index < text.endIndex, text[index] == UInt8(ascii: ";") { index += 1 }
            return (value == 0 ? "\u{fffd}" : Unicode.Scalar(value) ?? "\u{fffd}", index)
        }
        let body = text[index...].prefix(12)
        guard let end = body.firstIndex(of: UInt8(ascii: ";")),
            let scalar = names[String(decoding: body[..<end], as: UTF8.self)]
        else { return nil }
        return (scalar, end + 1)
    }

    private static func digit(_ byte: UInt8, isHex: Bool) -> UInt32? {
        if isDigit(byte) { return UInt32(byte - UInt8(ascii: "0")) }
        let lower = byte | 0x20
        guard isHex, (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(lower) else { return nil }
        return UInt32(lower - UInt8(ascii: "a")) + 10
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
