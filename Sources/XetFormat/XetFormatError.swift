package import GalleryModel

/// What can be wrong with a xorb or a shard that a client sends.
package enum XetFormatError: DomainError, Equatable {
    /// The bytes are not what the format says; the text says where.
    case malformedXorb(String)
    case malformedShard(String)
    case tooLarge(String)
    /// The content does not have the hash under which it was sent.
    case wrongHash(expected: XetHash, actual: XetHash)

    package var problem: Problem {
        switch self {
        case .malformedXorb(let reason):
            .invalid("xet-malformed-xorb", "The xorb cannot be read: \(reason).")
        case .malformedShard(let reason):
            .invalid("xet-malformed-shard", "The shard cannot be read: \(reason).")
        case .tooLarge(let limit):
            .invalid("xet-too-large", "The upload exceeds a limit of the format: \(limit).")
        case .wrongHash(let expected, let actual):
            .invalid("xet-wrong-hash", "The xorb was sent as \(expected) but its content has the hash \(actual).")
        }
    }
}
