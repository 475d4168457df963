import GalleryClient

/// A transfer as one line of text: `Download 1/4 config.json: 100%|####| 665/665 [00:00<?, ?B/s]`.
struct ProgressLine: Sendable {
    /// Shorter transfers say nothing about the speed of the line.
    private static let leastMeasured: Int64 = 16_384

    var title: String
    var total: Int64
    var done: Int64
    /// What an earlier run had brought.
    var initial: Int64
    var seconds: Double

    func text(columns: Int) -> String {
        let fraction = total > 0 ? min(1, max(0, Double(done) / Double(total))) : 1
        let percent = String(Int(fraction * 100))
        let left = "\(title.printable): \(String(repeating: " ", count: max(0, 3 - percent.count)))\(percent)%|"
        let right = "| \(Self.amount(Double(done)))/\(Self.amount(Double(total))) [\(timing)]"
        let room = columns - left.displayWidth - right.displayWidth
        return left + Self.bar(fraction, width: max(10, room)) + right
    }

    private var timing: String {
        let moved = done - initial
        let rate = moved >= Self.leastMeasured && seconds > 0.000_5 ? Double(moved) / seconds : nil
        let remaining = rate.map { Self.interval(Double(total - done) / $0) } ?? "?"
        return "\(Self.interval(seconds))<\(remaining), \(rate.map(Self.amount) ?? "?")B/s"
    }

    /// Tenths of a character are shown by digits.
    static func bar(_ fraction: Double, width: Int) -> String {
        let tenths = Int(fraction * Double(width) * 10)
        let full = min(width, tenths / 10)
        guard full < width else { return String(repeating: "#", count: width) }
        let rest = tenths % 10
        return String(repeating: "#", count: full) + (rest == 0 ? " " : String(rest))
            + String(repeating: " ", count: width - full - 1)
    }

    /// Three significant digits with a decimal unit: `665`, `12.0`, `1.36M`.
    static func amount(_ number: Double) -> String {
        var value = number
        for unit in ["", "k", "M", "G", "T", "P", "E"] {
            if abs(value) < 999.5 {
                let decimals = abs(value) < 9.995 ? 2 : abs(value) < 99.95 ? 1 : 0
                return fixed(value, decimals) + unit
            }
            value /= 1000
        }
        return fixed(value, 1) + "Z"
    }

    private static func fixed(_ value: Double, _ decimals: Int) -> String {
        let scale = [1, 10, 100][decimals]
        let scaled = Int((value * Double(scale)).rounded(.toNearestOrEven))
        guard decimals > 0 else { return String(scaled) }
        let fraction = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    /// `MM:SS`, or `H:MM:SS` from an hour on.
    static func interval(_ seconds: Double) -> String {
        let whole = seconds.isFinite ? Int(min(max(0, seconds), 3_600_000)) : 3_600_000
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        return (hours > 0 ? "\(hours):" : "") + two(minutes) + ":" + two(whole % 60)
    }
}

extension String {
    /// Columns it takes on a terminal: two for each wide (East Asian) character.
    var displayWidth: Int {
        unicodeScalars.reduce(0) { width, scalar in
            switch scalar.value {
            case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: width
            case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
                0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
                width + 2
            default: width + 1
            }
        }
    }
}
