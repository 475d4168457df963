import CLinux

/// How a file's text is written; found out from its bytes.
package enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "UTF-8"
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"
    case gb18030 = "GB18030"

    /// The text of a file, or nil where it is no text. Where the bytes are only the beginning of a file, a character cut in
    /// two at their end is left out.
    package static func read(_ bytes: [UInt8], isWhole: Bool = true) -> (text: String, encoding: TextEncoding)? {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
            return utf8(bytes[3...], isWhole).map { ($0, .utf8) }
        }
        if bytes.starts(with: [0xff, 0xfe]) { return (utf16(bytes[2...], isLittle: true), .utf16LittleEndian) }
        if bytes.starts(with: [0xfe, 0xff]) { return (utf16(bytes[2...], isLittle: false), .utf16BigEndian) }
        if let guess = utf16WithoutMark(bytes) {
            return (utf16(bytes[...], isLittle: guess == .utf16LittleEndian), guess)
        }
        guard !bytes.contains(0) else { return nil }
        if let text = utf8(bytes[...], isWhole) { return (text, .utf8) }
        return gb18030(bytes, isWhole).map { ($0, .gb18030) }
    }

    private static func utf8(_ bytes: ArraySlice<UInt8>, _ isWhole: Bool) -> String? {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        guard !isWhole else { return nil }
        for cut in 1...3 where bytes.count > cut {
            if let text = String(validating: bytes.dropLast(cut), as: UTF8.self) { return text }
        }
        return nil
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, isLittle: Bool) -> String {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex {
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            units.append(isLittle ? second << 8 | first : first << 8 | second)
            index += 2
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// Text of Latin letters in UTF-16 has a zero in every other place.
    private static func utf16WithoutMark(_ bytes: [UInt8]) -> TextEncoding? {
        let sample = bytes.prefix(2048)
        guard sample.count >= 8, sample.count.isMultiple(of: 2) || bytes.count > 2048 else { return nil }
        var zeros = [0, 0]
        for (index, byte) in sample.enumerated() where byte == 0 { zeros[index & 1] += 1 }
        let half = sample.count / 2
        if zeros[1] * 10 >= half * 7, zeros[0] * 20 <= half { return .utf16LittleEndian }
        if zeros[0] * 10 >= half * 7, zeros[1] * 20 <= half { return .utf16BigEndian }
        return nil
    }

    /// Only where all of it is valid, and most of what is not ASCII stands for Chinese.
    private static func gb18030(_ bytes: [UInt8], _ isWhole: Bool) -> String? {
        guard let converter = iconv_open("UTF-8", "GB18030"), converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        for cut in 0...(isWhole ? 0 : 3) where bytes.count > cut {
            guard let text = converted(bytes.dropLast(cut), converter) else { continue }
            var foreign = 0
            var chinese = 0
            for scalar in text.unicodeScalars where scalar.value > 0x7f {
                foreign += 1
                let isChinese =
                    (0x4e00...0x9fff).contains(scalar.value) || (0x3000...0x303f).contains(scalar.value)
                    || (0xff00...0xffef).contains(scalar.value) || (0x2010...0x2027).contains(scalar.value)
                if isChinese { chinese += 1 }
            }
            return chinese * 10 >= foreign * 7 ? text : nil
        }
        return nil
    }

    private static func converted(_ bytes: ArraySlice<UInt8>, _ converter: iconv_t) -> String? {
        var input = bytes.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: bytes.count * 3 + 16)
        let written: Int? = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                var (source, target) = (input.baseAddress, output.baseAddress)
                var (left, room) = (input.count, output.count)
                _ = iconv(converter, nil, nil, nil, nil)
                let result = iconv(converter, &source, &left, &target, &room)
                return result == Int(bitPattern: UInt.max) || left > 0 ? nil : output.count - room
            }
        }
        return written.map { String(decoding: output[..<$0].lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
    }
}
