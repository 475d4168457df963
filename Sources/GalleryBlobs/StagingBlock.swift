#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import NIOCore
import Synchronization

/// A piece of memory in which a writer collects bytes, aligned so that the disk can take them from it without a copy.
///
/// Unchecked because one at a time uses it: its writer while it is filled, then the job that writes it.
final class StagingBlock: @unchecked Sendable {
    /// Large enough that a write costs nothing beside its bytes, small enough that an upload holds little memory.
    static let capacity = 2 << 20
    /// What disks ask of addresses, offsets and lengths.
    static let alignment = 4096
    private static let maximumSpares = 8

    private static let spares = Mutex<[StagingBlock]>([])

    private let memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    private init() {
        memory = .allocate(byteCount: Self.capacity, alignment: Self.alignment)
    }

    deinit { memory.deallocate() }

    /// An empty block; one that was used before where there is one, since fresh memory costs as much as the copy into it.
    static func take() -> StagingBlock {
        spares.withLock { $0.popLast() } ?? StagingBlock()
    }

    /// Gives the block back; nobody uses it any more.
    func release() {
        count = 0
        Self.spares.withLock { spares in
            if spares.count < Self.maximumSpares { spares.append(self) }
        }
    }

    var isFull: Bool { count == Self.capacity }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    /// Moves as many bytes as fit from the front of `buffer` into the block.
    func fill(from buffer: inout ByteBuffer) {
        let moved = min(buffer.readableBytes, Self.capacity - count)
        buffer.withUnsafeReadableBytes { source in
            UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: source[..<moved])
            )
        }
        buffer.moveReaderIndex(forwardBy: moved)
        count += moved
    }
}
