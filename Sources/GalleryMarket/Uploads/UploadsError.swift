package import GalleryModel

/// What can be wrong with uploads to an asset.
package enum UploadsError: DomainError, Equatable {
    case unknown
    case alreadyComplete
    case incomplete([String])
    case noRoom(left: Int64)
    case tooMany(limit: Int)
    case badFingerprint
    case badSize
    case nothing

    package var problem: Problem {
        switch self {
        case .unknown:
            Problem(
                .missing,
                "upload-unknown",
                "This upload does not exist any more: it was completed or has expired. Start it again."
            )
        case .alreadyComplete:
            Problem(.conflict, "upload-complete", "All parts of this file have arrived already; commit it.")
        case .incomplete(let paths):
            Problem(
                .unprocessable,
                "uploads-incomplete",
                "These files have not arrived whole: \(paths.prefix(10).joined(separator: ", ")). Finish or remove them."
            )
        case .noRoom(let left):
            Problem(
                .tooLarge,
                "upload-no-room",
                "The file does not fit: \(left) bytes are left in this repository, uploads under way counted."
            )
        case .tooMany(let limit):
            Problem(
                .conflict,
                "uploads-waiting",
                "At most \(limit) files may wait for their commit here. Commit or remove some first."
            )
        case .badFingerprint:
            Problem(.invalid, "fingerprint-invalid", "The fingerprint of a file has 1 to 500 characters.")
        case .badSize: Problem(.invalid, "upload-size-invalid", "The size of a file is at least 0.")
        case .nothing:
            Problem(.unprocessable, "commit-empty", "There is nothing to commit: upload a file or delete one.")
        }
    }
}
