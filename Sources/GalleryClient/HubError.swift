/// What the server said when it refused.
package struct HubRefusal: Sendable, Equatable {
    package var status: Int
    /// The value of `X-Error-Code`, such as `RepoNotFound`.
    package var code: String?
    /// The server's own sentence.
    package var sentence: String
    /// What an operator finds the request by.
    package var requestID: String?

    package init(status: Int, code: String?, sentence: String, requestID: String?) {
        self.status = status
        self.code = code
        self.sentence = sentence
        self.requestID = requestID
    }
}

/// Why a call or a transfer did not succeed; its description is one sentence for the person who asked.
package enum HubError: Error, Sendable, Equatable {
    case refused(HubRefusal)
    case unreachable(server: String, reason: String)
    case malformedAddress(String)
    case malformedAnswer(String)
    /// What arrived is not what the repository says it holds.
    case corrupt(path: String)
    case unsafePath(String)
    case diskFull(folder: String, neededBytes: Int64?)
    case localFile(path: String, reason: String)
    case changedWhileRead(path: String)
}

extension HubError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let refusal):
            "\(refusal.sentence) (HTTP \(refusal.status)\(refusal.requestID.map { ", request \($0)" } ?? ""))"
        case .unreachable(let server, let reason):
            "Cannot reach \(server): \(reason)."
        case .malformedAddress(let address):
            "“\(address)” is not an http or https address."
        case .malformedAnswer(let what):
            "The server's answer cannot be understood: \(what)."
        case .corrupt(let path):
            "\(path.printable) arrived damaged twice (its hash is wrong); nothing was kept of it. Try again later."
        case .unsafePath(let path):
            "The server offers a file called “\(path.printable)”, which could not be stored safely; it was refused."
        case .diskFull(let folder, let needed):
            "No space left in \(folder)\(needed.map { ": \($0) more bytes are needed" } ?? ""). "
                + "What has arrived is kept: free some space and run the command again."
        case .localFile(let path, let reason):
            "\(path.printable): \(reason)."
        case .changedWhileRead(let path):
            "\(path.printable) changed while it was being read; run the command again."
        }
    }
}

extension HubError {
    /// The refusal's `X-Error-Code`, if it is one.
    package var code: String? {
        guard case .refused(let refusal) = self else { return nil }
        return refusal.code
    }

    /// The refusal's status, if it is one.
    package var status: Int? {
        guard case .refused(let refusal) = self else { return nil }
        return refusal.status
    }
}

extension String {
    /// The text with control characters shown as `?`, so that a hostile name cannot steer the terminal.
    package var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: "?"
                    default: scalar
                    }
                }
            )
        )
    }
}
