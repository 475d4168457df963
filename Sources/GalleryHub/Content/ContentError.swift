package import GalleryModel

/// What the content store refuses.
package enum ContentError: DomainError, Equatable {
    case unknown(SHA256Digest)
    case damaged(SHA256Digest)
    case wrongDigest(expected: SHA256Digest, received: SHA256Digest)
    case wrongSize(expected: Int, received: Int)
    case tooLarge(limit: Int)
    case unknownUpload
    case tooManyUploads
    case badPart(number: Int, count: Int)
    case wrongPartSize(number: Int, expected: Int, received: Int)
    case partsMissing([Int])
    case badExtents(String)

    package var problem: Problem {
        switch self {
        case .unknown(let digest):
            Problem(.missing, "content-unknown", "No content with SHA-256 \(digest) is stored here. Upload it first.")
        case .damaged:
            Problem(
                .unavailable,
                "content-damaged",
                "The stored bytes of this file are damaged, so they are not served. Upload the file again, or tell the operator."
            )
        case .wrongDigest(let expected, let received):
            Problem(
                .unprocessable,
                "content-wrong-digest",
                "The bytes that arrived have SHA-256 \(received), not \(expected). Nothing was stored; upload them again."
            )
        case .wrongSize(let expected, let received):
            Problem(
                .unprocessable,
                "content-wrong-size",
                "\(received) bytes arrived where \(expected) were announced. Nothing was stored; upload them again."
            )
        case .tooLarge(let limit):
            Problem(.tooLarge, "content-too-large", "The file is larger than the \(limit) bytes that are allowed here.")
        case .unknownUpload:
            Problem(
                .missing,
                "upload-unknown",
                "This upload does not exist any more: it was completed or has expired. Start it again."
            )
        case .tooManyUploads:
            Problem(
                .throttled,
                "uploads-too-many",
                "Your account has too many unfinished uploads. Complete some, or wait until they expire.",
                retryAfter: 60
            )
        case .badPart(let number, let count):
            Problem(.invalid, "upload-bad-part", "There is no part \(number): this upload has the parts 1 to \(count).")
        case .wrongPartSize(let number, let expected, let received):
            Problem(
                .unprocessable,
                "upload-wrong-part-size",
                "Part \(number) has to be \(expected) bytes long, but \(received) arrived. Send it again."
            )
        case .partsMissing(let numbers):
            Problem(
                .unprocessable,
                "upload-parts-missing",
                "These parts have not arrived: \(numbers.prefix(20).map(String.init).joined(separator: ", ")). Send them, then complete."
            )
        case .badExtents(let reason):
            Problem(
                .invalid,
                "content-bad-extents",
                "The description of the file does not fit the stored bytes: \(reason)."
            )
        }
    }
}
