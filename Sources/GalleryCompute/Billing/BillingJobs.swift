import GalleryServing

/// Settles the hours that are over.
struct SettleJob: Job {
    static let kind = "billing.settle"
}

/// Takes the steps of arrears that are due.
struct ArrearsJob: Job {
    static let kind = "billing.arrears"
}
