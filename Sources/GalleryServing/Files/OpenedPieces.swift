import GalleryBlobs
import Glibc
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTPTypesHTTP1
import NIOPosix

/// Pieces that are about to be sent, the first of them open, so that a missing file is known before the answer begins.
final class OpenedPieces: Sendable {
    private let pieces: [FilePiece]
    private let first: OpenFile

    init(_ pieces: [FilePiece]) async throws {
        self.pieces = pieces.filter { $0.length > 0 }
        let path = self.pieces.first?.path ?? "/dev/null"
        first = try await NIOThreadPool.singleton.runIfActive { try OpenFile(path) }
    }

    /// Sends all bytes: from the page cache straight to the socket where the connection is plain HTTP/1.1, else by reading.
    func send(to writer: inout any ResponseBodyWriter, _ context: GalleryContext) async throws {
        let isPlain = await context.channel.hasPlainCodec
        for (index, piece) in pieces.enumerated() {
            let file = index == 0 ? first : try await reopened(piece, after: index)
            if isPlain {
                try await FileSender(channel: context.channel, file: file, piece: piece, trace: context.trace).send()
            } else {
                try await FileReader(file: file, piece: piece).copy(to: &writer)
            }
        }
        context.metrics?.transferred(pieces.reduce(0) { $0 + $1.length }, by: isPlain ? .sendfile : .read)
        try await writer.finish(nil)
    }

    private func reopened(_ piece: FilePiece, after index: Int) async throws -> OpenFile {
        if piece.path == pieces[0].path { return first }
        return try await NIOThreadPool.singleton.runIfActive { try OpenFile(piece.path) }
    }
}

extension Channel {
    /// Whether bytes written to the socket reach the client as they are.
    fileprivate var hasPlainCodec: Bool {
        get async {
            let answer = try? await eventLoop.submit {
                (try? self.pipeline.syncOperations.context(handlerType: HTTP1ToHTTPServerCodec.self)) != nil
            }.get()
            return answer ?? false
        }
    }
}
