import ArgumentParser
import Glibc

/// How a command gets a password: never as an argument, which other users of the machine could see.
struct AdminPassword: ParsableArguments {
    @Flag(name: .customLong("password-stdin"), help: "Read the password from the first line of standard input.")
    var isFromInput = false

    /// Asks twice at a terminal.
    func read() throws -> String {
        if isFromInput {
            guard let line = readLine(strippingNewline: true), !line.isEmpty else {
                throw ValidationError("Standard input holds no password.")
            }
            return line
        }
        guard isatty(STDIN_FILENO) != 0 else { throw ValidationError("Give the password with --password-stdin.") }
        guard let first = ask("Password: "), first == ask("Again: ") else {
            throw ValidationError("The two passwords differ.")
        }
        return first
    }

    private func ask(_ prompt: String) -> String? {
        guard let answer = getpass(prompt) else { return nil }
        defer { memset(answer, 0, strlen(answer)) }
        return String(cString: answer)
    }
}
