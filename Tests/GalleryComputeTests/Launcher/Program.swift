import Foundation

/// Programs that tests start beside what they test.
enum Program {
    /// What it writes to its output until it ends.
    static func output(_ path: String, _ arguments: [String]) async throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let bytes = await Task.detached { pipe.fileHandleForReading.readDataToEndOfFile() }.value
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Runs as long as `body` does.
    static func beside<Value>(
        _ path: String,
        _ arguments: [String],
        _ body: () async throws -> Value
    ) async throws -> Value {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        defer {
            // Asking is no use: it inherits the signals that the threads of this program do not take.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        return try await body()
    }
}
