package import GalleryModel

/// What becomes of one name in a folder: a new entry, or nothing.
package struct TreeChange: Sendable, Equatable {
    package var name: GitName
    package var entry: (mode: FileMode, oid: GitOID)?

    package init(name: GitName, entry: (mode: FileMode, oid: GitOID)?) {
        self.name = name
        self.entry = entry
    }

    package static func == (left: TreeChange, right: TreeChange) -> Bool {
        left.name == right.name && left.entry?.mode == right.entry?.mode && left.entry?.oid == right.entry?.oid
    }

    /// Compact text of changes, from which a folder is rebuilt out of an earlier one.
    package static func encode(_ changes: [TreeChange]) -> [UInt8] {
        var bytes: [UInt8] = []
        for change in changes {
            if let entry = change.entry {
                TreeEntry(name: change.name, mode: entry.mode, oid: entry.oid).append(to: &bytes)
            } else {
                bytes += [UInt8(ascii: "0"), UInt8(ascii: " ")] + change.name.bytes + [0]
            }
        }
        return bytes
    }

    package static func decode(_ bytes: [UInt8]) throws(GitObjectError) -> [TreeChange] {
        var changes: [TreeChange] = []
        var position = 0
        while position < bytes.count {
            guard let space = bytes[position...].firstIndex(of: UInt8(ascii: " ")),
                let end = bytes[space...].firstIndex(of: 0)
            else { throw .malformedTree }
            let name = GitName(Array(bytes[(space + 1)..<end]))
            if space == position + 1, bytes[position] == UInt8(ascii: "0") {
                changes.append(TreeChange(name: name, entry: nil))
                position = end + 1
            } else {
                guard let mode = FileMode(octal: bytes[position..<space]), bytes.count - end > 20,
                    let oid = GitOID(bytes: bytes[(end + 1)..<(end + 21)])
                else { throw .malformedTree }
                changes.append(TreeChange(name: name, entry: (mode, oid)))
                position = end + 21
            }
        }
        return changes
    }
}

extension Tree {
    /// The folder after these changes; each name may appear once. Unchanged stretches are copied whole.
    package func applying(_ changes: [TreeChange]) -> Tree {
        guard !isEmpty else {
            return Tree(
                changes.compactMap { change in
                    change.entry.map { TreeEntry(name: change.name, mode: $0.mode, oid: $0.oid) }
                }
            )
        }
        let removed = changes.compactMap { position(of: $0.name) }.sorted()
        let added = changes.compactMap { change in
            change.entry.map { TreeEntry(name: change.name, mode: $0.mode, oid: $0.oid) }
        }
        let insertions = Tree(added)
        let points = (0..<insertions.count).map { index in
            let entry = insertions[index]
            return insertionPoint(entry.name.bytes, isFolder: entry.isFolder)
        }
        return merging(insertions, at: points, without: removed)
    }

    /// What leads from this folder to `other`, by name.
    package func changes(to other: Tree) -> [TreeChange] {
        if bytes == other.bytes { return [] }
        var changes: [TreeChange] = []
        var left = 0
        var right = 0
        while left < count || right < other.count {
            if left < count, right < other.count {
                let mine = bytes[entryRange(left)]
                let theirs = other.bytes[other.entryRange(right)]
                if mine.elementsEqual(theirs) {
                    left += 1
                    right += 1
                    continue
                }
            }
            let mine = left < count ? self[left] : nil
            let theirs = right < other.count ? other[right] : nil
            switch (mine, theirs) {
            case (let mine?, let theirs?) where mine.name == theirs.name && mine.isFolder == theirs.isFolder:
                changes.append(TreeChange(name: theirs.name, entry: (theirs.mode, theirs.oid)))
                left += 1
                right += 1
            case (let mine?, let theirs?)
            where Self.precedes(theirs.name.bytes, theirs.isFolder, mine.name.bytes, mine.isFolder):
                changes.append(TreeChange(name: theirs.name, entry: (theirs.mode, theirs.oid)))
                right += 1
            case (nil, let theirs?):
                changes.append(TreeChange(name: theirs.name, entry: (theirs.mode, theirs.oid)))
                right += 1
            case (let mine?, _):
                // A name that turned from file to folder, or back, has a new entry elsewhere.
                if other.position(of: mine.name) == nil { changes.append(TreeChange(name: mine.name, entry: nil)) }
                left += 1
            case (nil, nil):
                return changes
            }
        }
        return changes
    }

    private func merging(_ insertions: Tree, at points: [Int], without removed: [Int]) -> Tree {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + insertions.bytes.count)
        var offsets: [UInt32] = []
        offsets.reserveCapacity(count + insertions.count)
        var position = 0
        var nextRemoved = 0
        var nextInsertion = 0
        func copy(to end: Int) {
            guard position < end else { return }
            let range = entryRange(position).lowerBound..<entryRange(end - 1).upperBound
            let shift = Int64(result.count) - Int64(range.lowerBound)
            for index in position..<end { offsets.append(UInt32(Int64(entryRange(index).lowerBound) + shift)) }
            result.append(contentsOf: bytes[range])
            position = end
        }
        while nextInsertion < insertions.count || nextRemoved < removed.count {
            let insertion = nextInsertion < insertions.count ? points[nextInsertion] : Int.max
            let removal = nextRemoved < removed.count ? removed[nextRemoved] : Int.max
            if insertion <= removal {
                copy(to: insertion)
                offsets.append(UInt32(result.count))
                result.append(contentsOf: insertions.bytes[insertions.entryRange(nextInsertion)])
                nextInsertion += 1
            } else {
                copy(to: removal)
                position = removal + 1
                nextRemoved += 1
            }
        }
        copy(to: count)
        return Tree(checked: result, offsets: offsets)
    }
}
