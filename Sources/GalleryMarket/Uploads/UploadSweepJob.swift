import GalleryServing

/// Forgets uploads that nobody has gone on with.
struct UploadSweepJob: Job {
    static let kind = "uploads.sweep"
}

extension Uploads {
    func register(in handlers: inout JobHandlers) {
        handlers.on(UploadSweepJob.self) { _ in try await sweep() }
        handlers.every(.seconds(3600), enqueue: UploadSweepJob())
    }
}
