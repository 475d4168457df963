package import GalleryDatabase
package import GalleryHub
package import GalleryModel
package import GalleryServing

/// What people say of themselves, and whether they are settled in: the rules of the market over those of identity.
package struct Profiles: Sendable {
    let database: any Database
    let accounts: Accounts
    let words: Words
    let agreements: Agreements

    package init(database: any Database, accounts: Accounts, words: Words, agreements: Agreements) {
        self.database = database
        self.accounts = accounts
        self.words = words
        self.agreements = agreements
    }

    /// Changes nickname and introduction; nil leaves a field as it is.
    package func update(nickname: String? = nil, bio: String? = nil, by viewer: Viewer) async throws -> Account {
        try await check(nickname: nickname, bio: bio)
        return try await accounts.updateProfile(nickname: nickname, bio: bio, by: viewer)
    }

    /// Throws where a listed word stands in what people are going to see.
    package func check(nickname: String?, bio: String?) async throws {
        let passages = [("nickname", nickname), ("bio", bio)].compactMap { field, text in
            text.map { Words.Passage(field, $0) }
        }
        try await database.read { try words.check(passages, $0) }
    }

    /// Keeps the language that the viewer reads, for mails and for browsers in which they have chosen none.
    package func keep(_ language: Language, by viewer: Viewer) async throws {
        guard let account = viewer.account, viewer.onlyRepo == nil else { return }
        try await database.write { db in
            guard try db.mailLanguage(of: account.id) != language else { return }
            try db.setMailLanguage(language, of: account.id)
        }
    }

    /// What an account has chosen to read; nil where it has not.
    package func language(of account: AccountID) async throws -> Language? {
        try await database.read { db in try db.mailLanguage(of: account) }
    }

    /// What is left to do before somebody may join an event or publish an article.
    package struct Onboarding: Sendable, Equatable {
        package var hasConfirmedEmail: Bool
        package var missing: [AgreementKind]
        package var isComplete: Bool { hasConfirmedEmail && missing.isEmpty }
    }

    package func onboarding(by viewer: Viewer) async throws -> Onboarding {
        let account = try await accounts.own(by: viewer)
        let missing = try await agreements.missing(for: .onboarding, by: viewer)
        return Onboarding(hasConfirmedEmail: account.isEmailConfirmed, missing: missing.map(\.kind))
    }

    /// Settles the viewer in: a nickname, the code where the address is not confirmed yet, and both agreements.
    package func onboard(
        nickname: String,
        accepting kinds: [AgreementKind],
        code: String?,
        codes: EmailCodes,
        by viewer: Viewer
    ) async throws {
        let state = try await onboarding(by: viewer)
        guard state.missing.allSatisfy(kinds.contains) else { throw ProfileError.agreementsNeeded }
        // The code comes last of what can fail, since it is spent by it.
        _ = try await update(nickname: nickname, by: viewer)
        if !state.hasConfirmedEmail { try await codes.confirmAddress(code ?? "", by: viewer) }
        try await agreements.accept(
            kinds.filter(AgreementOccasion.onboarding.kinds.contains),
            on: .onboarding,
            by: viewer
        )
    }

    /// Throws unless the viewer is settled in; for slices that ask it before they let somebody take part.
    package func mustBeOnboarded(_ viewer: Viewer) async throws {
        guard try await onboarding(by: viewer).isComplete else { throw ProfileError.onboardingNeeded }
    }
}

/// What can stand in the way of taking part.
package enum ProfileError: DomainError, Equatable {
    case onboardingNeeded
    case agreementsNeeded

    package var problem: Problem {
        switch self {
        case .onboardingNeeded:
            Problem(.forbidden, "onboarding-needed", "Complete the onboarding first, at /my/onboarding.")
        case .agreementsNeeded:
            .invalid("agreements-needed", "Accept both agreements to go on.")
        }
    }
}
