import Foundation

/// A value as a source of settings gives it.
package enum SettingValue: Sendable, Equatable, CustomStringConvertible {
    case text(String)
    case integer(Int)
    case truth(Bool)

    package var description: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .truth(let truth): truth ? "true" : "false"
        }
    }
}

/// One thing an operator may choose: its key, its words, and its place in `Settings`.
package struct Setting: Sendable {
    package enum Shape: Sendable, Equatable {
        case text, integer, truth
        /// A number of bytes, also written `5 GB` or `512 MiB`.
        case bytes
    }

    package let key: String
    package let shape: Shape
    package let isSecret: Bool
    /// One sentence for the reference.
    package let help: String
    package let read: @Sendable (Settings) -> SettingValue
    /// Takes a value over; answers what is wrong with it, or nil.
    package let take: @Sendable (SettingValue, inout Settings) -> String?

    /// `GALLERY_SERVER_PORT` for `server.port`.
    package var environmentName: String {
        var name = "GALLERY_"
        var previousIsLower = false
        for character in key {
            if character.isUppercase, previousIsLower { name += "_" }
            name += character == "." ? "_" : character.uppercased()
            previousIsLower = character.isLowercase
        }
        return name
    }

    /// The value as it may be shown to people.
    package func shown(in settings: Settings) -> String {
        let text = read(settings).description
        if isSecret { return text.isEmpty ? "" : "(hidden)" }
        return key == "database.url" ? Self.withoutPassword(text) : text
    }

    /// `postgres://user:secret@host/db` without the secret.
    package static func withoutPassword(_ url: String) -> String {
        guard let scheme = url.range(of: "://"), let at = url[scheme.upperBound...].lastIndex(of: "@") else {
            return url
        }
        let user = url[scheme.upperBound..<at].split(separator: ":", maxSplits: 1).first ?? ""
        return "\(url[..<scheme.upperBound])\(user):(hidden)\(url[at...])"
    }
}

extension Setting {
    typealias Place<Value> = any WritableKeyPath<Settings, Value> & Sendable

    static func text(
        _ key: String,
        _ path: Place<String>,
        isSecret: Bool = false,
        fault: @escaping @Sendable (String) -> String? = { _ in nil },
        _ help: String
    ) -> Setting {
        Setting(key: key, shape: .text, isSecret: isSecret, help: help) {
            .text($0[keyPath: path])
        } take: { value, settings in
            if let fault = fault(value.description) { return fault }
            settings[keyPath: path] = value.description
            return nil
        }
    }

    static func integer(
        _ key: String,
        _ path: Place<Int>,
        _ range: ClosedRange<Int>,
        _ help: String
    ) -> Setting {
        Setting(key: key, shape: .integer, isSecret: false, help: help) {
            .integer($0[keyPath: path])
        } take: { value, settings in
            guard let number = Int(value.description), range.contains(number) else {
                return "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            }
            settings[keyPath: path] = number
            return nil
        }
    }

    static func truth(_ key: String, _ path: Place<Bool>, _ help: String) -> Setting {
        Setting(key: key, shape: .truth, isSecret: false, help: help) {
            .truth($0[keyPath: path])
        } take: { value, settings in
            guard let truth = Truth(value.description)?.isOn else { return "must be true or false" }
            settings[keyPath: path] = truth
            return nil
        }
    }

    static func bytes(_ key: String, _ path: Place<Int64>, _ help: String) -> Setting {
        Setting(key: key, shape: .bytes, isSecret: false, help: help) {
            .text(ByteCount.text($0[keyPath: path]))
        } take: { value, settings in
            guard let count = ByteCount.parse(value.description), count > 0 else {
                return "must be a size such as 500000, 512 MiB or 5 GB"
            }
            settings[keyPath: path] = count
            return nil
        }
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ key: String,
        _ path: Place<Choice>,
        _ help: String
    ) -> Setting {
        let names = Choice.allCases.map(\.rawValue)
        return Setting(
            key: key,
            shape: .text,
            isSecret: false,
            help: "\(help) One of \(names.joined(separator: ", "))."
        ) {
            .text($0[keyPath: path].rawValue)
        } take: { value, settings in
            guard let choice = Choice(rawValue: value.description) else {
                return "must be one of \(names.joined(separator: ", "))"
            }
            settings[keyPath: path] = choice
            return nil
        }
    }
}
