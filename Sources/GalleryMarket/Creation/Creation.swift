import GalleryDatabase
package import GalleryHub
package import GalleryModel

/// Creating assets as people do.
package struct Creation: Sendable {
    /// The licences that are offered first; all that are known are taken.
    package static let licences = [
        "apache-2.0", "mit", "bsd-3-clause", "gpl-3.0", "lgpl-3.0", "agpl-3.0", "mpl-2.0", "mulanpsl-2.0", "cc0-1.0",
        "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "openrail", "odc-by", "odbl", "other",
    ]

    let database: any Database
    let repositories: Repositories
    let files: Files
    let words: Words

    package init(hub: HubSlices, words: Words) {
        self.words = words
        database = hub.database
        repositories = hub.repositories
        files = hub.files
    }

    /// The names under which the viewer may create, their own first.
    package func owners(for viewer: Viewer) async throws -> [String] {
        let account = try viewer.mustBeSignedIn()
        let organizations = try await database.read { db in try db.organizations(of: account.id) }
        return [account.name] + organizations.filter { $0.role != .read }.map(\.account.name)
    }

    /// Makes the asset, with a README where a licence is given.
    package func create(_ new: NewAsset, by viewer: Viewer) async throws -> Repository {
        try new.check()
        let texts: [Words.Passage] = [
            .init("name", new.name), .init("title", new.title), .init("description", new.description),
        ]
        try await database.read { db in try words.check(texts, db) }
        let repository = try await repositories.create(
            NewRepository(
                kind: new.kind,
                owner: new.owner,
                name: new.name,
                visibility: new.isPublic ? .everyone : .owner,
                title: new.title,
                description: new.description
            ),
            by: viewer
        )
        guard !new.licence.isEmpty else { return repository }
        var draft = try await files.draft(on: "main", of: repository.id, by: viewer)
        try await draft.put("README.md", bytes: Array(new.readme.utf8))
        _ = try await files.commit(draft, title: "Add the licence")
        return repository
    }
}
