import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes

/// Agreements over `/api/v1`.
struct AgreementRoutes: Sendable {
    let agreements: Agreements

    func add(to api: APIRoutes) {
        api.group("Agreements") { api in
            api.get("agreements", "The texts of all agreements", for: .everyone, answers: AgreementListBody.self) { _ in
                var items: [AgreementBody] = []
                for kind in AgreementKind.allCases {
                    items.append(AgreementBody(try await agreements.agreement(kind)))
                }
                return AgreementListBody(items: items)
            }
            api.get(
                "agreements/{agreement}",
                "The text of an agreement",
                for: .everyone,
                query: [.number("version", "An earlier version.", in: 1...1_000_000)],
                answers: AgreementBody.self
            ) { call in
                let version = try call.query().integer("version", in: 1...1_000_000)
                return AgreementBody(try await agreements.agreement(kind(of: call), version: version))
            }
            api.send(.put, "agreements/{agreement}/acceptance", "Accept an agreement") { call in
                try await agreements.accept([kind(of: call)], by: call.viewer)
            }
            api.send(
                .put,
                "agreements/{agreement}",
                "Put a new version of an agreement in force",
                for: .administrators,
                body: AgreementTextsBody.self,
                answers: AgreementBody.self
            ) { call in
                let agreement = try await agreements.edit(
                    kind(of: call),
                    chinese: call.body.chinese,
                    english: call.body.english,
                    by: call.viewer
                )
                return AgreementBody(agreement)
            }
            addKeeping(to: api)
        }
    }

    private func addKeeping(to api: APIRoutes) {
        api.get(
            "agreements/{agreement}/versions",
            "The versions of an agreement, and how many accepted them",
            for: .administrators,
            answers: ListBody<AgreementEditionBody>.self
        ) { call in
            let editions = try await agreements.editions(of: kind(of: call), by: call.viewer)
            return ListBody(items: editions.map(AgreementEditionBody.init))
        }
        api.get(
            "agreements/{agreement}/acceptances",
            "Who accepted a version of an agreement",
            for: .administrators,
            query: [.number("version", "The one in force, unless given.", in: 1...1_000_000)] + APIParameter.paging,
            answers: APIPage<AgreementAcceptanceBody>.self
        ) { call in
            let paging = try call.paging(standard: 50)
            let found = try await agreements.acceptances(
                of: kind(of: call),
                version: call.query().integer("version", in: 1...1_000_000),
                after: paging.cursor,
                limit: paging.limit,
                by: call.viewer
            )
            return APIPage(items: found.acceptances.map(AgreementAcceptanceBody.init), next: found.next)
        }
    }

    private func kind(of call: APICall<some Sendable>) throws -> AgreementKind {
        guard let kind = AgreementKind(rawValue: try call.path("agreement")) else {
            throw Problem(.missing, "agreement-unknown", "An agreement is one of publishing, service, data.")
        }
        return kind
    }
}

struct AgreementTextsBody: Codable, Sendable {
    var chinese: Agreement.Text
    var english: Agreement.Text
}

struct AgreementBody: Codable, Sendable {
    var kind: String
    var version: Int
    var chinese: Agreement.Text
    var english: Agreement.Text

    init(_ agreement: Agreement) {
        kind = agreement.kind.rawValue
        version = agreement.version
        chinese = agreement.chinese
        english = agreement.english
    }
}

struct AgreementListBody: Codable, Sendable {
    var items: [AgreementBody]
}

struct AgreementEditionBody: Codable, Sendable {
    var version: Int
    var createdAt: Date
    var acceptances: Int
    /// Of those, who have not accepted the version in force.
    var mustAcceptAgain: Int

    init(_ edition: AgreementEdition) {
        version = edition.agreement.version
        createdAt = edition.agreement.createdAt
        acceptances = edition.acceptances
        mustAcceptAgain = edition.mustAcceptAgain
    }
}

struct AgreementAcceptanceBody: Codable, Sendable {
    var name: String
    var nickname: String
    var acceptedAt: Date

    init(_ acceptance: AgreementAcceptance) {
        name = acceptance.name
        nickname = acceptance.nickname
        acceptedAt = acceptance.acceptedAt
    }
}
