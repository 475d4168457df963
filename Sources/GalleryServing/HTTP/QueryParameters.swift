import GalleryModel
package import HTTPTypes
package import Hummingbird

/// The parameters of an address or of a form: repeated names are lists, and `name[]` is the same as `name`.
package struct QueryParameters: Sendable {
    private static let maximumCount = 2000
    package private(set) var items: [(name: String, value: String)] = []

    /// Throws 400 for broken escapes and for more parameters than anybody needs.
    package init(_ text: some StringProtocol) throws {
        for part in text.split(separator: "&") {
            guard items.count < Self.maximumCount else {
                throw Problem.invalid("too-many-parameters", "Send at most \(Self.maximumCount) parameters.")
            }
            let equals = part.firstIndex(of: "=")
            guard let name = PercentEncoding.decode(part[..<(equals ?? part.endIndex)], plusIsSpace: true),
                let value = PercentEncoding.decode(
                    equals.map { part[part.index(after: $0)...] } ?? "",
                    plusIsSpace: true
                )
            else {
                throw Problem.invalid("parameter-not-text", "A parameter has an escape that is not valid UTF-8 text.")
            }
            items.append((name.hasSuffix("[]") ? String(name.dropLast(2)) : name, value))
        }
    }

    /// The first value of that name.
    package subscript(_ name: String) -> String? { items.first { $0.name == name }?.value }

    /// All values of that name, in order.
    package func values(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    /// `true`, `True` or `1`; a name without a value counts as true, a missing one as false. Throws 400 for anything else.
    package func truth(_ name: String) throws -> Bool { try optionalTruth(name) ?? false }

    /// As `truth`, but nil where the parameter is missing.
    package func optionalTruth(_ name: String) throws -> Bool? {
        guard let text = self[name] else { return nil }
        if text.isEmpty { return true }
        guard let truth = Truth(text) else {
            throw Problem.invalid("parameter-invalid", "'\(name)' must be true or false.")
        }
        return truth.isOn
    }

    /// A whole number within `range`; throws 400 for anything else, nil where it is missing.
    package func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = self[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Problem.invalid(
                "parameter-invalid",
                "'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound)."
            )
        }
        return number
    }

    /// The size of a page: the client's wish up to `maximum`, or `standard`.
    package func limit(standard: Int, maximum: Int) throws -> Int {
        min(try integer("limit", in: 1...Int(Int32.max)) ?? standard, maximum)
    }
}

extension Request {
    /// The parameters of the address.
    package func query() throws -> QueryParameters { try QueryParameters(uri.query ?? "") }

    /// The `Link` header of a page that has a next one: this address with some parameters replaced.
    package func nextLink(_ context: GalleryContext, replacing changes: [String: String]) throws -> String {
        let kept = try query().items.filter { changes[$0.name] == nil }
        let all = kept + changes.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        let text = all.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(
            separator: "&"
        )
        // Absolute, and with the space before rel: clients read it with a regular expression.
        return "<\(origin(context))\(uri.path)?\(text)>; rel=\"next\""
    }
}

extension HTTPField.Name {
    // swift-format-ignore: NeverForceUnwrap
    package static let link = HTTPField.Name("Link")!
}
