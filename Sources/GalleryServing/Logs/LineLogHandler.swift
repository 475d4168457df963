import Foundation
import Glibc
package import Logging

/// Writes each message as one line to standard error, as text for people or as JSON for machines.
package struct LineLogHandler: LogHandler {
    /// Under which the framework keeps a request's name; shown as `request`.
    static let requestKey = "hb.request.id"

    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let label: String
    private let format: Settings.Logging.Format
    private let write: @Sendable (String) -> Void

    package init(
        label: String,
        settings: Settings.Logging,
        write: @escaping @Sendable (String) -> Void = LineLogHandler.writeToStandardError
    ) {
        self.label = label
        self.write = write
        format = settings.format
        logLevel = Logger.Level(rawValue: settings.level.rawValue) ?? .info
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let own = event.metadata { all.merge(own) { $1 } }
        if let request = all.removeValue(forKey: Self.requestKey) { all["request"] = request }
        switch format {
        case .text: write(textLine(event, all))
        case .json: write(jsonLine(event, all))
        }
    }

    private func textLine(_ event: LogEvent, _ metadata: Logger.Metadata) -> String {
        var line = "\(Date().wire) \(event.level.rawValue) \(event.message.description.oneLine)"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            let text = value.description.oneLine
            line +=
                text.contains(" ") || text.isEmpty
                ? " \(key)=\"\(text.replacing("\"", with: "'"))\"" : " \(key)=\(text)"
        }
        return line + "\n"
    }

    private func jsonLine(_ event: LogEvent, _ metadata: Logger.Metadata) -> String {
        var fields = metadata.mapValues(\.description)
        fields["time"] = Date().wire
        fields["level"] = event.level.rawValue
        fields["message"] = event.message.description
        fields["logger"] = label
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = (try? encoder.encode(fields)) ?? Data()
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    /// One `write` a line, so that lines of several threads do not mix.
    @Sendable package static func writeToStandardError(_ line: String) {
        var line = line
        line.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

extension String {
    /// Control characters would let a request forge log lines or steer a terminal.
    fileprivate var oneLine: String {
        guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }
}
