package import GalleryModel
package import Hummingbird
import HTTPTypes

/// A request to an operation of `/api/v1`, decoded.
package struct APICall<Body: Sendable>: Sendable {
    package let request: Request
    package let context: GalleryContext
    package let body: Body

    package var viewer: Viewer { context.viewer }

    /// A parameter of the path.
    package func path(_ name: String) throws -> String { try context.segment(name) }

    /// The parameters of the query.
    package func query() throws -> QueryParameters { try request.query() }

    /// Where a page of a list begins and how long it is.
    package func paging(standard: Int = 30, maximum: Int = 100) throws -> (cursor: String?, limit: Int) {
        let query = try query()
        return (
            query["cursor"].flatMap { $0.isEmpty ? nil : $0 }, try query.limit(standard: standard, maximum: maximum)
        )
    }
}

/// One page of a list by cursor.
package struct APIPage<Item: Codable & Sendable>: Codable, Sendable {
    package var items: [Item]
    /// The cursor of the next page; null on the last.
    package var next: String?

    package init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }
}
