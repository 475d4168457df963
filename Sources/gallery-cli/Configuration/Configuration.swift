import Foundation
import GalleryClient

/// A secret as it stands in the file: in clear, or as `{Crypto}cipher`.
enum SecretValue: Equatable, Sendable {
    case plain(String)
    case cipher(String)

    init(_ text: String) {
        let prefix = "{Crypto}"
        self = text.hasPrefix(prefix) ? .cipher(String(text.dropFirst(prefix.count))) : .plain(text)
    }

    var isCipher: Bool { if case .cipher = self { true } else { false } }
}

/// The valid settings of one run.
struct Configuration: Sendable {
    enum SignInMethod: Equatable, Sendable {
        case password(domain: SecretValue, user: SecretValue, password: SecretValue)
        case keyPair(accessKey: SecretValue, secretKey: SecretValue)

        var secrets: [SecretValue] {
            switch self {
            case .password(let domain, let user, let password): [domain, user, password]
            case .keyPair(let accessKey, let secretKey): [accessKey, secretKey]
            }
        }
    }

    var iamURL: String
    var iamProject: String?
    var iamTimeoutInSeconds: Int
    /// Nil when the file holds no credentials: public assets need none.
    var method: SignInMethod?
    var address: HubAddress
    var cachedDir: String
    var encrypt: CryptFunction?
    var decrypt: CryptFunction?
    /// The token of the environment, where it is meant for this gallery.
    var environmentToken: String?
    var warnings: [String]

    /// Reads the file that `SDK_CONFIG_PATH` names; none is no fault, a missing one is.
    static func load(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws -> Configuration {
        guard let path = environment["SDK_CONFIG_PATH"], !path.isEmpty else {
            return try Configuration(ConfigurationFile(), environment: environment)
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(["SDK_CONFIG_PATH names \(path), which cannot be read."])
        }
        guard data.count <= 1 << 20, let text = String(data: data, encoding: .utf8) else {
            throw ConfigurationError(["\(path) is no text file in UTF-8."])
        }
        return try Configuration(ConfigurationFile(text), environment: environment)
    }

    /// Throws every fault at once.
    init(_ file: ConfigurationFile, environment: [String: String]) throws {
        var faults = file.faults
        let values = file.values
        let hubEndpoint = environment["HF_ENDPOINT"].flatMap { $0.isEmpty ? nil : $0 }
        let repoURL = values[.repoURL] ?? hubEndpoint ?? "http://localhost:8080"
        let address = try? HubAddress(repoURL)
        if address == nil {
            faults.append(
                "\(values[.repoURL] == nil ? "HF_ENDPOINT" : "repo_url") “\(repoURL)” is no http or https address."
            )
        }
        let iamURL = values[.url] ?? "\(address?.base ?? "")/v3/auth/tokens"
        if values[.url] != nil, (try? HubAddress(iamURL)) == nil {
            faults.append("iam_url “\(iamURL)” is no http or https address.")
        }
        let timeout = Int(values[.timeout] ?? "5") ?? 0
        if !(1...3600).contains(timeout) {
            faults.append("iam_timeout must be a whole number of seconds from 1 to 3600.")
        }
        let method = Self.method(values, &faults)
        encrypt = Self.function(values, .encrypt, &faults)
        decrypt = Self.function(values, .decrypt, &faults)
        if values[.decrypt] == nil, method?.secrets.contains(where: \.isCipher) == true {
            faults.append("There are {Crypto} values, so sdk_decrypt_implementation_func is needed.")
        }
        if values[.decrypt] == nil, values[.encrypt] != nil {
            faults.append(
                "With sdk_encrypt_implementation_func, sdk_decrypt_implementation_func is needed to read the token again."
            )
        }
        guard faults.isEmpty, let address else { throw ConfigurationError(faults) }
        self.iamURL = iamURL
        iamProject = values[.project]
        iamTimeoutInSeconds = timeout
        self.method = method
        self.address = address
        cachedDir = Self.absolute(values[.cachedDir] ?? Self.defaultCache(environment))
        // A token for one hub must not be shown to another.
        let isMeant = values[.repoURL] == nil || hubEndpoint.flatMap { try? HubAddress($0) }?.origin == address.origin
        environmentToken = isMeant ? environment["HF_TOKEN"].flatMap { $0.isEmpty ? nil : $0 } : nil
        warnings = file.warnings
    }

    private static func method(_ values: [ConfigurationFile.Key: String], _ faults: inout [String]) -> SignInMethod? {
        let passwordKeys: [ConfigurationFile.Key] = [.domain, .user, .password]
        let pairKeys: [ConfigurationFile.Key] = [.accessKey, .secretKey]
        func given(_ keys: [ConfigurationFile.Key]) -> [ConfigurationFile.Key] { keys.filter { values[$0] != nil } }
        func names(_ keys: [ConfigurationFile.Key]) -> String { keys.map(\.rawValue).joined(separator: ", ") }
        let (hasPassword, hasPair) = (!given(passwordKeys).isEmpty, !given(pairKeys).isEmpty)
        if hasPassword, hasPair {
            faults.append(
                "Give a password (\(names(passwordKeys))) or a key pair (\(names(pairKeys))), not both: "
                    + "found \(names(given(passwordKeys) + given(pairKeys)))."
            )
            return nil
        }
        for keys in [passwordKeys, pairKeys] where !given(keys).isEmpty && given(keys).count < keys.count {
            faults.append(
                "Signing in with \(names(given(keys))) also needs \(names(keys.filter { values[$0] == nil }))."
            )
        }
        func secret(_ key: ConfigurationFile.Key) -> SecretValue? { values[key].map(SecretValue.init) }
        if let domain = secret(.domain), let user = secret(.user), let password = secret(.password) {
            return .password(domain: domain, user: user, password: password)
        }
        if let accessKey = secret(.accessKey), let secretKey = secret(.secretKey) {
            return .keyPair(accessKey: accessKey, secretKey: secretKey)
        }
        return nil
    }

    private static func function(
        _ values: [ConfigurationFile.Key: String],
        _ key: ConfigurationFile.Key,
        _ faults: inout [String]
    ) -> CryptFunction? {
        guard let text = values[key] else { return nil }
        guard let function = CryptFunction(text) else {
            faults.append("\(key.rawValue) must be “module.function” or “/path/to/file.py.function”, not “\(text)”.")
            return nil
        }
        return function
    }

    private static func defaultCache(_ environment: [String: String]) -> String {
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return cache + "/gallery" }
        return "~/.cache/gallery"
    }

    /// From the root, with `~` resolved and without a trailing slash.
    static func absolute(_ path: String) -> String {
        var path = NSString(string: path).expandingTildeInPath
        if !path.hasPrefix("/") { path = FileManager.default.currentDirectoryPath + "/" + path }
        let parts = path.split(separator: "/").reduce(into: [Substring]()) { parts, part in
            if part == ".." { parts = parts.dropLast() } else if part != "." { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
