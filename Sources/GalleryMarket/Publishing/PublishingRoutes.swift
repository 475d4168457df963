import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes

/// Publishing, reviewing, versions and relations over `/api/v1`.
struct PublishingRoutes: Sendable {
    let finder: AssetFinder
    let publishing: Publishing
    let versions: Versions
    let relations: Relations
    let people: PeopleSearch

    private static let asset = "assets/{kind}/{owner}/{name}"

    func add(to api: APIRoutes) {
        api.group("Publishing") { api in
            addForm(to: api)
            addSteps(to: api)
        }
        api.group("Reviews", addReviews)
        api.group("Versions", addVersions)
        api.group("Relations", addRelations)
        api.group("Discovery", addPeople)
    }

    private func addPeople(to api: APIRoutes) {
        api.get(
            "people",
            "Find users by account name, id or nickname",
            query: [
                .text("q", "How one of them begins."),
                .number("limit", "The most answers; the server may give fewer.", in: 1...Int(Int32.max)),
            ],
            answers: ListBody<PersonBody>.self
        ) { call in
            let query = try call.query()
            let limit = try query.limit(standard: 10, maximum: 50)
            return ListBody(
                items: try await people.people(matching: query["q"] ?? "", limit: limit, by: call.viewer).map(
                    PersonBody.init
                )
            )
        }
    }

    private func addForm(to api: APIRoutes) {
        let base = Self.asset
        api.get("\(base)/publishing", "Where an asset stands", for: .everyone, answers: StandingBody.self) { call in
            try await body(publishing.standing(of: repo(of: call), by: call.viewer))
        }
        api.get(
            "\(base)/publishing/form",
            "The publishing form of an asset",
            for: .keepers,
            answers: PublishingFormBody.self
        ) {
            call in
            try await PublishingFormBody(publishing.form(of: repo(of: call), by: call.viewer))
        }
        api.send(
            .put,
            "\(base)/publishing/form",
            "Change what the publishing form says of an asset",
            for: .keepers,
            body: PublishingFormBody.self,
            answers: StandingBody.self
        ) { call in
            let repo = try await repo(of: call)
            let form = try call.body.form(from: await publishing.form(of: repo, by: call.viewer))
            return try await body(publishing.change(repo, form, by: call.viewer))
        }
        api.send(
            .post,
            "\(base)/publishing",
            "Publish an asset, or send it for review",
            for: .keepers,
            body: PublishBody.self,
            answers: StandingBody.self
        ) { call in
            let repo = try await repo(of: call)
            let present = try await publishing.form(of: repo, by: call.viewer)
            let standing = try await publishing.publish(
                repo,
                call.body.form?.form(from: present) ?? present,
                version: call.body.version,
                Versions.Words(notes: call.body.notes ?? "", constraints: call.body.constraints ?? ""),
                accepting: AgreementKind.all(call.body.accept ?? []),
                by: call.viewer
            )
            return body(standing)
        }
        api.send(.put, "\(base)/papers", "Set the papers of an asset", for: .keepers, body: PapersBody.self) { call in
            try await publishing.setPapers(call.body.papers, of: repo(of: call), by: call.viewer)
        }
    }

    private func addSteps(to api: APIRoutes) {
        let base = Self.asset
        api.send(
            .post,
            "\(base)/publishing/steps",
            "Withdraw an asset from review, delist it, or list it again",
            for: .keepers,
            body: StepBody.self,
            answers: StandingBody.self
        ) { call in
            guard let action = PublishingAction(rawValue: call.body.action) else {
                throw Problem.invalid("action-unknown", "'action' is one of withdraw, delist, list.")
            }
            let repo = try await repo(of: call)
            return try await body(
                publishing.take(action, of: repo, reason: call.body.reason ?? "", by: call.viewer)
            )
        }
        api.send(
            .post,
            "account/assets/steps",
            "Delist many of one's own assets, or list them again",
            body: BulkStepBody.self,
            answers: ListBody<BulkOutcomeBody>.self
        ) { call in
            guard let action = PublishingAction(rawValue: call.body.action) else {
                throw Problem.invalid("action-unknown", "'action' is one of delist, list.")
            }
            let outcomes = try await publishing.take(
                action,
                ofAll: call.body.assets.map { RepoID($0) },
                by: call.viewer
            )
            return ListBody(items: outcomes.map(BulkOutcomeBody.init))
        }
        api.get(
            "\(base)/publishing/history",
            "What became of an asset and its versions",
            for: .keepers,
            answers: ListBody<PublicationEventBody>.self
        ) { call in
            let events = try await publishing.history(of: repo(of: call), limit: 200, by: call.viewer)
            return ListBody(items: events.map(PublicationEventBody.init))
        }
        api.send(
            .put,
            "\(base)/marks",
            "Set the marks and plans of an asset",
            for: .administrators,
            body: MarksBody.self,
            answers: StandingBody.self
        ) { call in
            let standing = try await publishing.mark(
                repo(of: call),
                isOfficial: call.body.isOfficial,
                isFeatured: call.body.isFeatured,
                plans: call.body.plans,
                by: call.viewer
            )
            return body(standing)
        }
        api.send(
            .delete,
            base,
            "Delete an asset for good",
            for: .keepers,
            query: [.text("confirm", "Its full name, owner/name.")]
        ) { call in
            try await publishing.delete(repo(of: call), confirming: call.query()["confirm"] ?? "", by: call.viewer)
        }
    }

    private func addReviews(to api: APIRoutes) {
        let base = Self.asset
        api.get(
            "reviews",
            "What waits to be reviewed",
            for: .reviewers,
            query: [.choice("kind", RepoKind.self, "Only assets of this kind.")] + APIParameter.paging,
            answers: APIPage<ReviewItemBody>.self
        ) { call in
            let paging = try call.paging()
            let kind = try RepoKind.named(call.query()["kind"])
            let page = try await publishing.queue(
                kind: kind,
                after: paging.cursor,
                limit: paging.limit,
                by: call.viewer
            )
            return APIPage(items: page.items.map(ReviewItemBody.init), next: page.next)
        }
        for approve in [true, false] {
            let (noun, verb) = approve ? ("approval", "Approve") : ("rejection", "Reject")
            api.send(
                .post,
                "\(base)/publishing/\(noun)",
                "\(verb) an asset in review",
                for: .reviewers,
                body: DecisionBody.self,
                answers: StandingBody.self
            ) { call in
                let repo = try await repo(of: call)
                let before = try await publishing.standing(of: repo, by: call.viewer)
                let reason = call.body.reason ?? ""
                var after = before
                after.facts.listing = try await publishing.decide(
                    repo,
                    approve: approve,
                    reason: reason,
                    seen: call.body.revision,
                    by: call.viewer
                )
                after.publication.reason = approve ? "" : reason
                after.isReviewer = false
                after.revision = nil
                return body(after)
            }
            api.send(
                .post,
                "\(base)/versions/{number}/\(noun)",
                "\(verb) a version in review",
                for: .reviewers,
                body: DecisionBody.self,
                answers: VersionBody.self
            ) { call in
                let version = try await versions.decide(
                    call.path("number"),
                    approve: approve,
                    reason: call.body.reason ?? "",
                    seen: call.body.revision,
                    of: repo(of: call),
                    by: call.viewer
                )
                return VersionBody(version)
            }
        }
    }

    private func addVersions(to api: APIRoutes) {
        let base = "\(Self.asset)/versions"
        api.get(base, "The versions of an asset", for: .everyone, answers: ListBody<VersionBody>.self) { call in
            ListBody(items: try await versions.list(of: repo(of: call), by: call.viewer).map(VersionBody.init))
        }
        api.send(
            .post,
            base,
            "Add a version",
            for: .keepers,
            body: NewVersionBody.self,
            answers: VersionBody.self,
            status: .created
        ) { call in
            let words = Versions.Words(notes: call.body.notes ?? "", constraints: call.body.constraints ?? "")
            let revision = call.body.revision
            return VersionBody(
                try await versions.add(call.body.number, at: revision, words, to: repo(of: call), by: call.viewer)
            )
        }
        api.send(
            .put,
            "\(base)/{number}",
            "Change the notes and usage constraints of a version",
            for: .keepers,
            body: VersionWordsBody.self,
            answers: VersionBody.self
        ) { call in
            let words = Versions.Words(notes: call.body.notes, constraints: call.body.constraints)
            return VersionBody(
                try await versions.edit(call.path("number"), words, of: repo(of: call), by: call.viewer)
            )
        }
        api.send(
            .delete,
            "\(base)/{number}",
            "Take a version offline",
            for: .keepers,
            answers: VersionBody.self
        ) { call in
            VersionBody(try await versions.takeOffline(call.path("number"), of: repo(of: call), by: call.viewer))
        }
    }

    private func addRelations(to api: APIRoutes) {
        let base = "\(Self.asset)/related"
        api.get(
            base,
            "The assets related to an asset",
            for: .everyone,
            query: [.choice("kind", RepoKind.self, "Only assets of this kind.")],
            answers: ListBody<RelatedBody>.self
        ) { call in
            let kind = try RepoKind.named(call.query()["kind"])
            let found = try await relations.list(of: repo(of: call), kind: kind, by: call.viewer)
            return ListBody(items: found.map(RelatedBody.init))
        }
        api.send(
            .post,
            base,
            "Relate an asset to another one",
            for: .keepers,
            body: RelateBody.self,
            answers: RelatedBody.self,
            status: .created
        ) { call in
            let kind = try RepoKind.named(call.body.kind)
            return RelatedBody(
                try await relations.relate(repo(of: call), to: call.body.asset, kind: kind, by: call.viewer)
            )
        }
        api.send(.delete, "\(base)/{id}", "End a relation; by the id of the other asset", for: .keepers) { call in
            try await relations.unrelate(repo(of: call), from: RepoID(call.path("id")), by: call.viewer)
        }
    }

    private func body(_ standing: PublishingStanding) -> StandingBody {
        StandingBody(standing, send: publishing.sending)
    }

    private func repo(of call: APICall<some Sendable>) async throws -> RepoID {
        try await finder.asset(
            call.path("kind"),
            call.path("owner"),
            call.path("name"),
            by: call.viewer
        ).1.id
    }
}

extension AgreementKind {
    /// Those of these names; throws for one that there is not.
    static func all(_ names: [String]) throws -> [AgreementKind] {
        try names.map { name in
            guard let kind = AgreementKind(rawValue: name) else {
                throw Problem.invalid("agreement-unknown", "An agreement is one of publishing, service, data.")
            }
            return kind
        }
    }
}
