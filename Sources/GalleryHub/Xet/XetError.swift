package import GalleryModel
package import XetFormat

/// What a Xet upload is refused for. Always with a status in the 400s: clients repeat anything in the 500s for minutes.
package enum XetError: DomainError, Equatable {
    case badTicket
    case readOnlyTicket
    case otherNamespace
    case badHash
    case withoutSHA256(XetHash)
    case unknownXorb(XetHash)
    case badSegment(XetHash, String)
    case wrongFileHash(XetHash)
    case wrongSHA256(XetHash)
    case fileTooLarge(XetHash, limit: Int)
    case notDeduplicated

    package var problem: Problem {
        switch self {
        case .badTicket:
            Problem(
                .unauthenticated,
                "xet-bad-token",
                "This upload token is not valid or has expired. Start the upload again."
            )
        case .readOnlyTicket:
            Problem(.forbidden, "xet-read-only", "This token allows reading only.")
        case .otherNamespace:
            Problem(.forbidden, "xet-other-namespace", "This token is for another namespace. Start the upload again.")
        case .badHash:
            .invalid("xet-bad-hash", "The hash in the address is not 64 hexadecimal digits.")
        case .withoutSHA256(let file):
            .invalid("xet-without-sha256", "The shard names no SHA-256 for the file \(file). Update the client.")
        case .unknownXorb(let xorb):
            .invalid("xet-unknown-xorb", "The xorb \(xorb) is not stored in this namespace. Start the upload again.")
        case .badSegment(let file, let reason):
            .invalid("xet-bad-segment", "The shard describes the file \(file) wrongly: \(reason).")
        case .wrongFileHash(let file):
            .invalid("xet-wrong-file-hash", "The chunks named for the file \(file) make another file.")
        case .wrongSHA256(let file):
            .invalid(
                "xet-wrong-sha256",
                "The content of the file \(file) does not have the SHA-256 that the shard names."
            )
        case .fileTooLarge(let file, let limit):
            .invalid("xet-file-too-large", "The file \(file) is larger than the \(limit) bytes that are allowed here.")
        case .notDeduplicated:
            Problem(.missing, "xet-chunk-unknown", "No such chunk is known. Send it.")
        }
    }
}
