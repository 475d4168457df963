package import GalleryHub
package import GalleryModel
import Synchronization

/// The first start: whoever reads the token in the server's log makes the first administrator. Once there is one, it is over.
package struct Setup: Sendable {
    let operators: Operators
    let settings: SiteSettings
    /// Proves that somebody can read what the server says; the same at each start, and of use only while nobody administers.
    package let token: String
    private let memory = SetupMemory()

    init(identity: Identity, settings: SiteSettings) {
        operators = identity.operators
        self.settings = settings
        let digest = SHA256Digest.of(identity.box.signingKey(for: "setting the gallery up"))
        let letters = digest.description.prefix(20)
        token = stride(from: 0, to: 20, by: 5).map { start in
            String(letters.dropFirst(start).prefix(5))
        }.joined(separator: "-")
    }

    /// Whether nobody administers the gallery yet.
    package func isOpen() async throws -> Bool {
        if memory.isDone { return false }
        let isDone = try await operators.exist()
        if isDone { memory.note() }
        return !isDone
    }

    /// What is chosen at the first start.
    package struct Form: Sendable {
        package var token = ""
        package var name = ""
        package var email = ""
        package var password = ""
        /// Settings by key.
        package var settings: [String: String] = [:]

        package init() {}
    }

    /// Makes the first administrator, keeps what was chosen, and signs them in.
    package func finish(_ form: Form, from origin: Sessions.Origin) async throws -> StartedSession {
        guard try await isOpen() else { throw AccountError.hasOperator }
        let given = form.token.trimmed.lowercased().filter { $0 != "-" }
        guard Secret.equal(given.utf8, token.filter { $0 != "-" }.utf8) else { throw SetupError.wrongToken }
        let values = try settings.checked(form.settings)
        let started = try await operators.createFirst(
            Accounts.SignUp(name: form.name.trimmed, password: form.password, email: form.email.trimmed),
            from: origin
        ) { [settings] db in try settings.finish(values, db) }
        memory.note()
        try await settings.load()
        return started
    }
}

/// That somebody administers stays true once it is.
private final class SetupMemory: Sendable {
    private let state = Mutex(false)

    var isDone: Bool { state.withLock { $0 } }
    func note() { state.withLock { $0 = true } }
}

/// What can go wrong at the first start.
package enum SetupError: DomainError, Equatable {
    case wrongToken

    package var problem: Problem {
        Problem(.forbidden, "set-up-token-wrong", "This is not the token that the server printed when it started.")
    }
}
