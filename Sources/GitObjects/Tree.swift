package import GalleryModel

/// One line of a folder.
package struct TreeEntry: Hashable, Sendable {
    package var name: GitName
    package var mode: FileMode
    package var oid: GitOID

    package init(name: GitName, mode: FileMode, oid: GitOID) {
        self.name = name
        self.mode = mode
        self.oid = oid
    }

    package var isFolder: Bool { mode.isFolder }

    func append(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: mode.octal.utf8)
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: name.bytes)
        bytes.append(0)
        bytes.append(contentsOf: oid.bytes)
    }
}

/// A folder as git stores it, indexed but not decoded: entries come into being when they are asked for.
///
/// A folder of 100,000 files is one array of bytes and one of offsets.
package struct Tree: Sendable, Equatable {
    package let bytes: [UInt8]
    /// Where each entry begins.
    private let offsets: [UInt32]

    package static let empty = Tree(bytes: [], offsets: [])

    private init(bytes: [UInt8], offsets: [UInt32]) {
        self.bytes = bytes
        self.offsets = offsets
    }

    /// For bytes that were put together from whole entries in order.
    init(checked bytes: [UInt8], offsets: [UInt32]) { self.init(bytes: bytes, offsets: offsets) }

    /// Checks the form and the order, so that everything later may rely on both.
    package init(bytes: [UInt8]) throws(GitObjectError) {
        guard let offsets = Self.index(bytes) else { throw .malformedTree }
        self.init(bytes: bytes, offsets: offsets)
        for index in offsets.indices.dropFirst() where !isOrdered(index - 1, index) { throw .malformedTree }
    }

    /// Sorts the entries as git does. Names must differ.
    package init(_ entries: some Sequence<TreeEntry>) {
        let sorted = entries.sorted { Self.precedes($0.name.bytes, $0.isFolder, $1.name.bytes, $1.isFolder) }
        var bytes: [UInt8] = []
        var offsets: [UInt32] = []
        bytes.reserveCapacity(sorted.count * 48)
        offsets.reserveCapacity(sorted.count)
        for entry in sorted {
            offsets.append(UInt32(bytes.count))
            entry.append(to: &bytes)
        }
        self.init(bytes: bytes, offsets: offsets)
    }

    package var oid: GitOID { GitObjectKind.tree.id(of: bytes) }
    package var count: Int { offsets.count }
    package var isEmpty: Bool { offsets.isEmpty }
    /// Bytes held in memory.
    package var footprint: Int { bytes.count + offsets.count * 4 + 64 }

    package subscript(index: Int) -> TreeEntry {
        let start = Int(offsets[index])
        let name = nameRange(index)
        // Both were checked when the bytes were indexed.
        guard let mode = FileMode(octal: bytes[start..<name.lowerBound - 1]),
            let oid = GitOID(bytes: bytes[(name.upperBound + 1)..<(name.upperBound + 21)])
        else { preconditionFailure("an indexed tree has an unreadable entry") }
        return TreeEntry(name: GitName(Array(bytes[name])), mode: mode, oid: oid)
    }

    package var entries: some Sequence<TreeEntry> { (0..<count).lazy.map { self[$0] } }

    package func entry(named name: GitName) -> TreeEntry? { position(of: name).map { self[$0] } }

    /// Where the entry of that name is, be it a file or a folder.
    package func position(of name: GitName) -> Int? {
        for isFolder in [false, true] {
            let index = insertionPoint(name.bytes, isFolder: isFolder)
            if index < count, self.isFolder(index) == isFolder, bytes[nameRange(index)].elementsEqual(name.bytes) {
                return index
            }
        }
        return nil
    }

    /// The first position whose entry does not come before this name.
    package func insertionPoint(_ name: [UInt8], isFolder: Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if Self.precedes(bytes[nameRange(middle)], self.isFolder(middle), name[...], isFolder) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    package func isFolder(_ index: Int) -> Bool {
        bytes[Int(offsets[index])] == UInt8(ascii: "4")
            || bytes[Int(offsets[index])] == UInt8(ascii: "0")
    }

    /// The bytes of one whole entry.
    func entryRange(_ index: Int) -> Range<Int> {
        Int(offsets[index])..<(index + 1 < count ? Int(offsets[index + 1]) : bytes.count)
    }

    private func nameRange(_ index: Int) -> Range<Int> {
        let range = entryRange(index)
        // A mode has five or six digits.
        let start = range.lowerBound + (bytes[range.lowerBound + 5] == UInt8(ascii: " ") ? 6 : 7)
        return start..<(range.upperBound - 21)
    }

    private func isOrdered(_ left: Int, _ right: Int) -> Bool {
        let first = bytes[nameRange(left)]
        let second = bytes[nameRange(right)]
        return !first.elementsEqual(second) && Self.precedes(first, isFolder(left), second, isFolder(right))
    }

    /// Git's order: by bytes, a folder as though its name ended in a slash.
    static func precedes(
        _ left: some RandomAccessCollection<UInt8>,
        _ leftIsFolder: Bool,
        _ right: some RandomAccessCollection<UInt8>,
        _ rightIsFolder: Bool
    ) -> Bool {
        let slash = UInt8(ascii: "/")
        var first = left.makeIterator()
        var second = right.makeIterator()
        var firstEnd = leftIsFolder
        var secondEnd = rightIsFolder
        while true {
            var one = first.next()
            if one == nil, firstEnd { (one, firstEnd) = (slash, false) }
            var other = second.next()
            if other == nil, secondEnd { (other, secondEnd) = (slash, false) }
            guard let other else { return false }
            guard let one else { return true }
            if one != other { return one < other }
        }
    }

    /// The offset of every entry; nil when the bytes are not a tree in canonical form.
    private static func index(_ bytes: [UInt8]) -> [UInt32]? {
        guard bytes.count <= Int(UInt32.max) else { return nil }
        var offsets: [UInt32] = []
        offsets.reserveCapacity(bytes.count / 40)
        var position = 0
        while position < bytes.count {
            offsets.append(UInt32(position))
            guard let space = bytes[position..<min(position + 7, bytes.count)].firstIndex(of: UInt8(ascii: " ")),
                space - position >= 5, FileMode(octal: bytes[position..<space]) != nil
            else { return nil }
            var end = space + 1
            while end < bytes.count, bytes[end] != 0 {
                if bytes[end] == UInt8(ascii: "/") { return nil }
                end += 1
            }
            guard end > space + 1, bytes.count - end > 20 else { return nil }
            position = end + 21
        }
        return offsets
    }
}
