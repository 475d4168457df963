import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/OWNER/NAME/versions`: what is offered, and adding to it.
struct VersionPages: Sendable {
    let site: AssetPages
    let versions: Versions

    func add(to router: some RouterMethods<GalleryContext>) {
        site.get("/versions", router) { request, context, asset in
            try await answer(asset, NewVersion(), .none, request, context)
        }
        site.post("/versions", router, use: add)
        site.post("/versions/:number", router, use: change)
    }

    struct NewVersion: Sendable {
        var number = ""
        var revision = "main"
        var notes = ""
        var constraints = ""
    }

    private func add(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        let fields = try await site.pages.form(request, context)
        let new = NewVersion(
            number: fields["version"] ?? "",
            revision: fields["revision"] ?? "main",
            notes: fields["notes"] ?? "",
            constraints: fields["constraints"] ?? ""
        )
        do {
            let version = try await versions.add(
                new.number,
                at: new.revision.trimmed.isEmpty ? nil : new.revision.trimmed,
                Versions.Words(notes: new.notes, constraints: new.constraints),
                to: asset.id,
                by: context.viewer
            )
            let flash =
                version.state == .inReview ? context.say("versions.sent") : context.say("versions.added")
            return site.pages.redirect(to: asset.path + "/versions", flash: flash, request, context)
        } catch let error as any DomainError {
            guard let faults = FormFaults(error, context) else { throw error }
            return try await answer(asset, new, faults, request, context)
        }
    }

    private func change(_ request: Request, context: GalleryContext, asset: Asset) async throws -> Response {
        let fields = try await site.pages.form(request, context)
        let number = try context.segment("number")
        do {
            if fields["action"] == "offline" {
                _ = try await versions.takeOffline(number, of: asset.id, by: context.viewer)
            } else {
                let words = Versions.Words(notes: fields["notes"] ?? "", constraints: fields["constraints"] ?? "")
                _ = try await versions.edit(number, words, of: asset.id, by: context.viewer)
            }
        } catch let error as any DomainError {
            guard let faults = FormFaults(error, context) else { throw error }
            return try await answer(asset, NewVersion(), faults, request, context)
        }
        return site.pages.redirect(
            to: asset.path + "/versions",
            flash: context.say("publishing.saved"),
            request,
            context
        )
    }

    private func answer(
        _ asset: Asset,
        _ new: NewVersion,
        _ faults: FormFaults,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        let page = VersionsPage(
            head: try await site.head(of: asset, .versions, request, context),
            asset: asset,
            versions: try await versions.list(of: asset.id, by: context.viewer),
            new: new,
            faults: faults,
            now: versions.rules.world.now(),
            context
        )
        return try await site.answer(
            page,
            of: asset,
            title: context.say("versions.title"),
            status: .ofForm(request),
            request,
            context
        )
    }
}

/// `templates/versions/versions.mustache`
struct VersionsPage: Page {
    static let template = "versions/versions"

    struct Row: Sendable {
        let number: String
        let badge: Badge?
        let notes: String?
        let constraints: String?
        let notesText: String
        let constraintsText: String
        let reason: String?
        let commit: String
        let filesPath: String
        let at: Moment
        let action: String
        let isKeeper: Bool
        let mayGoOffline: Bool
    }

    let head: AssetHead
    let action: String
    let rows: [Row]
    let isKeeper: Bool
    let mayAdd: Bool
    let isUnsupported: Bool
    let general: String?
    let number: EntryField
    let revision: EntryField
    let texts: [EntryField]

    init(
        head: AssetHead,
        asset: Asset,
        versions: [AssetVersion],
        new: VersionPages.NewVersion,
        faults: FormFaults,
        now: Date,
        _ context: GalleryContext
    ) {
        self.head = head
        action = asset.path + "/versions"
        let isKeeper = asset.may(.administer)
        self.isKeeper = isKeeper
        let hasVersions = PublishingTerms.of(asset.kind).hasVersions
        mayAdd = isKeeper && hasVersions
        isUnsupported = !hasVersions
        let available = versions.count { $0.state == .available }
        rows = versions.map { version in
            let badge: Badge? =
                switch version.state {
                case .available: nil
                case .inReview: Badge(.inReview, context)
                case .rejected: Badge(.rejected, context)
                case .offline: Badge(context.say("versions.offline"), .warning)
                }
            let isHidden = version.state != .available
            let revision = isHidden ? version.commit.hex : version.number
            return Row(
                number: version.number,
                badge: badge,
                notes: version.notes.isEmpty ? nil : version.notes,
                constraints: version.constraints.isEmpty ? nil : version.constraints,
                notesText: version.notes,
                constraintsText: version.constraints,
                reason: version.reason.isEmpty ? nil : version.reason,
                commit: String(version.commit.hex.prefix(8)),
                filesPath: "\(asset.path)/tree/\(revision)",
                at: context.formats.moment(version.createdAt, now: now),
                action: "\(asset.path)/versions/\(version.number)",
                isKeeper: isKeeper,
                mayGoOffline: isKeeper && version.state == .available && available > 1
            )
        }
        general = faults.general
        number = EntryField(
            "version",
            context.say("publishing.field.version"),
            new.number,
            hint: context.say("publishing.field.version.hint"),
            maximum: 29,
            faults
        )
        revision = EntryField(
            "revision",
            context.say("versions.field.revision"),
            new.revision,
            hint: context.say("versions.field.revision.hint"),
            maximum: 200,
            faults
        )
        texts = [
            EntryField(
                "notes",
                context.say("publishing.field.notes"),
                new.notes,
                maximum: 5000,
                isOptional: true,
                faults
            ),
            EntryField(
                "constraints",
                context.say("publishing.field.constraints"),
                new.constraints,
                hint: context.say("publishing.field.constraints.hint"),
                maximum: 5000,
                isOptional: true,
                faults
            ),
        ]
    }
}
