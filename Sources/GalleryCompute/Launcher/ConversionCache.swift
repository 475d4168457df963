package import Foundation

/// A folder that outlives runs, and the variable that tells a worker where it is.
package struct KeptFolder: Sendable {
    package var variable: String
    package var folder: URL

    package init(variable: String, folder: URL) { (self.variable, self.folder) = (variable, folder) }
}

/// Conversions of weights to GGUF, which outlive the runs that made them. Each account has a folder of its own, so that no
/// worker writes what a worker of somebody else reads; a conversion is named by a digest of what it was made of.
package struct ConversionCache: Sendable {
    static let variable = "GALLERY_GGUF_CACHE"
    /// What is being written for so long was left by a worker that fell.
    private static let longestWriting: TimeInterval = 7200

    private let root: URL
    /// The most that all conversions may take. Whoever holds most makes room, with what they did not use for longest.
    private let mostBytes: Int64

    package init(root: URL, mostBytes: Int64) { (self.root, self.mostBytes) = (root.standardizedFileURL, mostBytes) }

    /// The folder of an account's own workers, once there is room again.
    func folder(of account: String, at now: Date) throws -> KeptFolder {
        try tidy(at: now)
        let folder = root.appending(path: account)
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return KeptFolder(variable: Self.variable, folder: folder)
    }

    private struct Entry {
        let path: String
        let bytes: Int64
        let used: Date
    }

    /// Workers write here what they like: nothing is followed or read, and only plain conversions stay. One that is mapped by
    /// a worker stays on disk until that ends.
    private func tidy(at now: Date) throws {
        let files = FileManager.default
        var kept: [String: [Entry]] = [:]
        for account in (try? files.contentsOfDirectory(atPath: root.path)) ?? [] {
            let folder = root.appending(path: account).path
            for name in (try? files.contentsOfDirectory(atPath: folder)) ?? [] {
                let path = "\(folder)/\(name)"
                guard let facts = try? files.attributesOfItem(atPath: path),
                    let used = facts[.modificationDate] as? Date, let bytes = facts[.size] as? NSNumber
                else { continue }
                let age = now.timeIntervalSince(used)
                let isPlain = facts[.type] as? FileAttributeType == .typeRegular
                guard isPlain, name.hasSuffix(".gguf") || name.hasSuffix(".writing") && age < Self.longestWriting else {
                    try? files.removeItem(atPath: path)
                    continue
                }
                kept[account, default: []].append(Entry(path: path, bytes: bytes.int64Value, used: used))
            }
        }
        makeRoom(kept)
    }

    /// Nobody whose conversions take less than those of another loses one to them.
    private func makeRoom(_ kept: [String: [Entry]]) {
        var sums = kept.mapValues { $0.reduce(0) { $0 + $1.bytes } }
        // The latest first, so that the next to go is the last.
        var left = kept.mapValues { entries in
            entries.filter { $0.path.hasSuffix(".gguf") }.sorted { $0.used > $1.used }
        }
        while sums.values.reduce(0, +) > mostBytes {
            // Of those who hold as much, whoever has the oldest.
            let next = left.compactMap { account, entries in entries.last.map { (account, $0.used) } }
            let most = next.max { (sums[$0.0] ?? 0, $1.1) < (sums[$1.0] ?? 0, $0.1) }
            guard let (account, _) = most, let entry = left[account]?.popLast() else { return }
            try? FileManager.default.removeItem(atPath: entry.path)
            sums[account, default: 0] -= entry.bytes
        }
    }
}
