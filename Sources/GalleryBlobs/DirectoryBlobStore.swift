import Foundation
package import GalleryModel
package import NIOCore
package import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Packs as files of one folder: `packs/<two letters>/<id>`, written under `staging/`.
package struct DirectoryBlobStore: BlobStore {
    /// How much of the disk must stay free for writes to be taken.
    package static let reserve = 0.05

    private let root: String
    private let pool: NIOThreadPool
    private let group: any EventLoopGroup
    private let reserve: Double

    /// Opens or creates the folder. Blocks; called once at start.
    package init(
        root: String,
        pool: NIOThreadPool = .singleton,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        reserve: Double = DirectoryBlobStore.reserve
    ) throws {
        self.root = root
        self.pool = pool
        self.group = group
        self.reserve = reserve
        let manager = FileManager.default
        try manager.createDirectory(atPath: root + "/staging", withIntermediateDirectories: true)
        for prefix in Self.prefixes {
            try manager.createDirectory(atPath: "\(root)/packs/\(prefix)", withIntermediateDirectories: true)
        }
        try syncFolder(root + "/packs")
        try syncFolder(root)
    }

    private static let prefixes = (0..<256).map { Hex.encode([UInt8($0)]) }

    package func create(_ pack: PackID, hashing: Bool) async throws -> any BlobWriter {
        let destination = try self.destination(of: pack)
        let staging = "\(root)/staging/\(pack.rawValue)"
        let file = try await pool.runIfActive {
            try checkSpace()
            guard access(destination.path, F_OK) != 0 else { throw BlobError.exists(pack) }
            return try StagedFile(path: staging, hashing: hashing)
        }
        return DirectoryBlobWriter(
            pack: pack,
            file: file,
            path: destination.path,
            folder: destination.folder,
            store: self,
            pool: pool,
            eventLoop: group.any()
        )
    }

    package func read(_ pack: PackID, _ range: Range<Int>) async throws -> ByteBuffer {
        let path = try destination(of: pack).path
        return try await pool.runIfActive { try Self.read(pack, range, at: path) }
    }

    private static func read(_ pack: PackID, _ range: Range<Int>, at path: String) throws -> ByteBuffer {
        guard range.lowerBound >= 0 else { throw BlobError.truncated(pack) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ENOENT ? BlobError.missing(pack) : .system("open") }
        defer { close(descriptor) }
        var buffer = ByteBuffer()
        try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: range.count) { space in
            var done = 0
            while done < range.count {
                let count = pread(
                    descriptor,
                    space.baseAddress?.advanced(by: done),
                    range.count - done,
                    range.lowerBound + done
                )
                if count == 0 { throw BlobError.truncated(pack) }
                if count < 0 {
                    if errno == EINTR { continue }
                    throw BlobError.system("read")
                }
                done += count
            }
            return done
        }
        return buffer
    }

    package func size(of pack: PackID) async throws -> Int? {
        let path = try destination(of: pack).path
        return try await pool.runIfActive {
            var status = stat()
            if stat(path, &status) == 0 { return Int(status.st_size) }
            guard errno == ENOENT else { throw BlobError.system("stat") }
            return nil
        }
    }

    package func path(of pack: PackID) -> String? { try? destination(of: pack).path }

    package func delete(_ pack: PackID) async throws {
        let path = try destination(of: pack).path
        try await pool.runIfActive {
            guard unlink(path) == 0 || errno == ENOENT else { throw BlobError.system("delete") }
        }
    }

    /// One folder is one page.
    package func list(_ page: String?) async throws -> BlobPage {
        let index = page.flatMap { Self.prefixes.firstIndex(of: $0) } ?? 0
        let folder = "\(root)/packs/\(Self.prefixes[index])"
        let blobs = try await pool.runIfActive {
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted().compactMap { name in
                var status = stat()
                guard stat("\(folder)/\(name)", &status) == 0 else { return nil as StoredBlob? }
                let seconds = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
                return StoredBlob(
                    pack: PackID(name),
                    size: Int(status.st_size),
                    createdAt: Date(timeIntervalSince1970: seconds)
                )
            }
        }
        return BlobPage(blobs: blobs, next: index + 1 < Self.prefixes.count ? Self.prefixes[index + 1] : nil)
    }

    package func sweepStaging() async throws -> Int {
        let folder = root + "/staging"
        return try await pool.runIfActive {
            try FileManager.default.contentsOfDirectory(atPath: folder).reduce(0) { swept, name in
                let path = "\(folder)/\(name)"
                let descriptor = open(path, O_RDONLY | O_CLOEXEC)
                guard descriptor >= 0 else { return swept }
                defer { close(descriptor) }
                guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, unlink(path) == 0 else { return swept }
                return swept + 1
            }
        }
    }

    package func space() async throws -> StorageSpace? {
        try await pool.runIfActive { try measure() }
    }

    /// Throws `BlobError.storageFull` when less than the reserve is free. Blocks.
    func checkSpace() throws {
        let space = try measure()
        guard Double(space.freeBytes) >= Double(space.totalBytes) * reserve else { throw BlobError.storageFull }
    }

    private func measure() throws -> StorageSpace {
        var status = statvfs()
        guard statvfs(root, &status) == 0 else { throw BlobError.system("measure") }
        let unit = Int(status.f_frsize)
        return StorageSpace(totalBytes: Int(status.f_blocks) * unit, freeBytes: Int(status.f_bavail) * unit)
    }

    /// Ids become file names, so only plain ones are taken.
    private func destination(of pack: PackID) throws -> (path: String, folder: String) {
        let name = pack.rawValue
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isPlain, (1...64).contains(name.utf8.count) else { throw BlobError.badID(pack) }
        let spread = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let folder = "\(root)/packs/\(Self.prefixes[Int(spread & 255)])"
        return ("\(folder)/\(name)", folder)
    }
}
