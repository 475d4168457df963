import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import SearchIndex
import Testing

@testable import GalleryMarket

/// Measures search over a generated gallery, where `GALLERY_SEARCH_BENCH` says how many assets it has.
///
///     GALLERY_SEARCH_BENCH=100000 scripts/with-postgres … --filter SearchBench
struct SearchBench {
    private static let size = ProcessInfo.processInfo.environment["GALLERY_SEARCH_BENCH"].flatMap { Int($0) } ?? 0
    private static let goal = Duration.milliseconds(50)

    private static let words = """
        bert roberta qwen llama mistral whisper resnet yolo clip diffusion vision speech audio medical finance legal chat instruct
        base large small tiny mini multilingual chinese english french code math reasoning embedding rerank ocr table graph
        segmentation detection classification translation summary question answer dialogue agent robot video image text
        """.split(whereSeparator: \.isWhitespace).map(String.init)
    private static let characters = Array("大语言模型训练数据集图像识别文本生成语音视频中文翻译医疗金融法律对话推理评测微调部署检测分割问答情感分析知识图谱向量检索")

    @Test(.enabled(if: size > 0), arguments: TestDatabase.all)
    func `search answers within its goal`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let market = try TestDiscovery(database)
            let ada = try await market.hub.identity.person("ada")
            try await fill(database, owner: ada.account?.id ?? AccountID(""))
            if database.dialect == .postgres { try await database.write { db in try db.execute("ANALYZE") } }
            let clock = ContinuousClock()
            let loading = try await clock.measure { _ = try await market.discovery.shelf() }
            print("\(kind): \(Self.size) assets, shelf filled in \(loading)")
            var all: [Duration] = []
            for (name, query) in questions {
                var times: [Duration] = []
                var total = 0
                for round in 0..<12 {
                    let time = try await clock.measure { total = try await market.discovery.list(query, by: ada).total }
                    if round > 1 { times.append(time) }
                }
                times.sort()
                all += times
                print(
                    "\(kind)  \(name.padding(toLength: 34, withPad: " ", startingAt: 0)) \(total) found, median \(times[5]), worst \(times[9])"
                )
            }
            all.sort()
            let p95 = all[all.count * 95 / 100]
            print("\(kind)  p95 \(p95)")
            #expect(p95 < Self.goal)
        }
    }

    private var questions: [(String, AssetQuery)] {
        func query(_ text: String, _ filters: [Facet: [String]] = [:], _ order: ShelfOrder? = nil) -> AssetQuery {
            var query = AssetQuery()
            query.text = text
            query.filters = filters
            query.order = order
            return query
        }
        return [
            ("all, trending", query("")), ("models, downloads", query("", [.kind: ["model"]], .downloads)),
            ("narrowed twice", query("", [.task: ["text-generation"], .license: ["mit", "apache-2.0"]])),
            ("a tag", query("", [.tag: ["tag-7"]])), ("common word", query("chat")),
            ("common word, by date", query("chat", [:], .newest)),
            ("two words", query("qwen chat")), ("part of a name", query("oberta")), ("beginning", query("seg")),
            ("two characters", query("模型")), ("three characters", query("语音视")), ("one character", query("医")),
            ("mixed", query("bert 图像")), ("narrowed text", query("image", [.kind: ["dataset"], .language: ["zh"]])),
            ("exact name", query("owner/qwen-bert-4711")), ("nothing", query("zzzzz")),
        ]
    }

    /// Rows as the hub and the indexer would write them.
    private func fill(_ database: any Database, owner: AccountID) async throws {
        var random = Linear(state: 42)
        let step = 500
        for start in stride(from: 0, to: Self.size, by: step) {
            var assets: [(id: RepoID, name: String, kind: RepoKind, facets: AssetFacets, document: [[String]])] = []
            for number in start..<min(start + step, Self.size) {
                let name = "\(random.pick(Self.words))-\(random.pick(Self.words))-\(number)"
                let kind = random.pick([RepoKind.model, .model, .model, .dataset, .dataset, .algorithm, .notebook])
                let tags = (0..<4).map { _ in "tag-\(random.below(200))" }
                let facets = AssetFacets(
                    kind: kind,
                    owner: "ada",
                    task: random.pick(["text-generation", "fill-mask", "translation", "object-detection"]),
                    library: random.pick(["transformers", "diffusers", "timm"]),
                    gating: .off,
                    tags: tags + [
                        "license:\(random.pick(["mit", "apache-2.0", "other"]))",
                        "language:\(random.pick(["zh", "en"]))",
                    ],
                    marks: []
                )
                let prose = (0..<120).map { _ in random.pick(Self.words) }.joined(separator: " ")
                let chinese = String((0..<60).map { _ in random.pick(Self.characters) })
                let text = AssetText(
                    name: name,
                    owner: "ada",
                    nickname: "",
                    titles: [String((0..<6).map { _ in random.pick(Self.characters) })],
                    tags: tags,
                    description: (0..<12).map { _ in random.pick(Self.words) }.joined(separator: " "),
                    introduction: prose + " " + chinese
                )
                assets.append((RepoID("r\(number)"), name, kind, facets, text.document))
            }
            let batch = assets
            let seed = random.next()
            try await database.write { db in
                var random = Linear(state: seed)
                for (offset, asset) in batch.enumerated() {
                    let number = start + offset + 1
                    try db.execute(
                        """
                        INSERT INTO repositories (id, kind, owner, name, name_key, visibility, listing, gating, created_at,
                            updated_at, downloads, likes, hotness)
                        VALUES (\(asset.id), \(asset.kind), \(owner), \(asset.name), \(asset.name), 'everyone', 'published',
                            'off', \(random.below(1 << 40)), \(random.below(1 << 40)), \(random.below(100_000)),
                            \(random.below(1000)), \(Double(random.below(1_000_000)) / 1000))
                        """
                    )
                    try db.execute(
                        """
                        INSERT INTO search_assets (number, repo, version, facets, parameters)
                        VALUES (\(number), \(asset.id), 1, \(asset.facets.text), 0)
                        """
                    )
                    try db.putText(asset.document, number: number, in: DiscoveryMigrations.texts)
                }
            }
        }
    }
}

/// Numbers that look random and are the same each time.
private struct Linear {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 16
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
}
