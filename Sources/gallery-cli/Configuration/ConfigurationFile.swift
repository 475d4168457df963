import Foundation

/// Everything that is wrong with the settings, one sentence each.
struct ConfigurationError: Error, CustomStringConvertible, Equatable {
    var faults: [String]

    init(_ faults: [String]) { self.faults = faults }

    var description: String {
        faults.count == 1
            ? faults[0]
            : "\(faults.count) faults in the settings:\n" + faults.map { "  - \($0)" }.joined(separator: "\n")
    }
}

/// `key=value` lines; lines that begin with `#` are comments.
struct ConfigurationFile: Equatable {
    enum Key: String, CaseIterable {
        case url = "iam_url"
        case project = "iam_project"
        case timeout = "iam_timeout"
        case domain = "iam_domain"
        case user = "iam_user"
        case password = "iam_password"
        case accessKey = "iam_ak"
        case secretKey = "iam_sk"
        case repoURL = "repo_url"
        case cachedDir = "cached_dir"
        case encrypt = "sdk_encrypt_implementation_func"
        case decrypt = "sdk_decrypt_implementation_func"
    }

    /// Without empty ones, which count as not given.
    var values: [Key: String] = [:]
    /// What cannot be read, or is said twice.
    var faults: [String] = []
    /// Keys that mean nothing here: most likely misspelt.
    var warnings: [String] = []

    init(_ text: String = "") {
        let lines = text.replacingOccurrences(of: "\r\n", with: "\n").split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        var seen: [Key: Int] = [:]
        for (index, line) in lines.enumerated() {
            let number = index + 1
            var content = line.trimmingCharacters(in: .whitespaces)
            if number == 1, content.hasPrefix("\u{FEFF}") { content.removeFirst() }
            if content.isEmpty || content.hasPrefix("#") { continue }
            guard let equals = content.firstIndex(of: "=") else {
                faults.append("Line \(number) is no “key=value” line.")
                continue
            }
            let name = content[..<equals].trimmingCharacters(in: .whitespaces)
            guard let key = Key(rawValue: name.lowercased()) else {
                warnings.append("Line \(number): “\(name.prefix(60))” is no setting of gallery-cli.")
                continue
            }
            if let first = seen[key] {
                faults.append("\(key.rawValue) is set twice, on lines \(first) and \(number).")
                continue
            }
            seen[key] = number
            let value = Self.unquoted(content[content.index(after: equals)...].trimmingCharacters(in: .whitespaces))
            if !value.isEmpty { values[key] = value }
        }
    }

    private static func unquoted(_ text: String) -> String {
        for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            return String(text.dropFirst().dropLast())
        }
        return text
    }
}
