import GalleryModel
import GalleryServing
import HTTPTypes

/// Agreements over `/api/v1`.
struct AgreementRoutes: Sendable {
    let agreements: Agreements

    func add(to api: APIRoutes) {
        api.group("Agreements") { api in
            api.get("agreements", "The texts of all agreements", answers: AgreementListBody.self) { _ in
                var items: [AgreementBody] = []
                for kind in AgreementKind.allCases {
                    items.append(AgreementBody(try await agreements.agreement(kind)))
                }
                return AgreementListBody(items: items)
            }
            api.get(
                "agreements/{agreement}",
                "The text of an agreement",
                query: [.number("version", "An earlier version.")],
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
                "Put a new version of an agreement in force; for administrators",
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
