import Foundation
package import GalleryModel

/// One line for every request. Written by hand: this is the hottest path of the logs.
package struct AccessLog: Sendable {
    struct Entry: Sendable {
        var method: String
        var path: String
        var route: String
        var status: Int
        var bytes: Int
        var elapsed: Duration
        var viewer: String?
        var requestID: String
        var isAborted: Bool
    }

    /// Asked every few seconds by machines; not worth a line.
    private static let quiet: Set<String> = ["/healthz", "/readyz", "/metrics"]
    private static let maximumPathLength = 1000

    private let format: Settings.Logging.Format
    private let isOn: Bool
    private let logsEverything: Bool
    private let world: World
    private let write: @Sendable (String) -> Void

    package init(
        settings: Settings.Logging,
        world: World,
        write: @escaping @Sendable (String) -> Void = LineLogHandler.writeToStandardError
    ) {
        format = settings.format
        isOn = [.trace, .debug, .info].contains(settings.level)
        logsEverything = [.trace, .debug].contains(settings.level)
        self.world = world
        self.write = write
    }

    func write(_ entry: Entry) {
        guard isOn, logsEverything || !Self.quiet.contains(entry.route) else { return }
        let time = world.now().wire
        let milliseconds = entry.elapsed / .microseconds(1) / 1000
        let shownTime = String(Double(Int(milliseconds * 100)) / 100)
        let path = Self.escaped(entry.path)
        let viewer = entry.viewer ?? "-"
        let aborted = entry.isAborted
        switch format {
        case .text:
            write(
                "\(time) info \(entry.method) \(path) \(entry.status) \(entry.bytes)B \(shownTime)ms viewer=\(viewer) request=\(entry.requestID)\(aborted ? " aborted" : "")\n"
            )
        case .json:
            write(
                "{\"time\":\"\(time)\",\"level\":\"info\",\"message\":\"request\",\"method\":\"\(entry.method)\",\"path\":\"\(path)\",\"route\":\"\(Self.escaped(entry.route))\",\"status\":\(entry.status),\"bytes\":\(entry.bytes),\"ms\":\(shownTime),\"viewer\":\"\(viewer)\",\"request\":\"\(entry.requestID)\"\(aborted ? ",\"aborted\":true" : "")}\n"
            )
        }
    }

    /// Safe inside a JSON text and on one line: control characters, quotes, backslashes and what is not ASCII are escaped as in URLs.
    private static func escaped(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        if isPlain, text.utf8.count <= maximumPathLength { return text }
        return String(
            text.utf8.prefix(maximumPathLength).flatMap { byte -> [Character] in
                let isSafe = byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
                return isSafe ? [Character(UnicodeScalar(byte))] : Array("%" + Hex.encode([byte]))
            }
        )
    }
}
