package import GalleryModel

/// What somebody may want to do with a repository.
package enum RepoAction: String, Sendable, CaseIterable {
    /// Know that it exists: its name, facts, list of files and history.
    case see
    /// Read its introduction, which tells people whether they want its files.
    case readCard
    /// Get the bytes of its files.
    case readFiles
    /// Like it, ask for gated use.
    case respond
    /// Open a discussion, comment, propose changes as a pull request.
    case discuss
    /// Commit, branch, tag, merge.
    case write
    /// Settings, gating decisions, rename, transfer, delete.
    case administer

    /// The least a credential must allow.
    package var scope: Scope {
        switch self {
        case .see, .readCard, .readFiles, .respond, .discuss: .read
        case .write, .administer: .write
        }
    }
}

/// Why the policy says no.
package enum Refusal: Sendable, Equatable {
    /// To this viewer the repository does not exist.
    case invisible
    case signInFirst
    case gated
    /// Its files are for subscribers.
    case unsubscribed
    /// Its code is not open.
    case codeClosed
    case disabled
    case notYours
    /// The account may, but this credential may not.
    case scopeTooNarrow(needed: Scope)
}

/// Decides who may do what; pure, and asked by every use case.
package enum AccessPolicy {
    /// Nil means yes.
    package static func refusal(of action: RepoAction, on facts: RepoFacts, to viewer: Viewer) -> Refusal? {
        // Elsewhere a credential bound to one repository is worth no more than none.
        let isReader = viewer.workerReads?.contains(facts.id) ?? false
        let isBoundElsewhere = viewer.onlyRepo.map { $0 != facts.id && !isReader } ?? false
        if isBoundElsewhere, facts.visibility != .everyone { return .invisible }
        guard isVisible(facts, to: viewer) else { return .invisible }
        let isOperator = viewer.account?.role == .admin && viewer.onlyRepo == nil
        if facts.isDisabled, !isOperator { return .disabled }
        switch action {
        case .see:
            return nil
        case .readCard, .readFiles:
            // Seen by this credential as by a stranger.
            let isTrusted = !isBoundElsewhere && isTrusted(facts, viewer)
            guard !isTrusted else { return nil }
            guard facts.gating == .off || !isBoundElsewhere && facts.grant == .accepted else { return .gated }
            guard action == .readFiles else { return nil }
            if facts.isCodeClosed { return .codeClosed }
            return !facts.needsSubscription || !isBoundElsewhere && facts.isSubscribed ? nil : .unsubscribed
        case .respond, .discuss, .write, .administer:
            guard viewer.account != nil else { return .signInFirst }
            guard !isBoundElsewhere else { return .notYours }
            // What runs there may be somebody else's code.
            guard viewer.workerReads == nil || action == .write && facts.id == viewer.onlyRepo else { return .notYours }
        }
        switch action {
        case .see, .readCard, .readFiles, .respond: break
        case .discuss:
            guard mayPassGate(facts, viewer) else { return .gated }
        case .write:
            guard mayWrite(facts, viewer) || isOperator else { return .notYours }
        case .administer:
            guard mayAdminister(facts, viewer) || isOperator else { return .notYours }
        }
        guard viewer.scope.includes(action.scope) else { return .scopeTooNarrow(needed: action.scope) }
        return nil
    }

    /// Throws the problem that a refusal shows.
    package static func demand(_ action: RepoAction, on facts: RepoFacts, by viewer: Viewer) throws {
        if let refusal = refusal(of: action, on: facts, to: viewer) {
            throw AccessError(refusal, name: facts.name, kind: facts.kind, viewer: viewer)
        }
    }

    /// Which versions are there for a viewer who may see the repository.
    package static func reach(_ facts: RepoFacts, of viewer: Viewer) -> RepoReach {
        if isTrusted(facts, viewer) { return .whole }
        return facts.visibility == .owner ? .kept : .shown
    }

    private static func isVisible(_ facts: RepoFacts, to viewer: Viewer) -> Bool {
        switch facts.visibility {
        case .everyone: true
        case .named: facts.isNamed || facts.isSubscribed || isTrusted(facts, viewer)
        case .owner: facts.isSubscribed || isTrusted(facts, viewer)
        }
    }

    /// Owners, members, operators, and reviewers while there is something to review.
    private static func isTrusted(_ facts: RepoFacts, _ viewer: Viewer) -> Bool {
        isInside(facts, viewer) || facts.isUnderReview && viewer.account?.role == .reviewer
    }

    private static func isInside(_ facts: RepoFacts, _ viewer: Viewer) -> Bool {
        guard let account = viewer.account else { return false }
        return account.id == facts.owner || facts.membership != nil || account.role == .admin
    }

    private static func mayPassGate(_ facts: RepoFacts, _ viewer: Viewer) -> Bool {
        facts.gating == .off || facts.grant == .accepted || isTrusted(facts, viewer)
    }

    private static func mayWrite(_ facts: RepoFacts, _ viewer: Viewer) -> Bool {
        guard let account = viewer.account else { return false }
        if account.id == facts.owner { return true }
        return switch facts.membership {
        case .admin, .write: true
        case .contributor: facts.createdBy == account.id
        case .read, nil: false
        }
    }

    private static func mayAdminister(_ facts: RepoFacts, _ viewer: Viewer) -> Bool {
        guard let account = viewer.account else { return false }
        if account.id == facts.owner { return true }
        return switch facts.membership {
        case .admin: true
        case .write, .contributor: facts.createdBy == account.id
        case .read, nil: false
        }
    }
}

extension Scope {
    /// Scopes grow: admin includes write, write includes read.
    package func includes(_ other: Scope) -> Bool { rank >= other.rank }

    private var rank: Int {
        switch self {
        case .read: 0
        case .write: 1
        case .admin: 2
        }
    }
}
