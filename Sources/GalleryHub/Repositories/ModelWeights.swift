import FileFormats
import Foundation
import GalleryBlobs
import GalleryDatabase
import GalleryModel
import GalleryServing
import NIOCore

/// A model's file of weights is new: its head tells how many parameters the model has.
struct WeighModel: Job {
    static let kind = "models.weigh"
    static let attempts = 5

    var repo: RepoID
    var content: SHA256Digest
    var size: Int
}

/// What models whose weights lie in one safetensors file say of their size. Those in several files have an index that says it.
enum ModelWeights {
    /// The file that is read.
    static let file = "model.safetensors"

    /// `{"parameters":{"F32":n},"total":n}`; empty for what is no such file.
    static func totals(_ file: TensorFile) -> String {
        guard let total = file.parameters, !file.tensors.isEmpty else { return "" }
        struct Totals: Encodable {
            var parameters: [String: Int]
            var total: Int
        }
        let sums = Dictionary(file.types.map { ($0.type, $0.parameters) }) { first, _ in first }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(Totals(parameters: sums, total: total)))
            .map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The same of a file that lies in the database as a whole.
    static func totals(_ bytes: [UInt8]) -> String {
        (try? SafetensorsHeader.read(bytes, ofFileWith: bytes.count)).map(totals) ?? ""
    }
}

extension Files {
    func register(in handlers: inout JobHandlers) {
        handlers.on(WeighModel.self) { job in try await weigh(job) }
    }

    private func weigh(_ job: WeighModel) async throws {
        let known = try await database.read { db in try db.modelWeights(of: job.content) }
        let totals: String
        if let known { totals = known } else { totals = try await readTotals(job) }
        let now = world.now()
        try await database.write { [store] db in
            guard try db.exists("SELECT 1 FROM contents WHERE sha256 = \(job.content)") else { return }
            try db.keepModelWeights(totals, of: job.content)
            guard let head = try db.reference(Self.mainReference, of: job.repo)?.target else { return }
            try RepoCardKeeper(store: store).keep(head, of: job.repo, at: now, db)
            try db.noteChange(of: job.repo, at: now)
        }
    }

    private func readTotals(_ job: WeighModel) async throws -> String {
        do {
            let reader = try await content.reader(of: job.content)
            let start = Array(buffer: try await reader.bytes(0..<min(8, job.size)))
            let length = try SafetensorsHeader.length(start, ofFileWith: job.size)
            let head = Array(buffer: try await reader.bytes(0..<length))
            return ModelWeights.totals(try SafetensorsHeader.read(head, ofFileWith: job.size))
        } catch is TensorFile.Fault {
            return ""
        }
    }
}

extension SQLConnection {
    /// What the file of weights says; nil where nobody has read it yet.
    func modelWeights(of content: SHA256Digest) throws -> String? {
        try value(String.self, "SELECT totals FROM model_weights WHERE content = \(content)")
    }

    fileprivate func keepModelWeights(_ totals: String, of content: SHA256Digest) throws {
        try execute(
            """
            INSERT INTO model_weights (content, totals) VALUES (\(content), \(totals))
            ON CONFLICT (content) DO NOTHING
            """
        )
    }
}
