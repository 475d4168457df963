import ArgumentParser
import GalleryClient

/// Signs in with the configured credentials and keeps the token.
struct SessionLogin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Log in using ak sk from huawei cloud iam",
        discussion: """
            Signs in with iam_user and iam_password, or iam_ak and iam_sk, of the configuration file, and prints the folder
            that holds the token.
            """
    )

    @Flag(help: "Keep the access token read from standard input instead of signing in.")
    var tokenStdin = false

    func run() async throws {
        let configuration = try Configuration.load()
        for warning in configuration.warnings { Console.complain("Warning: \(warning)") }
        let store = TokenStore(configuration: configuration)
        if tokenStdin {
            let token = (readLine() ?? "").filter { !$0.isWhitespace }
            guard !token.isEmpty else { throw ConfigurationError(["There is no token on standard input."]) }
            try await check(token, at: configuration)
            try store.save(SignedIn(token: token, expiresAt: nil))
        } else {
            let signIn = SignIn(
                address: configuration.iamURL,
                project: configuration.iamProject,
                timeoutInSeconds: configuration.iamTimeoutInSeconds
            )
            try await store.save(signIn.token(for: credentials(configuration)))
        }
        Console.standard.write(store.folder + "\n")
    }

    private func check(_ token: String, at configuration: Configuration) async throws {
        let transport = HubTransport(address: configuration.address, token: token)
        do {
            _ = try await HubClient(transport).whoami()
            try await transport.close()
        } catch {
            try await transport.close()
            throw error
        }
    }

    private func credentials(_ configuration: Configuration) throws -> Credentials {
        func clear(_ value: SecretValue) throws -> String {
            switch value {
            case .plain(let text): return text
            case .cipher(let text):
                guard let decrypt = configuration.decrypt else { return text }
                return try decrypt(text)
            }
        }
        switch configuration.method {
        case .password(let domain, let user, let password):
            return try .password(domain: clear(domain), user: clear(user), password: clear(password))
        case .keyPair(let accessKey, let secretKey):
            return try .keyPair(accessKey: clear(accessKey), secretKey: clear(secretKey))
        case nil:
            throw ConfigurationError([
                "There is nothing to sign in with: put iam_domain, iam_user and iam_password, or iam_ak and iam_sk, "
                    + "into a file and let SDK_CONFIG_PATH name it (or use --token-stdin)."
            ])
        }
    }
}
