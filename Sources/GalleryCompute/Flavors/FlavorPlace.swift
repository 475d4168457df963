import GalleryDatabase

/// A flavor in a region.
enum FlavorPlace {
    /// Demands that there are such a flavor and such a region.
    static func demand(_ flavor: String, in region: String, _ db: any SQLConnection) throws {
        guard try db.exists("SELECT 1 FROM flavor_offers WHERE flavor = \(flavor) AND region = \(region) LIMIT 1")
        else {
            throw FlavorError.unknown
        }
    }
}
