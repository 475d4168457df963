import Foundation
package import GalleryDatabase
package import GalleryModel

/// Collections of repositories.
package struct Collections: Sendable {
    /// How many items of each collection a list shows.
    static let previewCount = 4
    private static let maximumItems = 1_000
    private static let maximumPerOwner = 1_000

    let database: any Database
    let world: World

    package init(database: any Database, world: World) {
        self.database = database
        self.world = world
    }

    package func collection(_ id: String, by viewer: Viewer) async throws -> FilledCollection {
        try await database.read { db in
            let collection = try visible(id, by: viewer, db)
            return FilledCollection(
                collection: collection,
                items: try db.items(of: [id], seenBy: viewer)[id] ?? []
            )
        }
    }

    package func list(
        _ filter: CollectionFilter,
        _ page: ListPage,
        by viewer: Viewer
    ) async throws -> Listed<FilledCollection> {
        try await database.read { db in
            let me = viewer.account?.id ?? AccountID("")
            var conditions: [SQL] = [
                """
                (c.is_private = 0 OR c.owner = \(me)
                    OR EXISTS (SELECT 1 FROM memberships m WHERE m.organization = c.owner AND m.account = \(me)))
                """
            ]
            if !filter.owners.isEmpty {
                let owners = try filter.owners.compactMap { try db.account(named: $0)?.id }
                conditions.append("c.owner IN (\(values: owners))")
            }
            if !filter.repos.isEmpty {
                let repos = try filter.repos.compactMap { try db.repo(kind: $0.kind, name: $0.name)?.id }
                conditions.append(
                    """
                    EXISTS (
                        SELECT 1 FROM collection_items i JOIN repositories r ON r.id = i.repo
                        WHERE i.collection = c.id AND i.repo IN (\(values: repos))
                            AND \(sql: VisibleRepositories.condition(for: viewer)))
                    """
                )
            }
            let found = try page.cut(db.collections(conditions, page))
            let items = try db.items(of: found.elements.map(\.id), seenBy: viewer)
            return found.map {
                FilledCollection(collection: $0, items: Array((items[$0.id] ?? []).prefix(Self.previewCount)))
            }
        }
    }

    package func create(
        title: String,
        description: String,
        isPrivate: Bool,
        owner: String?,
        by viewer: Viewer
    ) async throws -> FilledCollection {
        let now = world.now()
        let id = Hex.encode(TimeOrderedID.bytes(world))
        return try await database.write { db in
            let account = try viewer.mustBeSignedIn()
            guard let owner = try db.account(named: owner ?? account.name) else {
                throw CollectionError.unknownOwner(owner ?? account.name)
            }
            try mustWrite(owner.id, viewer, db)
            let count = try db.collectionCount(of: owner.id)
            guard count < Self.maximumPerOwner else { throw CollectionError.full }
            let collection = try AssetCollection(
                id: id,
                owner: owner,
                title: title,
                description: description,
                isPrivate: isPrivate,
                position: count,
                at: now
            )
            if let taken = try db.collection(of: owner.id, titled: collection.title) {
                throw CollectionError.exists(slug: taken.slug)
            }
            try db.insert(collection)
            return FilledCollection(collection: collection, items: [])
        }
    }

    package func change(_ id: String, _ change: CollectionChange, by viewer: Viewer) async throws -> FilledCollection {
        let now = world.now()
        return try await write(id, by: viewer) { collection, db in
            try collection.change(change)
            collection.updatedAt = now
            if let taken = try db.collection(of: collection.owner, titled: collection.title), taken.id != id {
                throw CollectionError.exists(slug: taken.slug)
            }
            try db.update(collection)
        }
    }

    package func delete(_ id: String, by viewer: Viewer) async throws {
        try await database.write { db in
            let collection = try visible(id, by: viewer, db)
            try mustWrite(collection.owner, viewer, db)
            try db.deleteCollection(id)
        }
    }

    /// Adds a repository or another collection that the viewer may see.
    package func add(
        type: String,
        subject: String,
        note: String,
        to id: String,
        by viewer: Viewer
    ) async throws -> FilledCollection {
        let now = world.now()
        let itemID = Hex.encode(TimeOrderedID.bytes(world))
        guard note.count <= 500 else { throw CollectionError.badNote }
        return try await write(id, by: viewer) { _, db in
            let (repo, other) = try find(type, subject, by: viewer, db)
            guard try !db.hasItem(in: id, repo: repo, other: other), other != id else {
                throw CollectionError.itemExists
            }
            let count = try db.itemIDs(of: id).count
            guard count < Self.maximumItems else { throw CollectionError.full }
            try db.insertItem(itemID, into: id, repo: repo, other: other, position: count, note: note, at: now)
            try db.touchCollection(id, at: now)
        }
    }

    /// Changes an item's note or moves it to another place; the others make room.
    package func changeItem(
        _ item: String,
        note: String?,
        position: Int?,
        of id: String,
        by viewer: Viewer
    ) async throws -> FilledCollection {
        let now = world.now()
        guard (note?.count ?? 0) <= 500 else { throw CollectionError.badNote }
        return try await write(id, by: viewer) { _, db in
            var ids = try db.itemIDs(of: id)
            guard let place = ids.firstIndex(of: item) else { throw CollectionError.unknownItem }
            if let note { try db.setNote(note, of: item) }
            if let position {
                ids.remove(at: place)
                ids.insert(item, at: min(max(position, 0), ids.count))
                try db.setPositions(ids)
            }
            try db.touchCollection(id, at: now)
        }
    }

    package func removeItem(_ item: String, of id: String, by viewer: Viewer) async throws {
        let now = world.now()
        _ = try await write(id, by: viewer) { _, db in
            let ids = try db.itemIDs(of: id)
            guard ids.contains(item) else { throw CollectionError.unknownItem }
            try db.deleteItem(item)
            try db.setPositions(ids.filter { $0 != item })
            try db.touchCollection(id, at: now)
        }
    }

    // MARK: Rules

    private func write(
        _ id: String,
        by viewer: Viewer,
        _ body: @escaping @Sendable (inout AssetCollection, any SQLConnection) throws -> Void
    ) async throws -> FilledCollection {
        try await database.write { db in
            var collection = try visible(id, by: viewer, db)
            try mustWrite(collection.owner, viewer, db)
            try body(&collection, db)
            return FilledCollection(
                collection: try db.collection(id) ?? collection,
                items: try db.items(of: [id], seenBy: viewer)[id] ?? []
            )
        }
    }

    private func find(
        _ type: String,
        _ subject: String,
        by viewer: Viewer,
        _ db: any SQLConnection
    ) throws -> (repo: RepoID?, other: String?) {
        if type == "collection" {
            return (nil, try visible(Self.id(in: subject) ?? "", by: viewer, db).id)
        }
        guard let kind = RepoKind(hubType: type) else { throw CollectionError.unknownType(type) }
        guard let name = RepoName(subject), let location = try db.repo(kind: kind, name: name),
            try AccessPolicy.refusal(of: .see, on: db.facts(of: location.id, for: viewer), to: viewer) == nil
        else { throw CollectionError.unknownSubject }
        return (location.id, nil)
    }

    private func visible(_ id: String, by viewer: Viewer, _ db: any SQLConnection) throws -> AssetCollection {
        guard let collection = try db.collection(id) else { throw CollectionError.unknown }
        if collection.isPrivate {
            guard let account = viewer.account, viewer.onlyRepo == nil,
                try account.id == collection.owner || account.role == .admin
                    || db.membership(of: account.id, in: collection.owner) != nil
            else { throw CollectionError.unknown }
        }
        return collection
    }

    private func mustWrite(_ owner: AccountID, _ viewer: Viewer, _ db: any SQLConnection) throws {
        let account = try viewer.mustBeSignedIn()
        guard viewer.scope.includes(.write), viewer.onlyRepo == nil else { throw Problem.notYours }
        if account.id == owner || account.role == .admin { return }
        switch try db.membership(of: account.id, in: owner) {
        case .admin, .write, .contributor: return
        case .read, nil: throw CollectionError.notYours
        }
    }

    /// The id at the end of an address such as `ada/things-64f9a55bb3115b4f513ec026`.
    package static func id(in slug: String) -> String? {
        let id = String(slug.suffix(24)).lowercased()
        guard id.utf8.count == 24, Hex.decode(id) != nil else { return nil }
        return id
    }
}

extension TimeOrderedID {
    /// Twelve bytes, as ids of 24 hexadecimal digits have them: four of the time, eight by chance.
    fileprivate static func bytes(_ world: World) -> [UInt8] {
        let seconds = UInt32(truncatingIfNeeded: Int64(world.now().timeIntervalSince1970))
        return (0..<4).map { UInt8(truncatingIfNeeded: seconds >> UInt32(24 - $0 * 8)) } + world.randomBytes(8)
    }
}
