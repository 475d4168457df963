import Foundation
import GalleryDatabase
import GalleryModel
import GalleryServing
import GitObjects

/// Keeps what lists show of a repository in step with the files of main: the card, its tags, the model's configuration.
struct RepoCardKeeper: Sendable {
    /// The files that are read for it.
    static let sources: Set<String> = [
        "README.md", "config.json", "tokenizer_config.json", "model.safetensors.index.json", ".gitattributes",
        ".gitignore",
    ]

    let store: GitStore

    func keep(_ move: ReferenceMove, _ db: any SQLConnection) throws {
        guard move.name == Files.mainReference, let new = move.new else { return }
        try keep(new, of: move.repo, at: move.at, db)
    }

    /// The same for what main is now.
    func keep(_ head: GitOID, of repo: RepoID, at now: Date, _ db: any SQLConnection) throws {
        guard let commit = try db.commit(head, of: repo),
            let kind = try db.value(RepoKind.self, "SELECT kind FROM repositories WHERE id = \(repo)")
        else { return }
        let top = try store.tree(commit.tree, of: repo, in: db)
        let weights = try weights(in: top, of: repo, kind, db)
        if case .unread(let content, let size) = weights {
            let job = WeighModel(repo: repo, content: content, size: size)
            try db.enqueue(job, at: now, singleKey: "\(WeighModel.kind) \(repo) \(content)")
        }
        let source = fingerprint(of: top, weights)
        guard try db.value([UInt8].self, "SELECT source FROM repository_cards WHERE repo = \(repo)") != source
        else { return }
        let (card, config) = try read(commit.tree, of: repo, kind, db)
        try db.keep(card, config, source: source, of: repo)
    }

    /// What the files of a version say.
    func read(
        _ tree: GitOID,
        of repo: RepoID,
        _ kind: RepoKind,
        _ db: any SQLConnection
    ) throws -> (card: RepoCardText, config: ModelConfig) {
        let top = try store.tree(tree, of: repo, in: db)
        let card = RepoCardText(
            readme: try text("README.md", in: top, of: repo, db),
            kind: kind,
            names: Self.endings(in: top)
        )
        let config = ModelConfig(
            config: try text("config.json", in: top, of: repo, db),
            tokenizer: try text("tokenizer_config.json", in: top, of: repo, db),
            index: try text("model.safetensors.index.json", in: top, of: repo, db),
            weights: try weights(in: top, of: repo, kind, db).totals
        )
        return (card, config)
    }

    /// Changes when one of the sources does, or the kinds of files at the top.
    private func fingerprint(of top: Tree, _ weights: Weights) -> [UInt8] {
        var bytes: [UInt8] = []
        for name in Self.sources.sorted() {
            bytes += Array(name.utf8) + (top.entry(named: GitName(name))?.oid.bytes ?? []) + [0]
        }
        for ending in Self.endings(in: top).sorted() { bytes += Array(ending.utf8) + [0] }
        bytes += Array(weights.totals.utf8)
        return SHA256Digest.of(bytes).bytes
    }

    /// What is known of a model's one file of weights.
    private enum Weights {
        case none
        case known(String)
        case unread(SHA256Digest, size: Int)

        var totals: String { if case .known(let totals) = self { totals } else { "" } }
    }

    private func weights(
        in top: Tree,
        of repo: RepoID,
        _ kind: RepoKind,
        _ db: any SQLConnection
    ) throws -> Weights {
        guard kind == .model, let entry = top.entry(named: GitName(ModelWeights.file)), !entry.isFolder,
            let facts = try store.facts(of: [entry.oid], in: repo, db)[entry.oid]
        else { return .none }
        guard let content = facts.content else {
            return .known(ModelWeights.totals(try db.blobBody(entry.oid, of: repo) ?? []))
        }
        if let known = try db.modelWeights(of: content) { return .known(known) }
        return .unread(content, size: Int(facts.lfsSize ?? facts.size))
    }

    /// The endings among the first files at the top, which tell the format of weights.
    private static func endings(in top: Tree) -> Set<String> {
        var result: Set<String> = []
        for index in 0..<min(top.count, 500) {
            let name = top[index].name.text
            if let dot = name.lastIndex(of: ".") { result.insert(String(name[dot...])) }
        }
        return result
    }

    private func text(_ name: String, in top: Tree, of repo: RepoID, _ db: any SQLConnection) throws -> String? {
        guard let entry = top.entry(named: GitName(name)), !entry.isFolder,
            let facts = try store.facts(of: [entry.oid], in: repo, db)[entry.oid], facts.lfsSize == nil,
            facts.content == nil, facts.size <= 1 << 20, let body = try db.blobBody(entry.oid, of: repo)
        else { return nil }
        return String(decoding: body, as: UTF8.self)
    }
}

extension SQLConnection {
    fileprivate func keep(_ card: RepoCardText, _ config: ModelConfig, source: [UInt8], of repo: RepoID) throws {
        try execute(
            """
            INSERT INTO repository_cards (repo, source, card, config, safetensors)
            VALUES (\(repo), \(source), \(card.json), \(config.json), \(config.safetensorsJSON))
            ON CONFLICT (repo) DO UPDATE SET source = excluded.source, card = excluded.card, config = excluded.config,
                safetensors = excluded.safetensors
            """
        )
        try execute("DELETE FROM repository_tags WHERE repo = \(repo)")
        let tags = card.tags(with: config)
        var rows: [SQL] = []
        for (ordinal, tag) in tags.shown.enumerated() { rows.append("(\(repo), \(tag), \(ordinal))") }
        for tag in tags.hidden where !tags.shown.contains(tag) { rows.append("(\(repo), \(tag), -1)") }
        if !rows.isEmpty {
            try execute(
                """
                INSERT INTO repository_tags (repo, tag, ordinal) VALUES \(sql: rows.joined(", "))
                ON CONFLICT (repo, tag) DO NOTHING
                """
            )
        }
        try execute(
            """
            UPDATE repositories SET pipeline_tag = \(card.pipelineTag ?? ""), library_name = \(card.library(with: config) ?? "")
            WHERE id = \(repo)
            """
        )
    }
}
