import Foundation

/// A Python function from text to text, with which a site encrypts or decrypts its secrets.
struct CryptFunction: Equatable, Sendable {
    private static let limitInSeconds = 30.0

    /// A module's name, or the path of a `.py` file.
    let module: String
    let function: String

    /// `module.function` or `/path/to/file.py.function`.
    init?(_ text: String) {
        guard let dot = text.lastIndex(of: "."), dot > text.startIndex else { return nil }
        module = String(text[..<dot])
        function = String(text[text.index(after: dot)...])
        let isName = function.unicodeScalars.allSatisfy { $0.properties.isXIDContinue || $0 == "_" }
        guard !function.isEmpty, isName, function != "py", module.hasSuffix(".py") || !module.contains("/") else {
            return nil
        }
    }

    var name: String { "\(module).\(function)" }

    // Secrets travel through standard input and output alone; what the function prints goes to standard error.
    private static let script = """
        import importlib, importlib.util, os, sys
        module, function = sys.argv[1:3]
        text = sys.stdin.buffer.read().decode("utf-8")
        results, sys.stdout = os.fdopen(os.dup(1), "wb"), sys.stderr
        os.dup2(2, 1)
        if module.endswith(".py"):
            spec = importlib.util.spec_from_file_location("gallery_crypt", module)
            loaded = importlib.util.module_from_spec(spec)
            sys.path.insert(0, os.path.dirname(os.path.abspath(module)))
            spec.loader.exec_module(loaded)
        else:
            sys.path.insert(0, os.getcwd())
            loaded = importlib.import_module(module)
        result = getattr(loaded, function)(text)
        if not isinstance(result, (str, bytes)):
            raise TypeError("the function must return str or bytes, not " + type(result).__name__)
        results.write(result.encode("utf-8") if isinstance(result, str) else result)
        results.close()
        """

    /// Applies the function with python3.
    func callAsFunction(_ text: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script, module, function]
        let (input, output, complaints) = (Pipe(), Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = complaints
        do { try process.run() } catch {
            throw ConfigurationError(["python3, which \(name) needs, cannot be started."])
        }
        let timer = DispatchSource.makeTimerSource()
        timer.schedule(deadline: .now() + Self.limitInSeconds)
        timer.setEventHandler { process.terminate() }
        timer.resume()
        defer { timer.cancel() }

        try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try? input.fileHandleForWriting.close()
        let errors = CollectedOutput(complaints.fileHandleForReading)
        let result = (try? output.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0, process.terminationReason == .exit else {
            throw ConfigurationError(["\(name) failed: \(errors.lastLine ?? "it did not end within 30 s")"])
        }
        guard let answer = String(data: result, encoding: .utf8), !answer.isEmpty else {
            throw ConfigurationError(["\(name) returned nothing that is text."])
        }
        return answer
    }
}

/// Reads a pipe to its end on a queue of its own, so that neither pipe can block the other.
private final class CollectedOutput: @unchecked Sendable {
    private let group = DispatchGroup()
    private var data = Data()

    init(_ handle: FileHandle) {
        DispatchQueue.global().async(group: group) { self.data = (try? handle.readToEnd()) ?? Data() }
    }

    var lastLine: String? {
        group.wait()
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        return lines.last.map { String($0.prefix(300)) }
    }
}
