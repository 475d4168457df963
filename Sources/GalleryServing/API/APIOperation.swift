import GalleryModel
package import HTTPTypes

/// One operation of `/api/v1`: what it is for, what it takes and what it answers.
package struct APIOperation: Sendable {
    package var method: HTTPRequest.Method
    /// Below `/api/v1/`, with parameters in braces: `assets/{kind}/{owner}/{name}`.
    package var path: String
    package var summary: String
    /// The feature it belongs to, as a heading.
    package var group: String
    package var query: [APIParameter]
    package var body: JSONSchema?
    package var bodyType: String
    /// Whether something in the body must be said.
    package var isBodyRequired: Bool
    /// The most bytes that its body may have.
    package var largestBody: Int
    package var answer: JSONSchema?
    package var status: HTTPResponse.Status
    package var right: APIRight
    /// The types that a good answer may have.
    package var answerTypes: [String]

    /// The parameters of the path, in order.
    package var pathParameters: [APIParameter] {
        path.split(separator: "/").compactMap { $0.hasPrefix("{") ? .ofPath(String($0.dropFirst().dropLast())) : nil }
    }

    /// The statuses with which it may be refused, each with a problem as its body.
    package var refusals: [HTTPResponse.Status] {
        var all: [HTTPResponse.Status] = [
            .badRequest, .unauthorized, .forbidden, .tooManyRequests, .serviceUnavailable,
        ]
        let paging = Set(APIParameter.paging.map(\.name))
        let names = query.contains { !paging.contains($0.name) }
        if method != .get || !pathParameters.isEmpty || names { all.append(.notFound) }
        if method != .get { all += [.conflict, .unprocessableContent] }
        if body != nil { all += [.contentTooLarge, Problem.Kind.storageFull.status] }
        return all.sorted { $0.code < $1.code }
    }

    /// A name that generators of clients can use: `get_assets_kind_owner_name`.
    package var name: String {
        ([method.rawValue.lowercased()]
            + path.split(separator: "/").map {
                $0.filter { $0.isLetter || $0.isNumber || $0 == "-" }.replacing("-", with: "_")
            }).joined(separator: "_")
    }
}

/// Who may use an operation. What somebody may do with one asset is decided for each; these are the rights without
/// which nobody need try.
package enum APIRight: String, Sendable, CaseIterable {
    /// Everybody, for what they may see.
    case everyone
    case signedIn
    /// Signed in, with a session or a token of the scope `admin`: what could be used to take an account over.
    case account
    /// Those who may change the asset or the organisation.
    case keepers
    case reviewers
    case administrators
    /// A run's worker, by the token that it was started with.
    case workers

    /// A sentence of the document.
    package var meaning: String {
        switch self {
        case .everyone: "For everybody, of what they may see."
        case .signedIn: "For those who are signed in."
        case .account: "For those who are signed in, with a session or a token of the scope admin."
        case .keepers: "For those who may change the asset or the organisation."
        case .reviewers: "For reviewers and administrators."
        case .administrators: "For administrators."
        case .workers: "For the worker of the run, with the token that it was started with."
        }
    }
}

/// A parameter of the path or of the query.
package struct APIParameter: Sendable {
    package var name: String
    package var schema: JSONSchema
    package var meaning: String
    /// Other ways to write its choices.
    package var alsoKnown: [String] = []

    package static func text(_ name: String, _ meaning: String) -> APIParameter {
        APIParameter(name: name, schema: .string(), meaning: meaning)
    }

    package static func number(
        _ name: String,
        _ meaning: String,
        in range: ClosedRange<Int>? = nil
    ) -> APIParameter {
        APIParameter(name: name, schema: .integer(in: range), meaning: meaning)
    }

    package static func truth(_ name: String, _ meaning: String) -> APIParameter {
        APIParameter(name: name, schema: .boolean, meaning: meaning)
    }

    package static func choice<Choice: CaseIterable & RawRepresentable>(
        _ name: String,
        _ type: Choice.Type,
        _ meaning: String
    ) -> APIParameter where Choice.RawValue == String {
        APIParameter(
            name: name,
            schema: .string(choices: Choice.allCases.map(\.rawValue)),
            meaning: meaning,
            alsoKnown: type is RepoKind.Type ? RepoKind.allCases.map(\.plural) : []
        )
    }

    /// May be given several times.
    package static func list(_ name: String, _ meaning: String, of choices: [String] = []) -> APIParameter {
        APIParameter(name: name, schema: .list(of: .string(choices: choices)), meaning: meaning)
    }

    /// What every list by cursor takes.
    package static let paging = [
        text("cursor", "Where the page begins: `next` of the page before it."),
        number("limit", "The most entries of a page; the server may answer fewer.", in: 1...Int(Int32.max)),
    ]

    /// A parameter of the path by its name.
    static func ofPath(_ name: String) -> APIParameter {
        if name == "kind" {
            let kinds = RepoKind.allCases.map(\.plural)
            return APIParameter(name: name, schema: .string(choices: kinds), meaning: "The kind of the asset.")
        }
        return text(name, meanings[name] ?? "")
    }

    private static let meanings = [
        "owner": "The account or organisation that the asset belongs to.", "name": "The name of the asset.",
        "account": "The name of an account.", "organization": "The name of an organisation.",
        "member": "The name of a member.", "user": "The name of a user.", "number": "A version, as 1.0.0.",
        "agreement": "One of publishing, service, data.", "id": "The id of an asset.",
    ]
}
