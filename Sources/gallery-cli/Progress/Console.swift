import Foundation

/// Where a command writes: a terminal that can redraw a line, or a file or pipe that cannot.
struct Console: Sendable {
    var isTerminal: Bool
    var columns: Int
    var write: @Sendable (String) -> Void

    static let standard = Console(
        isTerminal: isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb",
        columns: width(),
        write: { FileDescriptorText.write($0, to: STDOUT_FILENO) }
    )

    /// Writes a line for people, apart from the results.
    static func complain(_ message: String) { FileDescriptorText.write(message + "\n", to: STDERR_FILENO) }

    private static func width() -> Int {
        var size = winsize()
        if isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            return Int(size.ws_col)
        }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init).map { min(max($0, 40), 1000) } ?? 120
    }
}

private enum FileDescriptorText {
    static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
