package import GalleryModel

/// Differences of text in the unified form of `git diff`.
package enum TextDiff {
    private static let context = 3
    /// Beyond this many differing lines a text counts as rewritten.
    private static let maximumDistance = 1500

    /// The patch of one file; nil bytes stand for what is too large to compare.
    package static func patch(
        path: String,
        oldID: GitOID?,
        newID: GitOID?,
        oldMode: FileMode?,
        newMode: FileMode?,
        old: [UInt8]?,
        new: [UInt8]?
    ) -> String {
        var head = "diff --git a/\(path) b/\(path)\n"
        switch (oldMode, newMode) {
        case (nil, let mode?): head += "new file mode \(mode.octal)\n"
        case (let mode?, nil): head += "deleted file mode \(mode.octal)\n"
        case (let old?, let new?) where old != new: head += "old mode \(old.octal)\nnew mode \(new.octal)\n"
        default: break
        }
        guard oldID != newID else { return head }
        let zeros = String(repeating: "0", count: 40)
        head += "index \(oldID?.hex ?? zeros)..\(newID?.hex ?? zeros)"
        if let mode = newMode, mode == oldMode { head += " \(mode.octal)" }
        head += "\n"
        guard let old, let new, isText(old), isText(new) else {
            return head
                + "Binary files \(oldID == nil ? "/dev/null" : "a/\(path)") and \(newID == nil ? "/dev/null" : "b/\(path)") differ\n"
        }
        let hunks = hunks(lines(of: old), lines(of: new))
        guard !hunks.isEmpty else { return head }
        return head
            + "--- \(oldID == nil ? "/dev/null" : "a/\(path)")\n+++ \(newID == nil ? "/dev/null" : "b/\(path)")\n"
            + hunks
    }

    private static func isText(_ bytes: [UInt8]) -> Bool { !bytes.prefix(8000).contains(0) }

    /// Lines with their line ends.
    private static func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            lines.append(bytes[start...index])
            start = index + 1
        }
        if start < bytes.count { lines.append(bytes[start...]) }
        return lines
    }

    fileprivate enum Step {
        case keep(Int, Int)
        case remove(Int)
        case add(Int)
    }

    private static func hunks(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> String {
        let steps = steps(old, new)
        var result = ""
        var index = 0
        while index < steps.count {
            guard let change = steps[index...].firstIndex(where: \.isChange) else { break }
            let start = max(index, change - context)
            var last = change
            var next = change + 1
            // Changes that stand close together share a hunk.
            while next < steps.count, next - last <= 2 * context {
                if steps[next].isChange { last = next }
                next += 1
            }
            let end = min(steps.count, last + context + 1)
            result += hunk(steps[start..<end], old, new, before: steps[..<start])
            index = end
        }
        return result
    }

    private static func hunk(
        _ steps: ArraySlice<Step>,
        _ old: [ArraySlice<UInt8>],
        _ new: [ArraySlice<UInt8>],
        before: ArraySlice<Step>
    ) -> String {
        var body = ""
        var (oldCount, newCount) = (0, 0)
        func append(_ mark: String, _ line: ArraySlice<UInt8>) {
            body += mark + String(decoding: line, as: UTF8.self)
            if line.last != UInt8(ascii: "\n") { body += "\n\\ No newline at end of file\n" }
        }
        for step in steps {
            switch step {
            case .keep(let index, _):
                append(" ", old[index])
                oldCount += 1
                newCount += 1
            case .remove(let index):
                append("-", old[index])
                oldCount += 1
            case .add(let index):
                append("+", new[index])
                newCount += 1
            }
        }
        let oldStart = before.reduce(0) { $0 + ($1.isAddition ? 0 : 1) } + (oldCount > 0 ? 1 : 0)
        let newStart = before.reduce(0) { $0 + ($1.isRemoval ? 0 : 1) } + (newCount > 0 ? 1 : 0)
        func range(_ start: Int, _ count: Int) -> String { count == 1 ? "\(start)" : "\(start),\(count)" }
        return "@@ -\(range(oldStart, oldCount)) +\(range(newStart, newCount)) @@\n" + body
    }

    /// Myers' shortest edit between what the texts do not share at both ends.
    private static func steps(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Step] {
        var head = 0
        while head < old.count, head < new.count, old[head].elementsEqual(new[head]) { head += 1 }
        var tail = 0
        while tail < old.count - head, tail < new.count - head,
            old[old.count - 1 - tail].elementsEqual(new[new.count - 1 - tail])
        { tail += 1 }
        let middle = shortest(old, head..<(old.count - tail), new, head..<(new.count - tail))
        return (0..<head).map { .keep($0, $0) } + middle
            + (0..<tail).map { .keep(old.count - tail + $0, new.count - tail + $0) }
    }

    private static func shortest(
        _ old: [ArraySlice<UInt8>],
        _ oldRange: Range<Int>,
        _ new: [ArraySlice<UInt8>],
        _ newRange: Range<Int>
    ) -> [Step] {
        let (n, m) = (oldRange.count, newRange.count)
        let rewritten: [Step] = oldRange.map(Step.remove) + newRange.map(Step.add)
        guard n > 0, m > 0 else { return rewritten }
        // Lines as numbers, so that comparing is cheap.
        var numbers: [ArraySlice<UInt8>: Int] = [:]
        func number(_ line: ArraySlice<UInt8>) -> Int {
            if let known = numbers[line] { return known }
            numbers[line] = numbers.count
            return numbers.count - 1
        }
        let a = oldRange.map { number(old[$0]) }
        let b = newRange.map { number(new[$0]) }
        let limit = min(n + m, maximumDistance)
        var furthest = [Int](repeating: 0, count: 2 * limit + 3)
        var trace: [[Int]] = []
        let zero = limit + 1
        for distance in 0...limit {
            trace.append(Array(furthest[(zero - distance - 1)...(zero + distance + 1)]))
            for diagonal in stride(from: -distance, through: distance, by: 2) {
                let isDown =
                    diagonal == -distance
                    || (diagonal != distance && furthest[zero + diagonal - 1] < furthest[zero + diagonal + 1])
                var x = isDown ? furthest[zero + diagonal + 1] : furthest[zero + diagonal - 1] + 1
                var y = x - diagonal
                while x < n, y < m, a[x] == b[y] {
                    x += 1
                    y += 1
                }
                furthest[zero + diagonal] = x
                if x >= n, y >= m {
                    return walkBack(trace, n, m).map { step in
                        switch step {
                        case .keep(let x, let y): .keep(x + oldRange.lowerBound, y + newRange.lowerBound)
                        case .remove(let x): .remove(x + oldRange.lowerBound)
                        case .add(let y): .add(y + newRange.lowerBound)
                        }
                    }
                }
            }
        }
        return rewritten
    }

    private static func walkBack(_ trace: [[Int]], _ n: Int, _ m: Int) -> [Step] {
        var steps: [Step] = []
        var (x, y) = (n, m)
        for distance in stride(from: trace.count - 1, through: 0, by: -1) {
            let row = trace[distance]
            func furthest(_ diagonal: Int) -> Int { row[diagonal + distance + 1] }
            let diagonal = x - y
            let isDown =
                diagonal == -distance || (diagonal != distance && furthest(diagonal - 1) < furthest(diagonal + 1))
            let previous = isDown ? diagonal + 1 : diagonal - 1
            let startX = distance == 0 ? 0 : furthest(previous)
            let startY = distance == 0 ? 0 : startX - previous
            while x > startX, y > startY,
                distance == 0 || x > (isDown ? startX : startX + 1) || y > (isDown ? startY + 1 : startY)
            {
                x -= 1
                y -= 1
                steps.append(.keep(x, y))
            }
            guard distance > 0 else { break }
            if isDown {
                y -= 1
                steps.append(.add(y))
            } else {
                x -= 1
                steps.append(.remove(x))
            }
        }
        return steps.reversed()
    }
}

extension TextDiff.Step {
    fileprivate var isChange: Bool { if case .keep = self { false } else { true } }
    fileprivate var isAddition: Bool { if case .add = self { true } else { false } }
    fileprivate var isRemoval: Bool { if case .remove = self { true } else { false } }
}
