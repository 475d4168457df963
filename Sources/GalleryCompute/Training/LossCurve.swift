import Foundation
import GalleryServing

/// A chart of losses over steps, as SVG that we draw; its colours come from the style sheet.
struct LossCurve: Sendable {
    struct Line: Sendable {
        /// The class of its stroke.
        var style: String
        var points: [(step: Int64, value: Double)]

        /// At most `most` points: each the last of as many, so that the newest is always there.
        func thinned(to most: Int = 400) -> Line {
            guard points.count > most else { return self }
            let every = (points.count + most - 1) / most
            var line = self
            line.points = points.enumerated().filter { (points.count - 1 - $0.offset) % every == 0 }.map(\.element)
            return line
        }
    }

    private static let (width, height) = (640.0, 260.0)
    private static let (left, right, top, bottom) = (52.0, 12.0, 12.0, 28.0)

    let lines: [Line]
    private let steps: ClosedRange<Double>
    private let values: ClosedRange<Double>
    private let ticks: [Double]

    /// Nil where there is nothing to draw.
    init?(_ lines: [Line]) {
        let lines = lines.filter { !$0.points.isEmpty }.map { $0.thinned() }
        let points = lines.flatMap(\.points)
        guard let least = points.map(\.value).min(), let most = points.map(\.value).max(),
            let last = points.map(\.step).max()
        else { return nil }
        self.lines = lines
        steps = 0...Double(max(1, last))
        ticks = Self.ticks(from: least, to: most)
        values = (ticks.first ?? least)...max(ticks.last ?? most, (ticks.first ?? least) + 1e-9)
    }

    /// Round numbers around what is shown.
    static func ticks(from least: Double, to most: Double) -> [Double] {
        let span = max(most - least, abs(most) * 0.05, 1e-6)
        let rough = span / 4
        let power = pow(10, floor(log10(rough)))
        let unit = [1, 2, 2.5, 5, 10].first { $0 * power >= rough } ?? 10
        let step = unit * power
        let first = floor(least / step) * step
        let all = (0...8).map { first + Double($0) * step }
        return Array(all.prefix(max(2, all.prefix { $0 < most + step }.count)))
    }

    private func x(_ step: Double) -> Double {
        Self.left + (step - steps.lowerBound) / (steps.upperBound - steps.lowerBound)
            * (Self.width - Self.left - Self.right)
    }

    private func y(_ value: Double) -> Double {
        Self.top + (values.upperBound - value) / (values.upperBound - values.lowerBound)
            * (Self.height - Self.top - Self.bottom)
    }

    /// `label` says in words what it shows.
    func svg(label: String) -> String {
        var parts = [
            "<svg class=\"loss-curve\" viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" aria-label=\"\(Self.escaped(label))\">"
        ]
        for tick in ticks {
            let at = Self.short(y(tick))
            parts.append(
                "<line class=\"grid\" x1=\"\(Self.short(Self.left))\" x2=\"\(Self.short(Self.width - Self.right))\" y1=\"\(at)\" y2=\"\(at)\"/>"
            )
            parts.append(
                "<text x=\"\(Self.short(Self.left - 8))\" y=\"\(Self.short(y(tick) + 4))\" text-anchor=\"end\">\(Self.label(tick))</text>"
            )
        }
        for step in stepTicks {
            let anchor = step == 0 ? "start" : step == steps.upperBound ? "end" : "middle"
            parts.append(
                "<text x=\"\(Self.short(x(step)))\" y=\"\(Self.short(Self.height - 8))\" text-anchor=\"\(anchor)\">\(Int64(step))</text>"
            )
        }
        for line in lines {
            let points = line.points.map { "\(Self.short(x(Double($0.step)))),\(Self.short(y($0.value)))" }
            parts.append("<polyline class=\"curve \(line.style)\" points=\"\(points.joined(separator: " "))\"/>")
            if let last = line.points.last {
                parts.append(
                    "<circle class=\"\(line.style)\" cx=\"\(Self.short(x(Double(last.step))))\" cy=\"\(Self.short(y(last.value)))\" r=\"3\"/>"
                )
            }
        }
        return parts.joined() + "</svg>"
    }

    private var stepTicks: [Double] {
        let last = steps.upperBound
        guard last >= 4 else { return [0, last] }
        return [0, (last / 4).rounded(), (last / 2).rounded(), (last * 3 / 4).rounded(), last]
    }

    /// A value as axes and facts show it.
    static func label(_ value: Double) -> String {
        let size = abs(value)
        if value == 0 || size < 1e-12 { return "0" }
        if size >= 1000 || size < 0.001 { return String(format: "%.1e", value) }
        let text = String(format: size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.3f", value)
        guard text.contains(".") else { return text }
        let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
        return String(trimmed.reversed())
    }

    private static func short(_ number: Double) -> String { String((number * 10).rounded() / 10) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}
