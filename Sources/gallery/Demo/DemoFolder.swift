import Foundation
import GalleryModel

/// Samples on disk: `KIND/ACCOUNT/NAME/…` and `accounts.json`.
struct DemoFolder {
    /// A repository to be.
    struct Repository {
        var kind: RepoKind
        var name: RepoName
        var files: [File]
    }

    struct File {
        /// In the repository.
        var path: String
        var location: URL
        var size: Int
    }

    /// Who owns the samples.
    struct Accounts: Decodable {
        struct Entry: Decodable {
            var name: String
            var nickname: String
        }

        var organizations: [Entry]
        var users: [Entry]
    }

    enum Fault: Error, CustomStringConvertible {
        case missing(String)

        var description: String {
            switch self {
            case .missing(let path): "There are no samples in \(path): run scripts/samples first."
            }
        }
    }

    let accounts: Accounts
    private let root: URL

    init(_ path: String) throws {
        root = URL(fileURLWithPath: path, isDirectory: true)
        guard let data = FileManager.default.contents(atPath: root.appendingPathComponent("accounts.json").path) else {
            throw Fault.missing(path)
        }
        accounts = try JSONDecoder().decode(Accounts.self, from: data)
    }

    func repositories() throws -> [Repository] {
        try RepoKind.allCases.flatMap { kind in
            let folder = root.appendingPathComponent(kind.plural, isDirectory: true)
            return try folders(in: folder).flatMap { owner in
                try folders(in: owner).map { repository in
                    try Repository(
                        kind: kind,
                        name: RepoName(owner: owner.lastPathComponent, name: repository.lastPathComponent),
                        files: files(in: repository, prefix: "")
                    )
                }
            }
        }
    }

    private func folders(in folder: URL) throws -> [URL] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try contents(of: folder).filter(\.hasDirectoryPath)
    }

    private func files(in folder: URL, prefix: String) throws -> [File] {
        try contents(of: folder).flatMap { item -> [File] in
            let path = prefix + item.lastPathComponent
            if item.hasDirectoryPath { return try files(in: item, prefix: path + "/") }
            return [
                File(path: path, location: item, size: try item.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0)
            ]
        }
    }

    private func contents(of folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: folder,
            includingPropertiesForKeys: [.fileSizeKey, .isDirectoryKey]
        )
        .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }
}
