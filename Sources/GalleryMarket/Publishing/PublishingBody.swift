import Foundation
import GalleryHub
import GalleryModel
import GalleryServing

/// The form as JSON: what is left out keeps its present value.
struct PublishingFormBody: Codable, Sendable {
    var visibility: String?
    var named: [String]?
    var title: String?
    var secondTitle: String?
    var description: String?
    var task: String?
    var licence: String?
    var isGated: Bool?
    var granted: [String]?
    var environment: String?
    /// 0 for no end.
    var freeUseDays: Int?
    var renews: Bool?
    var isCodeOpen: Bool?
    var codeLicence: String?

    init(_ form: PublishingForm) {
        visibility = form.visibility.rawValue
        named = form.named
        title = form.title
        secondTitle = form.secondTitle
        description = form.description
        task = form.task
        licence = form.licence
        isGated = form.isGated
        environment = form.environment?.rawValue
        freeUseDays = form.freeUseDays ?? 0
        renews = form.renews
        isCodeOpen = form.isCodeOpen
        codeLicence = form.codeLicence
    }

    /// The form with what was sent put in.
    func form(from present: PublishingForm) throws -> PublishingForm {
        var form = present
        if let visibility { form.visibility = try Self.choice(visibility, "visibility") }
        if let environment, !environment.isEmpty { form.environment = try Self.choice(environment, "environment") }
        form.named = named ?? form.named
        form.title = title ?? form.title
        form.secondTitle = secondTitle ?? form.secondTitle
        form.description = description ?? form.description
        form.task = task ?? form.task
        form.licence = licence.map(Licences.identifier) ?? form.licence
        form.isGated = isGated ?? form.isGated
        form.granted = granted ?? []
        if let freeUseDays { form.freeUseDays = freeUseDays == 0 ? nil : freeUseDays }
        form.renews = renews ?? form.renews
        form.isCodeOpen = isCodeOpen ?? form.isCodeOpen
        form.codeLicence = codeLicence.map(Licences.identifier) ?? form.codeLicence
        return form
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ text: String,
        _ field: String
    ) throws -> Choice {
        guard let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.invalid("choice-unknown", "'\(field)' is one of \(names).")
        }
        return choice
    }
}

struct PublishBody: Codable, Sendable {
    var form: PublishingFormBody?
    /// A first version, as `1.0.0`.
    var version: String?
    var notes: String?
    var constraints: String?
    /// The agreements that are accepted with this: `publishing`, `service`, `data`.
    var accept: [String]?
}

struct StepBody: Codable, Sendable {
    var action: String
    var reason: String?
}

struct DecisionBody: Codable, Sendable {
    /// Why it is rejected.
    var reason: String?
    /// What was looked at, as the queue names it; without it, only what is as it was sent can be approved.
    var revision: String?
}

struct StandingBody: Codable, Sendable {
    var listing: String
    /// What the asset shall be while it is published.
    var visibility: String
    var secondTitle: String
    var task: String
    var licence: String
    var environment: String?
    var freeUseDays: Int?
    var renews: Bool
    var isCodeOpen: Bool
    var codeLicence: String
    var reason: String
    /// What a reviewer looks at now; to be given back with the decision.
    var revision: String?
    var awaitsPublication: Bool
    var publishedAt: String?
    var delistedAt: String?
    /// The steps that this viewer may take now.
    var actions: [String]
    var plans: [AssetPlan]
    var papers: [Paper]

    init(_ standing: PublishingStanding, send action: PublishingAction) {
        let publication = standing.publication
        listing = standing.listing.rawValue
        visibility = publication.visibility.rawValue
        secondTitle = publication.secondTitle
        task = publication.task
        licence = publication.licence
        environment = publication.environment?.rawValue
        freeUseDays = publication.freeUseDays
        renews = publication.renews
        isCodeOpen = publication.isCodeOpen
        codeLicence = publication.codeLicence
        reason = publication.reason
        revision = standing.revision
        awaitsPublication = standing.awaitsPublication
        publishedAt = publication.publishedAt?.wire
        delistedAt = publication.delistedAt?.wire
        actions = standing.actions(under: action).map(\.rawValue)
        plans = standing.plans
        papers = standing.papers
    }
}

struct MarksBody: Codable, Sendable {
    var isOfficial: Bool?
    var isFeatured: Bool?
    var plans: [AssetPlan]?
}

struct PapersBody: Codable, Sendable {
    var papers: [Paper]
}

struct PublicationEventBody: Codable, Sendable {
    var action: String
    var version: String?
    var actor: String?
    var reason: String?
    var at: String

    init(_ event: PublicationEvent) {
        action = event.action
        version = event.version.isEmpty ? nil : event.version
        actor = event.actorName
        reason = event.reason.isEmpty ? nil : event.reason
        at = event.at.wire
    }
}

struct PersonBody: Codable, Sendable {
    var name: String
    var id: String
    var nickname: String
    var avatar: String

    init(_ account: Account) {
        name = account.name
        id = account.publicID
        nickname = account.nickname
        avatar = account.avatarPath
    }
}

struct ReviewItemBody: Codable, Sendable {
    var id: String
    var kind: String
    var name: String
    var title: String
    var description: String
    var version: String?
    var submittedBy: String?
    var submittedAt: String
    var licence: String
    var task: String
    var visibility: String
    /// To be given back with the decision.
    var revision: String

    init(_ item: ReviewItem) {
        id = item.repo.rawValue
        kind = item.kind.plural
        name = item.name.description
        title = item.title
        description = item.description
        version = item.version.isEmpty ? nil : item.version
        submittedBy = item.submitterName
        submittedAt = item.submittedAt.wire
        licence = item.licence
        task = item.task
        visibility = item.visibility.rawValue
        revision = item.revision
    }
}

struct VersionBody: Codable, Sendable {
    var number: String
    var commit: String
    var notes: String
    var constraints: String
    var state: String
    var reason: String?
    var createdAt: String

    init(_ version: AssetVersion) {
        number = version.number
        commit = version.commit.hex
        notes = version.notes
        constraints = version.constraints
        state = version.state.rawValue
        reason = version.reason.isEmpty ? nil : version.reason
        createdAt = version.createdAt.wire
    }
}

struct NewVersionBody: Codable, Sendable {
    var number: String
    /// A branch, tag or commit; main, when none is given.
    var revision: String?
    var notes: String?
    var constraints: String?
}

struct VersionWordsBody: Codable, Sendable {
    var notes: String
    var constraints: String
}

struct RelatedBody: Codable, Sendable {
    var id: String
    var kind: String
    var name: String
    var title: String
    var description: String
    var updatedAt: String

    init(_ asset: RelatedAsset) {
        id = asset.repo.rawValue
        kind = asset.kind.plural
        name = asset.name.description
        title = asset.title
        description = asset.description
        updatedAt = asset.updatedAt.wire
    }
}

struct RelateBody: Codable, Sendable {
    /// An asset's id, its full name, or its address.
    var asset: String
    /// The plural of the kind, where a name alone is not clear.
    var kind: String?
}

/// A list that has no further pages.
struct ListBody<Item: Codable & Sendable>: Codable, Sendable {
    var items: [Item]
}
