import ArgumentParser

/// `gallery version`
struct Version: ParsableCommand {
    static let current = "0.1.0"
    static let configuration = CommandConfiguration(abstract: "Print the version.")

    func run() { Console.say("gallery \(Self.current)") }
}
