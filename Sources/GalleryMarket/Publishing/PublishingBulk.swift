package import GalleryHub
package import GalleryModel

/// What became of one asset among many.
package struct BulkOutcome: Sendable, Equatable {
    package let repo: RepoID
    /// Empty where the viewer may not see the asset.
    package var path = ""
    package var name = ""
    package var listing: RepoListing?
    /// Why it was not done; nil where it was.
    package var problem: Problem?
}

extension Publishing {
    /// As many assets as one may move at once.
    static let bulkLimit = 100

    /// What the chosen assets are, before something is done to them.
    package func chosen(_ repos: [RepoID], by viewer: Viewer) async throws -> [BulkOutcome] {
        try await each(repos) { try await standing(of: $0, by: viewer) }
    }

    /// Delists many assets or lists them again: each by itself, so that one that cannot be moved holds up no other.
    package func take(
        _ action: PublishingAction,
        ofAll repos: [RepoID],
        by viewer: Viewer
    ) async throws -> [BulkOutcome] {
        guard action == .delist || action == .list else {
            throw Problem.invalid("bulk-action", "Many assets at once can be delisted, or listed again.")
        }
        _ = try viewer.mustBeSignedIn()
        return try await each(repos) { try await take(action, of: $0, by: viewer) }
    }

    private func each(
        _ repos: [RepoID],
        _ step: (RepoID) async throws -> PublishingStanding
    ) async throws -> [BulkOutcome] {
        var known: Set<RepoID> = []
        let repos = repos.filter { known.insert($0).inserted }
        guard (1...Self.bulkLimit).contains(repos.count) else {
            throw Problem.invalid("bulk-size", "Choose 1 to \(Self.bulkLimit) assets.")
        }
        var outcomes: [BulkOutcome] = []
        for repo in repos {
            var outcome = BulkOutcome(repo: repo)
            do {
                outcome.take(try await step(repo))
            } catch let error as any DomainError {
                outcome.problem = error.problem
            }
            outcomes.append(outcome)
        }
        return outcomes
    }
}

struct BulkStepBody: Codable, Sendable {
    /// `delist` or `list`.
    var action: String
    /// The ids of 1 to 100 assets.
    var assets: [String]
}

struct BulkOutcomeBody: Codable, Sendable {
    var id: String
    var name: String
    var listing: String?
    /// The code of the problem that prevented it; absent where it was done.
    var code: String?
    var detail: String?

    init(_ outcome: BulkOutcome) {
        id = outcome.repo.rawValue
        name = outcome.name
        listing = outcome.listing?.rawValue
        code = outcome.problem?.code
        detail = outcome.problem?.detail
    }
}

extension BulkOutcome {
    fileprivate mutating func take(_ standing: PublishingStanding) {
        path = AssetAddress.path(standing.facts.kind, standing.facts.name)
        name = standing.facts.name.description
        listing = standing.listing
    }
}
