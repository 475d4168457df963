import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing

/// How publications move inside a transaction: for the use cases of `Publishing` and for what the hub API asks for alike.
struct PublishingRules: Sendable {
    /// Administrators may change it while the gallery runs.
    let policyNow: @Sendable () -> Settings.Publishing.Policy
    let onlyWidens: Bool
    let words: Words
    let growth: GrowthRewards
    let world: World

    var policy: Settings.Publishing.Policy { policyNow() }

    /// Moves an asset to its next state: record, effective visibility, history, those who are told.
    func move(
        _ facts: RepoFacts,
        _ publication: inout Publication,
        on action: PublishingAction,
        reason: String = "",
        by actor: AccountID?,
        _ db: any SQLConnection
    ) throws {
        guard let next = facts.listing.next(on: action) else {
            throw PublishingError.notPossible(action, facts.listing)
        }
        publication.enter(next, reason: reason, by: actor, at: world.now())
        try db.save(publication)
        try place(publication, next, db)
        if next == .inReview {
            publication.sentRevision = try db.reviewRevision(of: facts.id)
            try db.save(publication)
        }
        try db.setAwaitsPublication(false, facts.id)
        try db.refreshReviewing(facts.id)
        try db.notePublishing(action.rawValue, of: facts.id, reason: reason, by: actor, world: world)
        if next == .published, let publisher = publication.submittedBy ?? actor {
            try growth.reward(publicationOf: facts.id, by: publisher, in: db)
        }
        try tell(action, facts.id, reason: reason, by: actor, db)
    }

    /// Makes the repository as visible as its state and the owner's wish say.
    func place(_ publication: Publication, _ listing: RepoListing, _ db: any SQLConnection) throws {
        let visibility = listing == .published ? publication.visibility : .owner
        try db.place(publication.repo, listing, visibility, at: world.now())
    }

    /// Throws when one of the texts that everybody would read may not be shown; with `repo` also its name and introduction.
    func check(_ passages: [Words.Passage], of repo: RepoID?, _ db: any SQLConnection) throws {
        guard let repo else { return try words.check(passages, db) }
        var passages = passages
        if let repository = try db.repository(repo) {
            passages.append(Words.Passage("name", repository.name.name))
        }
        if let readme = try db.mainText("README.md", of: repo) {
            passages.append(Words.Passage("introduction", readme))
        }
        try words.check(passages, db)
    }

    /// Throws when visibility may not become what is wished for.
    func check(_ wished: Visibility, after publication: Publication, _ facts: RepoFacts) throws {
        guard facts.listing == .published, wished != publication.visibility else { return }
        if PublishingTerms.of(facts.kind).isVisibilityFixed { throw PublishingError.visibilityFixed }
        if onlyWidens, wished.width < publication.visibility.width { throw PublishingError.onlyWidens }
    }

    private func tell(
        _ action: PublishingAction,
        _ repo: RepoID,
        reason: String,
        by actor: AccountID?,
        _ db: any SQLConnection
    ) throws {
        let topic = NotificationTopic.asset(repo, values: reason.isEmpty ? [:] : ["reason": reason])
        switch action {
        case .send:
            let queue = NotificationTopic.site(page: "/review", key: "review")
            try db.tell(.reviewRequested, to: db.reviewers(), about: queue, by: actor, world: world)
        case .approve: try db.tell(.reviewApproved, to: db.keepers(of: repo), about: topic, by: actor, world: world)
        case .reject: try db.tell(.reviewRejected, to: db.keepers(of: repo), about: topic, by: actor, world: world)
        case .delist:
            let subscribers = try db.subscribers(of: repo)
            try db.tell(.delisted, to: db.keepers(of: repo) + subscribers, about: topic, by: actor, world: world)
        case .list: try db.tell(.relisted, to: db.subscribers(of: repo), about: topic, by: actor, world: world)
        case .publish, .withdraw: break
        }
    }
}

extension Visibility {
    /// How many see it, from few to many.
    var width: Int {
        switch self {
        case .owner: 0
        case .named: 1
        case .everyone: 2
        }
    }
}
