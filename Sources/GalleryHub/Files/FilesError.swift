package import GalleryModel
package import GitObjects

/// What can be wrong with files, versions and references.
package enum FilesError: DomainError, Equatable {
    case unknownRevision(String)
    case unknownEntry(path: String, commit: GitOID)
    case nothingToDelete(String)
    case stale
    case badPath(String, PathRules.Fault)
    case fileInTheWay(String)
    case folderInTheWay(String)
    case unknownLargeFiles([SHA256Digest])
    case wrongSize(path: String, expected: Int64, stated: Int64)
    case fileTooLarge(path: String, limit: Int64)
    case repositoryFull(limit: Int64)
    case tooManyOperations(limit: Int)
    case tooManyReferences(limit: Int)
    case referenceExists(String)
    case cannotDelete(String)
    case badReferenceName(String)
    case nothingToRevert
    case mergeConflict([String])
    case badCursor
    case damagedObject(GitOID)

    package var problem: Problem {
        switch self {
        // Compared letter by letter in huggingface_hub's tests: do not reword the first three words.
        case .unknownRevision(let revision):
            Problem(
                .missing,
                "revision-not-found",
                "Invalid rev id: \(revision.prefix(200))",
                hubCode: .revisionNotFound
            )
        case .unknownEntry(let path, let commit):
            Problem(
                .missing,
                "entry-not-found",
                "\(path.prefix(300)) does not exist on this revision.",
                hubCode: .entryNotFound,
                headers: ["X-Repo-Commit": commit.hex]
            )
        // The client's tests match this sentence: do not reword it.
        case .nothingToDelete(let path):
            Problem(
                .missing,
                "entry-to-delete-not-found",
                "A file with this name doesn't exist: \(path.prefix(300))",
                hubCode: .entryNotFound
            )
        // The client retries on this sentence: do not reword it.
        case .stale:
            Problem(
                .stale,
                "commit-stale",
                "The branch was updated since you opened this page. Please refresh and try again."
            )
        case .badPath(let path, let fault):
            Problem(.invalid, "path-invalid", "\(fault.rawValue) Got '\(Self.printable(path))'.")
        case .fileInTheWay(let path):
            Problem(
                .unprocessable,
                "path-is-file",
                "'\(path.prefix(300))' is a file, so nothing can lie beneath it. Delete it first."
            )
        case .folderInTheWay(let path):
            Problem(
                .unprocessable,
                "path-is-folder",
                "'\(path.prefix(300))' is a folder. Delete it before a file takes its name."
            )
        case .unknownLargeFiles(let digests):
            Problem(
                .unprocessable,
                "lfs-unknown",
                "Your push was rejected because it refers to LFS objects that were not uploaded: "
                    + digests.prefix(10).map(\.hex).joined(separator: ", ") + ". Upload them, then commit again."
            )
        case .wrongSize(let path, let expected, let stated):
            Problem(
                .unprocessable,
                "lfs-wrong-size",
                "'\(path.prefix(300))' is said to have \(stated) bytes, but the uploaded content has \(expected)."
            )
        case .fileTooLarge(let path, let limit):
            Problem(
                .tooLarge,
                "file-too-large",
                "'\(path.prefix(300))' is larger than the \(limit) bytes a file may have here."
            )
        case .repositoryFull(let limit):
            Problem(
                .tooLarge,
                "repository-full",
                "The repository would grow beyond its \(limit) bytes over all kept versions. Delete or squash first."
            )
        case .tooManyOperations(let limit):
            Problem(.tooLarge, "commit-too-large", "A commit may change at most \(limit) files. Split it.")
        case .tooManyReferences(let limit):
            Problem(.conflict, "references-too-many", "A repository may have at most \(limit) branches and tags.")
        // Compared letter by letter in huggingface_hub: do not reword.
        case .referenceExists(let name): Problem(.conflict, "reference-exists", "Reference \(name) already exists")
        case .cannotDelete(let name): Problem(.forbidden, "reference-protected", "Cannot delete \(name)")
        case .badReferenceName(let name):
            Problem(.invalid, "reference-invalid", "'\(Self.printable(name))' is not a valid name for a branch or tag.")
        case .nothingToRevert:
            Problem(.conflict, "nothing-to-revert", "The first commit has nothing before it to return to.")
        case .mergeConflict(let paths):
            Problem(
                .conflict,
                "merge-conflict",
                "These files were changed on both sides: " + paths.prefix(20).joined(separator: ", ") + "."
            )
        case .badCursor: Problem(.invalid, "cursor-invalid", "The cursor is not one that this server gave out.")
        case .damagedObject(let oid):
            Problem(.unavailable, "object-damaged", "The stored object \(oid) cannot be read.")
        }
    }

    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(200).map { $0.value < 0x20 || $0.value == 0x7f ? "?" : $0 }
            )
        )
    }
}

extension FilesError {
    init(_ conflict: TreeEdit.Conflict) {
        self =
            switch conflict {
            case .missing(let path): .nothingToDelete(path.text)
            case .fileInTheWay(let path): .fileInTheWay(path.text)
            case .folderInTheWay(let path): .folderInTheWay(path.text)
            }
    }
}
