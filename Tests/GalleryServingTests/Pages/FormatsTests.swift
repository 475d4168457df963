import Foundation
import GalleryServing
import Testing

struct FormatsTests {
    @Test(
        arguments: [
            (0, "0", "0"), (987, "987", "987"), (1234, "1.2k", "1,234"), (12_345, "12.3k", "1.2万"),
            (999_999, "1M", "100万"), (4_500_000, "4.5M", "450万"), (340_000_000, "340M", "3.4亿"),
        ]
    )
    func `counts are short`(value: Int, english: String, chinese: String) {
        #expect(Formats(.english).count(value) == english)
        #expect(Formats(.chinese).count(value) == chinese)
    }

    @Test func `numbers are grouped`() {
        let formats = Formats(.english)
        #expect([0, 999, 1000, 1_234_567, -1234].map(formats.number) == ["0", "999", "1,000", "1,234,567", "−1,234"])
    }

    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (90_900_000, "90.9 MB"), (999_990, "1 MB"),
            (5_000_000_000, "5 GB"), (123_456_789_012, "123 GB"),
        ] as [(Int64, String)]
    )
    func `sizes are those of disks`(value: Int64, text: String) {
        #expect(Formats(.english).bytes(value) == text)
    }

    @Test(
        arguments: [
            (5, "just now", "刚刚"), (60, "1 minute ago", "1 分钟前"), (3 * 3600, "3 hours ago", "3 小时前"),
            (86_400, "1 day ago", "1 天前"), (70 * 86_400, "2 months ago", "2 个月前"),
            (800 * 86_400, "2 years ago", "2 年前"), (-7200, "in 2 hours", "2 小时后"),
        ] as [(Double, String, String)]
    )
    func `times are told by how long ago they were`(seconds: Double, english: String, chinese: String) {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let then = now.addingTimeInterval(-seconds)
        #expect(Formats(.english).moment(then, now: now).relative == english)
        #expect(Formats(.chinese).moment(then, now: now).relative == chinese)
        #expect(Formats.absolute(now) == "2027-01-15 08:00 UTC")
    }
}
