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
    /// The most that all conversions may take; those that were not used for longest go first.
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
        var kept: [Entry] = []
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
                kept.append(Entry(path: path, bytes: bytes.int64Value, used: used))
            }
        }
        var sum = kept.reduce(0) { $0 + $1.bytes }
        for entry in kept.sorted(by: { $0.used < $1.used }) where entry.path.hasSuffix(".gguf") {
            guard sum > mostBytes else { return }
            try? files.removeItem(atPath: entry.path)
            sum -= entry.bytes
        }
    }
}
