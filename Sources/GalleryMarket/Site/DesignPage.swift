import Foundation
import GalleryServing

/// `/design`: every component in every state, for those who make pages.
struct DesignPage: Page {
    static let template = "site/design"

    struct FileRow {
        let name: String
        let icon: String
        let change: String
        let size: String?
        let date: Moment
        let badge: Badge?
    }

    struct Person {
        let name: String
        let note: String
    }

    let colours = ["text", "muted", "accent", "positive", "warning", "danger"]
    let sizes = ["12", "13", "14", "16", "20", "24", "32"]
    let icons = [
        "search", "plus", "minus", "close", "check", "bell", "star", "star-filled", "download", "upload", "copy",
        "file", "folder", "branch", "commit", "tag", "clock", "comment", "user", "users", "building", "settings", "key",
        "lock", "eye", "eye-off", "edit", "trash", "warning", "info", "chevron-down", "chevron-right", "chevron-left",
        "external", "link", "more", "filter", "sort", "model", "dataset", "algorithm", "notebook", "collection",
        "history", "compare", "sign-out", "home", "shield", "mail", "calendar", "chart", "list", "refresh", "play",
        "pin", "inbox", "scale",
    ]
    let states: [Badge]
    let tones: [Badge]
    let tabs: [Tab]
    let crumbs: [Crumb]
    let pager: Pager?
    let facts: [Fact]
    let files: [FileRow]
    let snippet = "from huggingface_hub import snapshot_download\nsnapshot_download(\"samples/all-MiniLM-L6-v2\")"
    let notices: [Notice]
    let assets: [AssetRow]
    let groups: [AssetListPage.Group]
    let moment: Moment
    let longName = "a-model-with-a-name-of-ninety-six-characters-that-has-to-break-somewhere-on-a-telephone-0123456"

    init(_ words: Phrases, now: Date) {
        let formats = Formats(words.language)
        states = StateBadge.allCases.map { $0.badge(words) }
        tones = Tone.allCases.map { Badge($0.rawValue, $0) }
        tabs = [
            Tab(words.say("design.tab.introduction"), "#tabs", icon: "info", isCurrent: true),
            Tab(words.say("design.tab.files"), "#tabs", icon: "file", count: "12"),
            Tab(words.say("design.tab.versions"), "#tabs", icon: "tag", count: "3"),
            Tab(words.say("design.tab.settings"), "#tabs", icon: "settings"),
        ]
        crumbs = [Crumb("samples", "#breadcrumb"), Crumb("all-MiniLM-L6-v2", "#breadcrumb"), Crumb("config.json")]
        pager = Pager(first: "#pager", next: "#pager")
        facts = [
            Fact(words.say("design.fact.licence"), "Apache-2.0", path: "#facts"),
            Fact(words.say("design.fact.size"), formats.bytes(90_900_000)),
            Fact(words.say("design.fact.downloads"), formats.count(1_234_567)),
        ]
        moment = formats.moment(now.addingTimeInterval(-3 * 86_400), now: now)
        files = [
            FileRow(name: "onnx", icon: "folder", change: "Add ONNX weights", size: nil, date: moment, badge: nil),
            FileRow(
                name: "model.safetensors",
                icon: "file",
                change: words.say("design.change"),
                size: formats.bytes(90_900_000),
                date: moment,
                badge: StateBadge.safe.badge(words)
            ),
            FileRow(
                name: "pytorch_model.bin",
                icon: "file",
                change: "Upload folder using huggingface_hub",
                size: formats.bytes(90_900_000),
                date: moment,
                badge: StateBadge.unsafe.badge(words)
            ),
            FileRow(
                name: longName + ".safetensors",
                icon: "file",
                change: longName,
                size: formats.bytes(1_024),
                date: moment,
                badge: StateBadge.scanning.badge(words)
            ),
        ]
        assets = Self.assets(longName, moment, words)
        groups = [
            AssetListPage.Group(
                title: words.say("design.fact.licence"),
                choices: [
                    .init(text: "Apache 2.0", count: formats.count(1_204), path: "#assets", isChosen: true),
                    .init(text: "MIT", count: formats.count(86), path: "#assets", isChosen: false),
                    .init(text: longName, count: "0", path: "#assets", isChosen: false),
                ],
                more: [],
                moreText: nil
            )
        ]
        let action = Notice.Action(text: words.say("design.notice.action"), path: "#notices")
        notices = Tone.allCases.map { Notice(words.say("design.notice"), $0, action: $0 == .neutral ? nil : action) }
    }

    /// A common line of a list, one with everything, and the longest.
    private static func assets(_ longName: String, _ moment: Moment, _ words: Phrases) -> [AssetRow] {
        let badges = [Badge("Official", .accent), StateBadge.gated.badge(words), StateBadge.delisted.badge(words)]
        return [("all-MiniLM-L6-v2", nil, []), ("all-MiniLM-L6-v2", "小型句向量模型", badges), (longName, longName, [])].map {
            name,
            title,
            badges in
            AssetRow(
                path: "#assets",
                owner: "samples",
                name: name,
                title: title,
                icon: "model",
                kind: "",
                badges: badges,
                facts: ["Text generation", "22.7M", "Apache 2.0", "transformers"],
                updated: moment,
                updatedLabel: words.say("discovery.updated"),
                counts: [
                    AssetRow.Count(icon: "download", text: "1.2M", label: "1.2M"),
                    AssetRow.Count(icon: "star", text: "86", label: "86"),
                ]
            )
        }
    }
}
