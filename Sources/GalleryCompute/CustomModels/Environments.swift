package import Foundation
import GalleryModel
package import GalleryServing

/// Where packages come from that custom models ask for.
package struct PackageIndex: Sendable, Equatable {
    package let address: URL
    /// All that installing may reach, as `host:port`.
    package let hosts: [String]
    package let proxy: String

    /// Nil where nothing is installed.
    package init?(_ settings: Settings.Packages) {
        guard let address = URL(string: settings.index), let host = address.host(), !host.isEmpty else { return nil }
        self.address = address
        proxy = settings.proxy
        let port = address.port ?? (address.scheme == "http" ? 80 : 443)
        let others = settings.hosts.split(whereSeparator: \.isWhitespace).map { word in
            word.contains(":") ? String(word) : "\(word):443"
        }
        hosts = ["\(host):\(port)"] + others
    }
}

/// Python environments above the workers' own, with what custom models ask for. Each lies in a folder that its list and the
/// workers' packages decide, and is kept for whoever asks for the same.
package struct Environments: Sendable {
    /// For so long one is kept that nobody asks for.
    static let kept: TimeInterval = 30 * 86_400

    private let root: URL
    private let workers: Workers
    private let index: PackageIndex?
    private let mostBytes: Int64

    package init(root: URL, workers: Workers, index: PackageIndex?, mostBytes: Int64) {
        self.root = root
        self.workers = workers
        self.index = index
        self.mostBytes = mostBytes
    }

    /// Whether they can be made here.
    package var areOffered: Bool { index != nil }

    /// `program` in the environment with these packages, which is made beside it where it is not there.
    package func program(_ program: RunProgram, with packages: [String]) throws -> RunProgram {
        let folder = root.appending(path: try name(of: packages))
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        // When it was last asked for.
        try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: folder.path)
        var program = program
        program.environment["GALLERY_ENVIRONMENT"] = folder.path
        guard !FileManager.default.fileExists(atPath: folder.appending(path: "ready").path) else {
            program.reads.append(folder.path)
            return program
        }
        guard let index else { throw TrainingError.noPackages }
        let (maker, passage) = (try workers.program("environment"), try workers.program("packages"))
        var environment = maker.environment.merging([
            "GALLERY_ENVIRONMENT": folder.path, "GALLERY_ENVIRONMENT_BYTES": "\(mostBytes)",
            "PIP_INDEX_URL": index.address.absoluteString,
        ]) { _, own in own }
        if index.address.scheme == "http" { environment["PIP_TRUSTED_HOST"] = index.address.host() ?? "" }
        program.preparation = Preparation(
            command: maker.command,
            environment: environment,
            files: [TrainingFolder.requirements: Data((packages.joined(separator: "\n") + "\n").utf8)],
            fills: folder.path,
            passage: passage.command + ["socket"],
            passageEnvironment: passage.environment.merging([
                "GALLERY_PACKAGES_HOSTS": index.hosts.joined(separator: " "), "GALLERY_PACKAGES_PROXY": index.proxy,
            ]) { _, own in own },
            reads: maker.reads
        )
        return program
    }

    /// Deletes those that nobody has asked for since then. What cannot be deleted now is the next time.
    func clear(unusedSince time: Date) {
        let manager = FileManager.default
        for name in (try? manager.contentsOfDirectory(atPath: root.path)) ?? [] {
            let folder = root.appending(path: name)
            let asked = (try? manager.attributesOfItem(atPath: folder.path))?[.modificationDate] as? Date
            if let asked, asked < time { try? manager.removeItem(at: folder) }
        }
    }

    /// What an environment depends on: the list, and all that it lies upon.
    func name(of packages: [String]) throws -> String {
        let own = try workers.packages()
        let facts = [workers.environment.path] + own + [""] + packages
        return String(SHA256Digest.of(facts.joined(separator: "\n").utf8).hex.prefix(40))
    }
}
