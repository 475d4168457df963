import Foundation
import Synchronization
import Testing

@testable import gallery_cli

@Suite struct ProgressLineTests {
    @Test func `a small file shows as in the guide`() {
        let line = ProgressLine(title: "Download config.json", total: 665, done: 665, initial: 0, seconds: 0.004)
        let bar = String(repeating: "#", count: 68)
        #expect(line.text(columns: 120) == "Download config.json: 100%|\(bar)| 665/665 [00:00<?, ?B/s]")
    }

    @Test(
        arguments: [
            (456_000, 0.2141, "456k/456k [00:00<00:00, 2.13MB/s]"),
            (548_000_000, 13.1, "548M/548M [00:13<00:00, 41.8MB/s]"),
            (0, 0, "0.00/0.00 [00:00<?, ?B/s]"), (5_000_000_000, 3725, "5.00G/5.00G [1:02:05<00:00, 1.34MB/s]"),
        ] as [(Int64, Double, String)]
    )
    func `size, time and rate read as in the guide`(size: Int64, seconds: Double, expected: String) {
        let line = ProgressLine(title: "x", total: size, done: size, initial: 0, seconds: seconds)
        #expect(line.text(columns: 100).hasSuffix("| " + expected))
    }

    @Test(
        arguments: [
            (0, "0.00"), (5, "5.00"), (12, "12.0"), (124, "124"), (999, "999"), (1000, "1.00k"), (1_355_000, "1.36M"),
            (99_949, "99.9k"), (999_600, "1.00M"), (2.5e21, "2.5Z"),
        ] as [(Double, String)]
    ) func `amounts have three digits`(number: Double, expected: String) {
        #expect(ProgressLine.amount(number) == expected)
    }

    @Test func `a transfer on its way shows tenths, what is left, and the speed of this run`() {
        let line = ProgressLine(title: "Upload w.bin", total: 1_000_000, done: 550_000, initial: 50_000, seconds: 5)
        let text = line.text(columns: 70)
        #expect(text.hasPrefix("Upload w.bin:  55%|####"))
        #expect(text.hasSuffix("| 550k/1.00M [00:05<00:04, 100kB/s]"))
        #expect(text.displayWidth == 70)
        #expect(ProgressLine.bar(0.55, width: 10) == "#####5    ")
        #expect(ProgressLine.bar(1, width: 10) == "##########")
    }

    @Test func `wide characters take two columns`() {
        #expect("数据.txt".displayWidth == 8)
    }

    @Test func `files that end in any order are shown in theirs, one line each, without carriage returns`() {
        let written = Mutex("")
        let console = Console(isTerminal: false, columns: 80) { text in written.withLock { $0 += text } }
        let board = ProgressBoard(
            verb: "Download",
            files: [("a", 1), ("b", 2), ("c", 3)],
            console: console,
            isQuiet: false
        )
        board.report(2, 3)
        board.finish(2)
        board.report(0, 0)
        #expect(written.withLock { $0 } == "")
        board.finish(0)
        board.finish(1)
        let lines = written.withLock { $0 }.split(separator: "\n")
        #expect(lines.map { $0.prefix(15) } == ["Download 1/3 a:", "Download 2/3 b:", "Download 3/3 c:"])
        #expect(!written.withLock { $0 }.contains("\r"))
        #expect(lines.allSatisfy { $0.contains("100%|####") })
    }

    @Test func `on a terminal the line is redrawn in place`() {
        let written = Mutex("")
        let console = Console(isTerminal: true, columns: 80) { text in written.withLock { $0 += text } }
        let board = ProgressBoard(verb: "Download", files: [("a", 100)], console: console, isQuiet: false)
        board.report(0, 50)
        board.finish(0)
        let text = written.withLock { $0 }
        #expect(text.hasPrefix("\rDownload a:  50%|"))
        #expect(text.hasSuffix("]\u{1B}[K\n"))
    }
}
