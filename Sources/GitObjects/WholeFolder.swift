package import GalleryModel

/// Which commit changed each name of a folder last, in twelve bytes a name.
///
/// Names are kept as 64-bit hashes: the answer is shown, nothing is decided by it.
package struct WholeFolder: Sendable {
    private var commits: [GitOID] = []
    private var numbers: [GitOID: UInt32] = [:]
    /// Hash of the name → number of the commit, the top bit says that all beneath the name is of that commit.
    private var table: [UInt64: UInt32] = [:]
    private static let deepBit: UInt32 = 1 << 31
    /// The commit of every name that is not in the table; all beneath those is of it too.
    package var rest: GitOID?

    package init() {}

    /// Sets the answer for a name unless it has one.
    package mutating func set(_ name: GitName, to commit: GitOID, isDeep: Bool) {
        set(Self.hash(name), to: commit, isDeep: isDeep)
    }

    /// Takes over the answers for the names that have none yet.
    package mutating func add(_ older: WholeFolder) {
        for (hash, value) in older.table {
            set(hash, to: older.commits[Int(value & ~Self.deepBit)], isDeep: value & Self.deepBit != 0)
        }
        rest = rest ?? older.rest
    }

    package func find(_ name: GitName) -> (commit: GitOID, isDeep: Bool)? {
        guard let value = table[Self.hash(name)] else { return rest.map { ($0, true) } }
        return (commits[Int(value & ~Self.deepBit)], value & Self.deepBit != 0)
    }

    package var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(8 + commits.count * 20 + table.count * 12)
        Self.append(UInt64(commits.count), 4, to: &result)
        result.append(rest == nil ? 0 : 1)
        for commit in commits { result += commit.bytes }
        if let rest { result += rest.bytes }
        for (hash, value) in table {
            Self.append(hash, 8, to: &result)
            Self.append(UInt64(value), 4, to: &result)
        }
        return result
    }

    /// Nil when the bytes are not those of a table.
    package init?(bytes: [UInt8]) {
        guard bytes.count >= 5 else { return nil }
        let count = Int(Self.number(bytes[0..<4]))
        var position = 5
        guard bytes.count - position >= (count + Int(bytes[4] & 1)) * 20 else { return nil }
        for _ in 0..<count {
            guard let commit = GitOID(bytes: bytes[position..<(position + 20)]) else { return nil }
            numbers[commit] = UInt32(commits.count)
            commits.append(commit)
            position += 20
        }
        if bytes[4] & 1 == 1 {
            rest = GitOID(bytes: bytes[position..<(position + 20)])
            position += 20
        }
        table.reserveCapacity((bytes.count - position) / 12)
        while bytes.count - position >= 12 {
            let value = UInt32(truncatingIfNeeded: Self.number(bytes[(position + 8)..<(position + 12)]))
            guard Int(value & ~Self.deepBit) < commits.count else { return nil }
            table[Self.number(bytes[position..<(position + 8)])] = value
            position += 12
        }
    }

    private mutating func set(_ hash: UInt64, to commit: GitOID, isDeep: Bool) {
        guard table[hash] == nil else { return }
        let number: UInt32
        if let known = numbers[commit] {
            number = known
        } else {
            number = UInt32(commits.count)
            numbers[commit] = number
            commits.append(commit)
        }
        table[hash] = number | (isDeep ? Self.deepBit : 0)
    }

    private static func append(_ value: UInt64, _ count: Int, to bytes: inout [UInt8]) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - index)))) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// FNV-1a.
    private static func hash(_ name: GitName) -> UInt64 {
        name.bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0100_0000_01b3 }
    }
}
