package import GalleryBlobs

extension Gauge {
    /// How much room the store of packs has.
    package static func space(of blobs: any BlobStore) -> Gauge {
        Gauge("gallery_storage_bytes", help: "Room of the content store.", label: "state") {
            guard let space = try await blobs.space() else { return [:] }
            return ["free": Double(space.freeBytes), "total": Double(space.totalBytes)]
        }
    }
}
