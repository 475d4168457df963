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
    package var answer: JSONSchema?
    package var status: HTTPResponse.Status

    /// The parameters of the path, in order.
    package var pathParameters: [String] {
        path.split(separator: "/").compactMap { $0.hasPrefix("{") ? String($0.dropFirst().dropLast()) : nil }
    }

    /// A name that generators of clients can use: `get_assets_kind_owner_name`.
    package var name: String {
        ([method.rawValue.lowercased()]
            + path.split(separator: "/").map {
                $0.filter { $0.isLetter || $0.isNumber || $0 == "-" }.replacing("-", with: "_")
            }).joined(separator: "_")
    }
}

/// A parameter of the query.
package struct APIParameter: Sendable {
    package var name: String
    package var schema: JSONSchema
    package var meaning: String

    package static func text(_ name: String, _ meaning: String) -> APIParameter {
        APIParameter(name: name, schema: .string(), meaning: meaning)
    }

    package static func number(_ name: String, _ meaning: String) -> APIParameter {
        APIParameter(name: name, schema: .integer, meaning: meaning)
    }

    package static func truth(_ name: String, _ meaning: String) -> APIParameter {
        APIParameter(name: name, schema: .boolean, meaning: meaning)
    }

    package static func choice<Choice: CaseIterable & RawRepresentable>(
        _ name: String,
        _ type: Choice.Type,
        _ meaning: String
    ) -> APIParameter where Choice.RawValue == String {
        APIParameter(name: name, schema: .string(choices: Choice.allCases.map(\.rawValue)), meaning: meaning)
    }

    /// May be given several times.
    package static func list(_ name: String, _ meaning: String) -> APIParameter {
        APIParameter(name: name, schema: .list(of: .string()), meaning: meaning)
    }

    /// What every list by cursor takes.
    package static let paging = [
        text("cursor", "Where the page begins: `next` of the page before it."),
        number("limit", "The most entries of a page."),
    ]
}
