package import GalleryDatabase
package import GalleryModel

/// The rule of `AccessPolicy` for `see`, as a condition on rows: for lists, which cannot ask repository by repository.
package enum VisibleRepositories {
    /// For a query with `repositories r`.
    package static func condition(for viewer: Viewer) -> SQL {
        guard let account = viewer.account else { return "(r.visibility = 'everyone' AND r.is_disabled = 0)" }
        let id = account.id
        if account.role == .admin, viewer.onlyRepo == nil { return "(r.id IS NOT NULL)" }
        let reviewed: SQL = account.role == .reviewer ? " OR r.is_under_review = 1" : ""
        let inside: SQL = """
            r.visibility = 'everyone' OR r.owner = \(id)
                OR EXISTS (SELECT 1 FROM memberships vm WHERE vm.organization = r.owner AND vm.account = \(id))
                OR EXISTS (
                    SELECT 1 FROM repository_readers vr WHERE vr.repo = r.id AND vr.account = \(id)
                        AND (vr.reason = 'subscriber' OR r.visibility = 'named'))\(sql: reviewed)
            """
        guard let only = viewer.onlyRepo else { return "(r.is_disabled = 0 AND (\(sql: inside)))" }
        return "(r.is_disabled = 0 AND (r.visibility = 'everyone' OR (r.id = \(only) AND (\(sql: inside)))))"
    }
}

/// A part of a list, by the number of entries before it.
package struct ListPage: Sendable, Equatable {
    package var offset: Int
    package var limit: Int

    package init(offset: Int = 0, limit: Int) {
        self.offset = max(0, offset)
        self.limit = max(1, limit)
    }

    /// One more than shown, to know whether there is a next page.
    var fetched: Int { limit + 1 }

    func cut<Element>(_ elements: [Element]) -> Listed<Element> {
        Listed(
            elements: Array(elements.prefix(limit)),
            next: elements.count > limit ? ListPage(offset: offset + limit, limit: limit) : nil
        )
    }
}

/// Entries of a list, and where it goes on.
package struct Listed<Element> {
    package var elements: [Element]
    package var next: ListPage?

    func map<Other>(_ transform: (Element) throws -> Other) rethrows -> Listed<Other> {
        Listed<Other>(elements: try elements.map(transform), next: next)
    }
}

extension Listed: Sendable where Element: Sendable {}
extension Listed: Equatable where Element: Equatable {}
