import GalleryDatabase
package import GalleryHub
package import GalleryModel
import GalleryServing

/// Publishing: bringing an asset before others, and deciding who may see and use it.
package struct Publishing: Sendable {
    let database: any Database
    let repositories: Repositories
    let requests: AccessRequests
    let agreements: Agreements
    let versions: Versions
    let rules: PublishingRules

    var world: World { rules.world }

    // MARK: Asking

    /// Where an asset stands, for whoever may see it; what only its keepers and reviewers should know is left out for others.
    package func standing(of repo: RepoID, by viewer: Viewer) async throws -> PublishingStanding {
        try await database.read { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.see, on: facts, by: viewer)
            let isKeeper = AccessPolicy.refusal(of: .administer, on: facts, to: viewer) == nil
            let isReviewer = facts.isUnderReview && (try? Reviewing.mustReview(viewer)) != nil
            var publication = try db.publication(of: repo)
            if !isKeeper, !isReviewer { (publication.reason, publication.submittedBy) = ("", nil) }
            let form = try db.publishingForm(of: repo)
            (publication.task, publication.licence) = (form.task, form.licence)
            let repository = try db.repository(repo)
            return PublishingStanding(
                facts: facts,
                publication: publication,
                awaitsPublication: isKeeper && repository?.awaitsPublication ?? false,
                isKeeper: isKeeper,
                isReviewer: isReviewer,
                revision: isReviewer ? try db.reviewRevision(of: repo) : nil,
                plans: try db.plans(of: repo),
                papers: try db.papers(of: repo)
            )
        }
    }

    /// The form as it stands, for whoever may send it.
    package func form(of repo: RepoID, by viewer: Viewer) async throws -> PublishingForm {
        try await database.read { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            return try db.publishingForm(of: repo)
        }
    }

    /// What became of the asset and its versions, the latest first.
    package func history(of repo: RepoID, limit: Int = 50, by viewer: Viewer) async throws -> [PublicationEvent] {
        try await database.read { db in
            let facts = try db.facts(of: repo, for: viewer)
            if !facts.isUnderReview || (try? Reviewing.demand(on: facts, by: viewer)) == nil {
                try AccessPolicy.demand(.administer, on: facts, by: viewer)
            }
            return try db.publicationEvents(of: repo, limit: max(1, min(limit, 200)))
        }
    }

    /// Whom the asset is shown to by name.
    package func namedReaders(of repo: RepoID, by viewer: Viewer) async throws -> [Account] {
        try await database.read { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            return try db.namedReaders(of: repo)
        }
    }

    // MARK: The owner's steps

    /// Sends the form: to the reviewers, or straight to the shelf where the automatic checks are enough. A first version may
    /// come along.
    package func publish(
        _ repo: RepoID,
        _ form: PublishingForm,
        version: String? = nil,
        _ words: Versions.Words = Versions.Words(),
        accepting kinds: [AgreementKind],
        by viewer: Viewer
    ) async throws -> PublishingStanding {
        try await keepCard(of: repo, form, by: viewer)
        try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.administer, on: facts, by: viewer)
            try repositories.life.mayChange(repo, db)
            let account = try viewer.mustBeSignedIn()
            let action = sending
            guard facts.listing.next(on: action) != nil else {
                throw PublishingError.notPossible(action, facts.listing)
            }
            try agreements.demand(.publishing, accepting: kinds, for: repo, by: account.id, db)
            var publication = try db.publication(of: repo)
            try keep(form, in: &publication, facts, by: viewer, db)
            if let version, !version.trimmed.isEmpty {
                guard let number = VersionNumber(version.trimmed) else { throw VersionError.badNumber(version) }
                _ = try versions.add(number, at: nil, words, to: facts, by: viewer, db)
            }
            try rules.move(facts, &publication, on: action, by: account.id, db)
            try db.record(.repoConfigured, on: repo, at: world.now())
        }
        return try await standing(of: repo, by: viewer)
    }

    /// Changes what the form says of an asset, in any state; what is published shows it at once.
    package func change(_ repo: RepoID, _ form: PublishingForm, by viewer: Viewer) async throws -> PublishingStanding {
        try await keepCard(of: repo, form, by: viewer)
        try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.administer, on: facts, by: viewer)
            try repositories.life.mayChange(repo, db)
            var publication = try db.publication(of: repo)
            try rules.check(form.visibility, after: publication, facts)
            try keep(form, in: &publication, facts, by: viewer, db)
            try rules.place(publication, facts.listing, db)
            try db.audit("asset.change", on: repo.rawValue, by: viewer.account?.id, world: world)
            try db.record(.repoConfigured, on: repo, at: world.now())
        }
        return try await standing(of: repo, by: viewer)
    }

    /// Takes it back from review, off the shelf, or puts it back there. Operators may delist, too, and say why.
    package func take(
        _ action: PublishingAction,
        of repo: RepoID,
        reason: String = "",
        by viewer: Viewer
    ) async throws -> PublishingStanding {
        try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.administer, on: facts, by: viewer)
            guard [.withdraw, .delist, .list].contains(action) else {
                throw PublishingError.notPossible(action, facts.listing)
            }
            guard reason.count <= 500 else { throw PublishingError.reasonMissing }
            var publication = try db.publication(of: repo)
            if action == .list {
                try repositories.life.mayChange(repo, db)
                try rules.check([], of: repo, db)
            }
            try rules.move(facts, &publication, on: action, reason: reason.trimmed, by: viewer.account?.id, db)
            try db.record(.repoConfigured, on: repo, at: world.now())
        }
        return try await standing(of: repo, by: viewer)
    }

    /// Sets the papers of an asset.
    package func setPapers(_ papers: [Paper], of repo: RepoID, by viewer: Viewer) async throws {
        guard papers.count <= 50, papers.allSatisfy(\.isSound) else {
            throw PublishingError.form([
                FieldFault(
                    field: "papers",
                    code: "papers-invalid",
                    detail: "Give each of at most 50 papers a title of 1 to 200 characters and a link to a web page."
                )
            ])
        }
        try await database.write { db in
            try AccessPolicy.demand(.administer, on: db.facts(of: repo, for: viewer), by: viewer)
            try repositories.life.mayChange(repo, db)
            try rules.words.check(papers.map { .init("papers", $0.title) }, db)
            try db.execute("DELETE FROM asset_papers WHERE repo = \(repo)")
            for (ordinal, paper) in papers.enumerated() {
                try db.execute(
                    """
                    INSERT INTO asset_papers (repo, ordinal, title, link)
                    VALUES (\(repo), \(ordinal), \(paper.title.trimmed), \(paper.link))
                    """
                )
            }
            let detail = ["count": String(papers.count)]
            let actor = viewer.account?.id
            try db.audit("asset.set-papers", on: repo.rawValue, by: actor, detail: detail, world: world)
        }
    }

    /// Deletes an asset for good, once its full name was typed; not while it has subscribers.
    package func delete(_ repo: RepoID, confirming name: String, by viewer: Viewer) async throws {
        try await database.read { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.administer, on: facts, by: viewer)
            guard name.trimmed == facts.name.description else { throw PublishingError.nameMismatch(facts.name) }
        }
        try await repositories.delete(repo, by: viewer)
    }

    // MARK: The administrators' marks

    /// Sets the marks and the offers of an asset; for administrators.
    package func mark(
        _ repo: RepoID,
        isOfficial: Bool? = nil,
        isFeatured: Bool? = nil,
        plans: [AssetPlan]? = nil,
        by viewer: Viewer
    ) async throws -> PublishingStanding {
        try await database.write { db in
            let facts = try db.facts(of: repo, for: viewer)
            try AccessPolicy.demand(.see, on: facts, by: viewer)
            let account = try viewer.mustBeSignedIn()
            guard account.role == .admin, viewer.scope.includes(.write), viewer.onlyRepo == nil else {
                throw Problem.notYours
            }
            var detail: [String: String] = [:]
            // What nobody else sees needs no mark.
            guard facts.listing == .published || isOfficial != true && isFeatured != true else {
                throw PublishingError.unpublishedMark
            }
            if let isOfficial {
                try db.execute("UPDATE repositories SET is_official = \(isOfficial) WHERE id = \(repo)")
                detail["official"] = String(isOfficial)
            }
            if let isFeatured {
                try db.execute("UPDATE repositories SET is_featured = \(isFeatured) WHERE id = \(repo)")
                detail["featured"] = String(isFeatured)
            }
            if let plans {
                try set(plans, of: facts, db)
                detail["plans"] = String(plans.count)
            }
            try db.noteChange(of: repo)
            try db.audit("asset.mark", on: repo.rawValue, by: account.id, detail: detail, world: world)
        }
        return try await standing(of: repo, by: viewer)
    }

    private func set(_ plans: [AssetPlan], of facts: RepoFacts, _ db: any SQLConnection) throws {
        guard plans.isEmpty || PublishingTerms.of(facts.kind).isSold else { throw PublishingError.notSold }
        guard plans.count <= 20, plans.allSatisfy(\.isSound) else { throw PublishingError.badPlan }
        var names: Set<String> = []
        for plan in plans where !names.insert(plan.name.trimmed.lowercased()).inserted {
            throw PublishingError.samePlan(plan.name.trimmed)
        }
        try rules.words.check(plans.map { .init("plans", $0.name) }, db)
        try db.execute("DELETE FROM asset_plans WHERE repo = \(facts.id)")
        for (ordinal, plan) in plans.enumerated() {
            try db.execute(
                """
                INSERT INTO asset_plans (repo, ordinal, name, quota, amount, price, currency)
                VALUES (\(facts.id), \(ordinal), \(plan.name.trimmed), \(plan.quota), \(plan.amount), \(plan.price),
                    \(plan.currency))
                """
            )
        }
        try db.execute("UPDATE repositories SET is_commercial = \(!plans.isEmpty) WHERE id = \(facts.id)")
    }

    /// Checks the form and keeps it: facts, readers, gating, those let in from the start.
    private func keep(
        _ form: PublishingForm,
        in publication: inout Publication,
        _ facts: RepoFacts,
        by viewer: Viewer,
        _ db: any SQLConnection
    ) throws {
        let repo = facts.id
        let faults = try form.faults(for: facts.kind, after: db.publishingForm(of: repo))
        guard faults.isEmpty else { throw PublishingError.form(faults) }
        // What is on view already does not keep its owner from showing it to fewer.
        let isShownToMore = facts.listing != .published || form.visibility.width > publication.visibility.width
        try rules.check(form.passages, of: isShownToMore ? repo : nil, db)
        let hadLimit = publication.freeUseDays != nil
        publication.take(form, for: facts.kind)
        try db.save(publication)
        if hadLimit, publication.freeUseDays == nil { try db.freeSubscriptions(of: repo) }
        let settings = RepositorySettings(
            gating: form.isGated ? (facts.gating == .off ? .manual : facts.gating) : .off,
            title: form.title.trimmed,
            description: form.description.trimmed
        )
        try settings.check()
        try db.apply(settings, to: repo)
        let named = try db.people(named: form.named, field: "named")
        try db.setNamedReaders(named.map(\.id), of: repo)
        guard form.isGated else { return }
        for account in try db.people(named: form.granted, field: "granted") {
            do {
                let id = world.newID()
                try requests.letIn(account, to: facts, as: id, by: viewer, at: world.now(), db)
            } catch AccessRequestError.needsNoAccess, AccessRequestError.alreadyGranted {
                continue
            }
        }
    }
}

/// Where an asset stands, as its pages tell it.
package struct PublishingStanding: Sendable, Equatable {
    package var facts: RepoFacts
    package var publication: Publication
    package var awaitsPublication: Bool
    /// The viewer may edit it and take the owner's steps.
    package var isKeeper: Bool
    /// The viewer may decide on it now.
    package var isReviewer: Bool
    /// What a reviewer looks at now.
    package var revision: String?
    package var plans: [AssetPlan]
    package var papers: [Paper]

    package var listing: RepoListing { facts.listing }

    /// What the viewer may do next.
    package func actions(under policy: PublishingAction) -> [PublishingAction] {
        listing.actions.filter { action in
            switch action {
            case .send, .publish: isKeeper && action == policy
            case .withdraw, .delist, .list: isKeeper
            case .approve, .reject: isReviewer
            }
        }
    }
}

extension SQLConnection {
    /// The form as the records say it; licence and task start from the card.
    func publishingForm(of repo: RepoID) throws -> PublishingForm {
        let publication = try publication(of: repo)
        var form = PublishingForm()
        guard let repository = try repository(repo) else { return form }
        let tags = try tags(of: [repo])[repo] ?? []
        form.visibility = publication.visibility
        form.named = try namedReaders(of: repo).map(\.name)
        form.title = repository.title
        form.secondTitle = publication.secondTitle
        form.description = repository.description
        // The card may have been changed since the form was sent.
        form.task = repository.pipelineTag ?? publication.task
        form.licence = tags.firstValue(of: "license") ?? publication.licence
        form.isGated = repository.gating != .off
        form.environment = publication.environment
        form.freeUseDays = publication.freeUseDays
        form.renews = publication.renews
        form.isCodeOpen = publication.isCodeOpen
        form.codeLicence = publication.codeLicence
        return form
    }
}

extension Publishing {
    /// What sending the form does here: it is reviewed, or published at once.
    package var sending: PublishingAction { rules.policy == .review ? .send : .publish }
}
