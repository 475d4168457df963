import ArgumentParser
import Foundation
import GalleryClient

/// How an answer is shown.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the server's answer as JSON.")
    var json = false

    /// Writes the answer as it came, or what `text` makes of it.
    func show<Body>(_ answer: APIAnswer<Body>, _ text: (Body) -> String) {
        Console.standard.write(json ? answer.json.text + "\n" : text(answer.body))
    }
}

/// How much of a list is shown.
struct ListOptions: ParsableArguments {
    @Option(help: "At most so many.")
    var limit = 50

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit takes 1 to 10000.") }
    }
}

extension Session {
    var api: APIClient { APIClient(client) }
}

/// Times as the server writes them, and lengths of time, for people.
enum Moment {
    /// As `2026-11-23 14:05:31`, in the terminal's own time.
    static func text(_ wire: String?) -> String {
        guard let wire else { return "" }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: wire.contains("."))
        guard let date = try? Date(wire, strategy: style) else { return wire }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
        return formatter.string(from: date)
    }

    /// As `1:02:03`.
    static func length(_ seconds: Int64) -> String {
        let (hours, rest) = seconds.quotientAndRemainder(dividingBy: 3600)
        let two = { (number: Int64) in number < 10 ? "0\(number)" : String(number) }
        return "\(hours):\(two(rest / 60)):\(two(rest % 60))"
    }
}

/// Asks before something is destroyed.
enum Confirmation {
    static func demand(_ question: String, unless isSure: Bool) throws {
        guard !isSure else { return }
        guard isatty(STDIN_FILENO) == 1 else { throw ValidationError("Nobody is there to confirm: add --yes.") }
        Console.standard.write("\(question) [y/N] ")
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
            Console.complain("Nothing was changed.")
            throw ExitCode(1)
        }
    }
}
