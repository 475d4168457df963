import Glibc
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// Tells errors that mean "the client has gone" from those that are ours.
enum Disconnection {
    static func isCause(of error: any Error) -> Bool {
        switch error {
        case is CancellationError, is TruncatedBody: true
        case let error as IOError:
            [EPIPE, ECONNRESET, ETIMEDOUT, ENOTCONN, EBADF, ECONNABORTED].contains(error.errnoCode)
        case let error as ChannelError:
            switch error {
            case .ioOnClosedChannel, .alreadyClosed, .eof, .inputClosed, .outputClosed: true
            default: false
            }
        case let error as HTTPParserError: error == .invalidEOFState
        default: String(describing: type(of: error)).hasPrefix("NIOAsyncWriterError")
        }
    }
}

/// The connection ended in the middle of a request's body.
struct TruncatedBody: Error {}
