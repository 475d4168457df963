import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing

/// What becomes of visibilities asked for through the hub API, and of commits to what is published.
extension PublishingRules {
    /// A repository made public there is published at once, or awaits what publishing takes; one made private is delisted.
    func place(_ wish: RepositoryLife.Wish, _ db: any SQLConnection) throws {
        let facts = try db.facts(of: wish.repo, for: wish.viewer)
        var publication = try db.publication(of: wish.repo)
        let actor = wish.viewer.account?.id
        switch wish.visibility {
        case .owner:
            try db.setAwaitsPublication(false, wish.repo)
            switch facts.listing {
            case .published: try move(facts, &publication, on: .delist, by: actor, db)
            case .inReview: try move(facts, &publication, on: .withdraw, by: actor, db)
            case .draft, .delisted, .rejected: try place(publication, facts.listing, db)
            }
        case .everyone, .named:
            if facts.listing == .published {
                guard wish.visibility != publication.visibility else { return }
                try check(wish.visibility, after: publication, facts)
                publication.visibility = wish.visibility
                try db.save(publication)
                return try place(publication, .published, db)
            }
            publication.visibility = wish.visibility
            try db.save(publication)
            switch facts.listing {
            case .delisted: try move(facts, &publication, on: .list, by: actor, db)
            case .inReview, .published: break
            case .draft, .rejected:
                try db.setAwaitsPublication(true, wish.repo)
                try consider(facts, publication, by: actor, db)
            }
        }
    }

    /// Looks at an asset that awaits its publication: it goes on when nothing is missing any more.
    func consider(
        _ facts: RepoFacts,
        _ publication: Publication,
        by actor: AccountID?,
        _ db: any SQLConnection
    ) throws {
        var publication = publication
        switch policy {
        case .automatic:
            try check([], of: facts.id, db)
            try move(facts, &publication, on: .publish, by: actor, db)
        case .review:
            guard let actor else { return }
            let form = try db.publishingForm(of: facts.id)
            guard form.faults(for: facts.kind, after: form).isEmpty,
                try Agreements.isComplete(.publishing, by: actor, db),
                (try? check(form.passages, of: facts.id, db)) != nil
            else { return }
            publication.take(form, for: facts.kind)
            try move(facts, &publication, on: .send, by: actor, db)
        }
    }

    /// After every commit: what awaits publication is looked at again; what is published must stay fit to be shown.
    func note(_ move: ReferenceMove, _ db: any SQLConnection) throws {
        try guardVersions(move, db)
        guard move.name == Files.mainReference, move.new != nil,
            let repository = try db.repository(move.repo)
        else { return }
        if repository.listing == .published || repository.listing == .inReview {
            guard move.old != nil else { return }
            try check([], of: move.repo, db)
        } else if repository.awaitsPublication, let actor = move.by, let account = try db.account(actor) {
            let viewer = Viewer(account: Viewer.Account(id: account.id, name: account.name, role: account.role))
            let facts = try db.facts(of: move.repo, for: viewer)
            guard AccessPolicy.refusal(of: .administer, on: facts, to: viewer) == nil else { return }
            try consider(facts, db.publication(of: move.repo), by: actor, db)
        }
    }

    /// The tag of a version can be deleted only by taking the version offline.
    private func guardVersions(_ move: ReferenceMove, _ db: any SQLConnection) throws {
        guard move.new == nil, move.name.hasPrefix("refs/tags/") else { return }
        let number = String(move.name.dropFirst("refs/tags/".count))
        guard let version = try db.version(number, of: move.repo), version.state != .offline, version.state != .rejected
        else { return }
        throw VersionError.tagInUse(number)
    }
}

extension [String] {
    /// Of tags as `license:mit`.
    func firstValue(of sort: String) -> String? {
        first { $0.hasPrefix(sort + ":") }.map { String($0.dropFirst(sort.count + 1)) }
    }
}
