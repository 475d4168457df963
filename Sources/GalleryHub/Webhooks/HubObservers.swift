import GalleryDatabase
package import GalleryModel

/// What follows from every move of a reference, in the transaction that moves it.
package enum HubObservers {
    package static func all(world: World) -> [ReferenceObserver] {
        [
            { move, db in try Discussions.note(move, world: world, db) },
            { move, db in try db.record(.referenceMoved(move), on: move.repo, at: move.at) },
        ]
    }
}
