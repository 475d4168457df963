import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel

extension SQLConnection {
    func fineTune(_ run: String) throws -> FineTune? { try fineTunes([run]).first }

    /// Those of the runs that are fine-tunes.
    func fineTunes(_ runs: [String]) throws -> [FineTune] {
        guard !runs.isEmpty else { return [] }
        var tunes = try rows(
            FineTune.self,
            "SELECT \(sql: FineTune.columns) FROM fine_tunes WHERE run IN (\(values: runs))"
        )
        var data: [String: [PinnedData]] = [:]
        for row in try rows(
            "SELECT run, repo, name, pinned_at, files FROM fine_tune_data WHERE run IN (\(values: runs)) ORDER BY run, position"
        ) {
            let files: String = try row.get("files")
            data[try row.get("run"), default: []].append(
                PinnedData(
                    repo: PinnedRepo(
                        id: try row.optional("repo"),
                        name: try row.get("name"),
                        commit: try row.get("pinned_at")
                    ),
                    files: files.split(separator: "\n").map(String.init)
                )
            )
        }
        for index in tunes.indices { tunes[index].data = data[tunes[index].run] ?? [] }
        return tunes
    }

    /// The fine-tune that made a model; nil for one that none made.
    package func fineTune(thatMade product: RepoID) throws -> FineTune? {
        let run = try value(
            String.self,
            "SELECT run FROM fine_tunes WHERE product = \(product) ORDER BY run DESC LIMIT 1"
        )
        return try run.flatMap { try fineTune($0) }
    }

    func insert(_ tune: FineTune) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let parameters = String(decoding: try encoder.encode(tune.values.values), as: UTF8.self)
        try execute(
            """
            INSERT INTO fine_tunes (\(sql: FineTune.columns))
            VALUES (\(tune.run), \(tune.account), \(tune.task), \(tune.method), \(tune.base.id), \(tune.base.name),
                \(tune.base.commit), \(tune.product.id), \(tune.product.name), \(parameters), \(tune.seed),
                \(tune.keepsMerged), \(tune.createdAt))
            """
        )
        for (position, data) in tune.data.enumerated() {
            try execute(
                """
                INSERT INTO fine_tune_data (run, position, repo, name, pinned_at, files)
                VALUES (\(tune.run), \(position), \(data.repo.id), \(data.repo.name), \(data.repo.commit),
                    \(data.files.joined(separator: "\n")))
                """
            )
        }
    }
}
