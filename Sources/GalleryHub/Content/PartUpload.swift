import Foundation
package import GalleryDatabase
package import GalleryModel

/// A file on its way in parts, which may come in any order, at the same time, more than once, and over days.
package struct PartUpload: Sendable, Equatable, Record {
    /// After so long without a new part an upload is given up and its parts are deleted.
    package static let lifetime: Duration = .seconds(7 * 24 * 3600)
    /// More parts than this are never needed: the part size grows instead.
    package static let maximumParts = 10_000

    package let id: String
    package let account: AccountID
    package let sha256: SHA256Digest
    package let size: Int
    package let partSize: Int

    package init(id: String, account: AccountID, sha256: SHA256Digest, size: Int, partSize: Int) {
        self.id = id
        self.account = account
        self.sha256 = sha256
        self.size = size
        self.partSize = partSize
    }

    package init(row: Row) throws {
        self.init(
            id: try row.get("id"),
            account: try row.get("account"),
            sha256: try row.get("sha256"),
            size: try row.get("size"),
            partSize: try row.get("part_size")
        )
    }

    package var partCount: Int { (size - 1) / partSize + 1 }

    /// How long a part has to be; all but the last are alike. Throws `ContentError.badPart`.
    package func length(ofPart number: Int) throws(ContentError) -> Int {
        guard (1...partCount).contains(number) else { throw .badPart(number: number, count: partCount) }
        return number < partCount ? partSize : size - (partCount - 1) * partSize
    }
}

/// A part that has arrived whole and is durable.
package struct StoredPart: Sendable, Equatable, Record {
    package let number: Int
    package let pack: PackID
    package let length: Int

    init(number: Int, pack: PackID, length: Int) {
        self.number = number
        self.pack = pack
        self.length = length
    }

    package init(row: Row) throws {
        self.init(number: try row.get("number"), pack: try row.get("pack"), length: try row.get("length"))
    }
}
