package import GalleryModel

/// What a store of packs may answer instead of doing it.
package enum BlobError: DomainError, Equatable {
    case missing(PackID)
    case exists(PackID)
    /// The pack ends before the bytes that were asked for.
    case truncated(PackID)
    /// The id cannot name a pack.
    case badID(PackID)
    case storageFull
    /// The writer has been finished or cancelled.
    case closed(PackID)
    case failed(operation: String, reason: String)

    package var problem: Problem {
        switch self {
        case .storageFull:
            Problem(
                .storageFull,
                "storage-full",
                "The gallery's storage is nearly full and takes no more files. Delete what is no longer needed, "
                    + "or ask the operator for space."
            )
        case .missing, .truncated:
            Problem(
                .unavailable,
                "content-damaged",
                "Some bytes of this file are missing from the gallery's storage. The operator has to restore them."
            )
        case .exists, .badID, .closed, .failed:
            Problem(
                .unavailable,
                "storage-failed",
                "The gallery's storage did not work. Try again, or tell the operator."
            )
        }
    }
}
