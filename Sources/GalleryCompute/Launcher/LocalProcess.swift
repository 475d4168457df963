import Foundation
import Glibc

/// What the system says of a process of this machine.
struct LocalProcess: Sendable {
    let number: Int32
    let isAlive: Bool
    let group: Int32
    /// When it started; with its number this tells it from every other.
    let start: String

    /// Nil where there is none.
    init?(_ number: Int32) {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(number)/stat") else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[name...].split { $0 == " " || $0 == "\n" }.dropFirst().map(String.init)
        guard fields.count > 19, let group = Int32(fields[2]) else { return nil }
        self.number = number
        self.group = group
        isAlive = fields[0] != "Z" && fields[0] != "X"
        start = fields[19]
    }

    static func all(inGroup group: Int32) -> [LocalProcess] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.compactMap { LocalProcess($0) }.filter { $0.group == group && $0.isAlive }
    }

    /// Whether a signal says nothing to it.
    func ignores(_ signal: Int32) -> Bool {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(number)/status") else { return true }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("SigIgn:") }
        guard let word = line?.split(whereSeparator: \.isWhitespace).last, let set = UInt64(word, radix: 16) else {
            return true
        }
        return set & (1 << UInt64(signal - 1)) != 0
    }
}
