import SearchIndex

/// Holds this node's shelf, which grows with what other nodes write too.
actor ShelfKeeper {
    private var shelf = Shelf()
    private(set) var mark = ShelfMark()

    init() {}

    /// Takes what has changed, and returns the shelf as it is then.
    func take(_ changes: [ShelfChange]) -> Shelf {
        for change in changes {
            if let entry = change.entry { shelf.put(entry) } else { shelf.remove(change.mark.number) }
            if (change.mark.version, change.mark.number) > (mark.version, mark.number) { mark = change.mark }
        }
        return shelf
    }
}
