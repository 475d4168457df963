import ArgumentParser
import GalleryDatabase
import Glibc
import NIOCore

/// What the commands tell the person at the terminal.
enum Console {
    static func say(_ text: String) { write(text, to: STDOUT_FILENO) }

    static func complain(_ text: String) { write(text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array((text + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

extension Console {
    /// Turns what may go wrong at start into one clear sentence and exit code 1.
    static func explainingFaults(address: String? = nil, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as ExitCode {
            throw error
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            complain(
                "The address \(address ?? "") is taken by another program. Stop it, or choose another port with --port."
            )
            throw ExitCode.failure
        } catch let error as IOError where error.errnoCode == EADDRNOTAVAIL || error.errnoCode == EACCES {
            complain(
                "The address \(address ?? "") cannot be listened on: \(String(cString: strerror(error.errnoCode)))."
            )
            throw ExitCode.failure
        } catch let error as DatabaseError {
            complain("The database cannot be used: \(error.sentence)")
            throw ExitCode.failure
        } catch {
            complain("\(error)")
            throw ExitCode.failure
        }
    }
}

extension DatabaseError {
    var sentence: String {
        switch self {
        case .migration(let text), .unique(let text), .foreignKey(let text), .check(let text), .busy(let text),
            .unstorable(let text),
            .failed(let text):
            text
        case .unexpectedValue(let column): "unexpected value in column \(column)"
        }
    }
}
