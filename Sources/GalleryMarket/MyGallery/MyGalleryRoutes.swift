import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird

/// `/api/v1/account/…`: what the pages of one's own account do.
struct MyGalleryRoutes: Sendable {
    let mine: MyGallery
    let growth: Growth
    let codes: EmailCodes
    let profiles: Profiles
    let exports: ExportRoutes
    let edge: IdentityEdge

    func add(to api: APIRoutes) {
        api.group("My Gallery") { api in
            api.get("account/counts", "Count what is one's own and what waits", answers: MyCountsBody.self) { call in
                MyCountsBody(try await mine.counts(by: call.viewer))
            }
            api.get(
                "account/assets",
                "List one's own assets",
                query: Self.assetParameters,
                answers: APIPage<MyAssetBody>.self,
                use: assets
            )
            api.get(
                "account/applications",
                "List requests for gated use, made or to decide",
                query: [
                    .choice("side", ApplicationSide.self, "One's own requests, or those of others to decide."),
                    .choice("state", GrantState.self, "Only those in this state."),
                ] + APIParameter.paging,
                answers: APIPage<MyApplicationBody>.self,
                use: applications
            )
            api.get("account/growth", "Show growth points", answers: GrowthBody.self) { call in
                GrowthBody(try await growth.summary(by: call.viewer))
            }
            api.get(
                "account/growth/history",
                "List growth points",
                query: APIParameter.paging,
                answers: APIPage<GrowthEntryBody>.self,
                use: history
            )
            api.send(.post, "account/check-in", "Check in for today", answers: GrowthBody.self) { call in
                try await growth.checkIn(by: call.viewer)
                return GrowthBody(try await growth.summary(by: call.viewer))
            }
            api.raw(
                .get,
                "exports/assets",
                "Export the list of all assets",
                for: .administrators,
                query: [
                    .choice("format", AssetExport.Format.self, "CSV or JSON lines."),
                    .choice("kind", RepoKind.self, "Only assets of this kind."),
                    .text("owner", "Only assets of this account."),
                ],
                answer: .string(),
                answerTypes: ["text/csv", "application/jsonl"],
                use: exports.assets
            )
        }
        api.group("Accounts") { api in
            api.send(
                .post,
                "account/email-code",
                "Have a code sent to a new e-mail address",
                for: .account,
                use: sendCode
            )
            api.send(
                .put,
                "account/email",
                "Take the address that a code was sent to",
                for: .account,
                body: CodeBody.self,
                answers: EmailBody.self
            ) { call in
                EmailBody(email: try await codes.confirmAddress(call.body.code, by: call.viewer).email)
            }
            api.send(
                .post,
                "password-code",
                "Have a code sent for a forgotten password",
                for: .everyone,
                use: sendPasswordCode
            )
            api.send(.put, "password", "Replace a forgotten password", for: .everyone, use: replacePassword)
            api.get("account/onboarding", "Show what onboarding still takes", answers: OnboardingBody.self) { call in
                OnboardingBody(try await profiles.onboarding(by: call.viewer))
            }
            api.send(.put, "account/onboarding", "Complete the onboarding", answers: OnboardingBody.self, use: onboard)
        }
    }

    private static let assetParameters: [APIParameter] =
        [
            .choice("list", MyRelation.self, "Which list; those created where it is missing."),
            .choice("kind", RepoKind.self, "Only assets of this kind."),
            .choice("state", RepoListing.self, "Only assets in this state."),
            .text("q", "A part of the name or title."),
        ] + APIParameter.paging

    @Sendable private func assets(_ call: APICall<Void>) async throws -> APIPage<MyAssetBody> {
        let query = try call.query()
        let paging = try call.paging()
        let filter = MyFilter(
            kind: try query.choice("kind", RepoKind.self),
            listing: try query.choice("state", RepoListing.self),
            text: query["q"] ?? ""
        )
        let found = try await mine.assets(
            query.choice("list", MyRelation.self) ?? .created,
            filter,
            after: paging.cursor,
            limit: paging.limit,
            by: call.viewer
        )
        return APIPage(items: found.assets.map(MyAssetBody.init), next: found.next)
    }

    @Sendable private func applications(_ call: APICall<Void>) async throws -> APIPage<MyApplicationBody> {
        let query = try call.query()
        let paging = try call.paging()
        let found = try await mine.applications(
            toDecide: query.choice("side", ApplicationSide.self) == .decide,
            query.choice("state", GrantState.self),
            after: paging.cursor,
            limit: paging.limit,
            by: call.viewer
        )
        return APIPage(items: found.applications.map(MyApplicationBody.init), next: found.next)
    }

    @Sendable private func history(_ call: APICall<Void>) async throws -> APIPage<GrowthEntryBody> {
        let paging = try call.paging()
        let found = try await growth.history(after: paging.cursor, limit: paging.limit, by: call.viewer)
        return APIPage(items: found.entries.map(GrowthEntryBody.init), next: found.next)
    }

    @Sendable private func sendCode(_ call: APICall<EmailBody>) async throws {
        try await codes.requestAddress(
            call.body.email,
            from: call.context.clientAddress,
            in: call.context.language,
            by: call.viewer
        )
    }

    @Sendable private func sendPasswordCode(_ call: APICall<PasswordCodeBody>) async throws {
        let context = call.context
        try await codes.requestPassword(for: call.body.name, from: context.clientAddress, in: context.language)
    }

    @Sendable private func replacePassword(_ call: APICall<NewPasswordBody>) async throws {
        _ = try await codes.replacePassword(
            of: call.body.name,
            code: call.body.code,
            with: call.body.password,
            at: edge.origin(call.request, call.context)
        )
    }

    @Sendable private func onboard(_ call: APICall<OnboardingRequest>) async throws -> OnboardingBody {
        try await profiles.onboard(
            nickname: call.body.nickname,
            accepting: call.body.agreements,
            code: call.body.code,
            codes: codes,
            by: call.viewer
        )
        return OnboardingBody(try await profiles.onboarding(by: call.viewer))
    }
}

extension QueryParameters {
    /// One of a closed set; nil where it is missing or empty. Throws 400 for anything else.
    func choice<Choice: CaseIterable & RawRepresentable>(_ name: String, _ type: Choice.Type) throws -> Choice?
    where Choice.RawValue == String {
        guard let text = self[name], !text.isEmpty else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.invalid("parameter-invalid", "'\(name)' is one of \(all).")
        }
        return choice
    }
}
