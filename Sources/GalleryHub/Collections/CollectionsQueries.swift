import Foundation
import GalleryDatabase
package import GalleryModel

/// Which collections are listed.
package struct CollectionFilter: Sendable {
    package enum Order: Sendable {
        case lastModified, trending, upvotes
    }

    package var owners: [String] = []
    /// Repositories that must be among the items the viewer may see; any of them.
    package var repos: [(kind: RepoKind, name: RepoName)] = []
    package var text: String?
    package var order = Order.lastModified

    package init() {}
}

extension SQLConnection {
    func collection(_ id: String) throws -> AssetCollection? {
        try row(
            AssetCollection.self,
            """
            SELECT \(sql: AssetCollection.columns) FROM collections c JOIN accounts a ON a.id = c.owner WHERE c.id = \(id)
            """
        )
    }

    func collection(of owner: AccountID, titled title: String) throws -> AssetCollection? {
        try row(
            AssetCollection.self,
            """
            SELECT \(sql: AssetCollection.columns) FROM collections c JOIN accounts a ON a.id = c.owner
            WHERE c.owner = \(owner) AND c.title = \(title)
            """
        )
    }

    func collections(_ conditions: [SQL], _ page: ListPage) throws -> [AssetCollection] {
        try rows(
            AssetCollection.self,
            """
            SELECT \(sql: AssetCollection.columns) FROM collections c JOIN accounts a ON a.id = c.owner
            WHERE \(sql: conditions.joined(" AND "))
            ORDER BY c.updated_at DESC, c.id LIMIT \(page.fetched) OFFSET \(page.offset)
            """
        )
    }

    func collectionCount(of owner: AccountID) throws -> Int {
        try value(Int.self, "SELECT COUNT(*) FROM collections WHERE owner = \(owner)") ?? 0
    }

    func insert(_ collection: AssetCollection) throws {
        try execute(
            """
            INSERT INTO collections (id, owner, title, description, is_private, theme, position, created_at, updated_at)
            VALUES (\(collection.id), \(collection.owner), \(collection.title), \(collection.description),
                \(collection.isPrivate), \(collection.theme), \(collection.position), \(collection.updatedAt),
                \(collection.updatedAt))
            """
        )
    }

    func update(_ collection: AssetCollection) throws {
        try execute(
            """
            UPDATE collections
            SET title = \(collection.title), description = \(collection.description),
                is_private = \(collection.isPrivate), theme = \(collection.theme), position = \(collection.position),
                updated_at = \(collection.updatedAt)
            WHERE id = \(collection.id)
            """
        )
    }

    func touchCollection(_ id: String, at now: Date) throws {
        try execute("UPDATE collections SET updated_at = \(now) WHERE id = \(id)")
    }

    func deleteCollection(_ id: String) throws {
        try execute("DELETE FROM collections WHERE id = \(id)")
    }

    /// The items of collections that the viewer may see, in order.
    func items(of collections: [String], seenBy viewer: Viewer) throws -> [String: [CollectionItem]] {
        guard !collections.isEmpty else { return [:] }
        let me = viewer.account?.id ?? AccountID("")
        return try rows(
            """
            SELECT i.id, i.collection, i.position, i.note, i.repo, r.kind, r.name, ra.name AS owner_name,
                o.id AS other_id, o.title AS other_title, oa.name AS other_owner
            FROM collection_items i
            LEFT JOIN repositories r ON r.id = i.repo
            LEFT JOIN accounts ra ON ra.id = r.owner
            LEFT JOIN collections o ON o.id = i.other
            LEFT JOIN accounts oa ON oa.id = o.owner
            WHERE i.collection IN (\(values: collections))
                AND ((i.repo IS NOT NULL AND \(sql: VisibleRepositories.condition(for: viewer)))
                    OR (i.other IS NOT NULL AND (o.is_private = 0 OR o.owner = \(me)
                        OR EXISTS (SELECT 1 FROM memberships m WHERE m.organization = o.owner AND m.account = \(me)))))
            ORDER BY i.collection, i.position, i.id
            """
        ).reduce(into: [:]) { result, row in
            result[try row.get("collection", as: String.self), default: []].append(try CollectionItem(row: row))
        }
    }

    /// Ids in order, seen or not: to move one among them.
    func itemIDs(of collection: String) throws -> [String] {
        try values(
            String.self,
            "SELECT id FROM collection_items WHERE collection = \(collection) ORDER BY position, id"
        )
    }

    func hasItem(in collection: String, repo: RepoID?, other: String?) throws -> Bool {
        if let repo {
            return try exists("SELECT 1 FROM collection_items WHERE collection = \(collection) AND repo = \(repo)")
        }
        return try exists("SELECT 1 FROM collection_items WHERE collection = \(collection) AND other = \(other)")
    }

    func insertItem(
        _ id: String,
        into collection: String,
        repo: RepoID?,
        other: String?,
        position: Int,
        note: String,
        at now: Date
    ) throws {
        try execute(
            """
            INSERT INTO collection_items (id, collection, repo, other, position, note, added_at)
            VALUES (\(id), \(collection), \(repo), \(other), \(position), \(note), \(now))
            """
        )
    }

    func setPositions(_ ids: [String]) throws {
        for (position, id) in ids.enumerated() {
            try execute(
                "UPDATE collection_items SET position = \(position) WHERE id = \(id) AND position <> \(position)"
            )
        }
    }

    func setNote(_ note: String, of item: String) throws {
        try execute("UPDATE collection_items SET note = \(note) WHERE id = \(item)")
    }

    func deleteItem(_ id: String) throws {
        try execute("DELETE FROM collection_items WHERE id = \(id)")
    }
}

extension CollectionItem {
    fileprivate init(row: Row) throws {
        id = try row.get("id")
        position = try row.get("position")
        note = try row.get("note")
        if let repo: RepoID = try row.optional("repo") {
            subject = .repo(
                repo,
                try row.get("kind"),
                try RepoName(owner: row.get("owner_name"), name: row.get("name"))
            )
        } else {
            let (id, title): (String, String) = (try row.get("other_id"), try row.get("other_title"))
            subject = .collection(
                id,
                slug: AssetCollection.slug(owner: try row.get("other_owner"), title: title, id: id)
            )
        }
    }
}
