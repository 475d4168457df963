import GalleryModel

/// What the LFS protocol refuses.
enum LargeFilesError: DomainError, Equatable {
    case badRequest(String)
    case badOperation(String)
    case badHash(String)
    case tooManyObjects(limit: Int)
    case badLink
    case linkExpired
    case notStored(SHA256Digest)
    case locks

    var problem: Problem {
        switch self {
        case .badRequest(let reason): Problem(.invalid, "lfs-malformed", "The LFS request cannot be read: \(reason).")
        case .badOperation(let word):
            Problem(.unprocessable, "lfs-operation", "The LFS operation is 'upload' or 'download', not '\(word)'.")
        case .badHash(let word): Problem(.conflict, "lfs-hash", "Objects are named by SHA-256 here, not by '\(word)'.")
        case .tooManyObjects(let limit):
            Problem(.tooLarge, "lfs-too-many", "An LFS batch has at most \(limit) objects. Send several.")
        case .badLink:
            Problem(.forbidden, "lfs-link", "This address was not given out by the gallery. Ask for a new one.")
        case .linkExpired: Problem(.forbidden, "lfs-link-expired", "This address has expired. Ask for a new one.")
        case .notStored(let digest): Problem(.missing, "lfs-not-stored", "The object \(digest) has not been uploaded.")
        case .locks: Problem(.missing, "lfs-no-locks", "Not found")
        }
    }
}
