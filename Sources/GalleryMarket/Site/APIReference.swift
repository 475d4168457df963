package import GalleryServing

/// The operations of `/api/v1` in groups, for the pages that describe them.
package struct APIReference: Sendable {
    struct Group: Sendable {
        let name: String
        let operations: [APIOperation]

        var slug: String { name.lowercased().replacing(" ", with: "-") }
        var path: String { "/docs/api/\(slug)" }

        /// Its name in the reader's language; the declared one where nobody translated it.
        func title(_ words: Phrases) -> String {
            words.catalogue.text("reference.group.\(slug)", in: words.language) ?? name
        }
    }

    let operations: [APIOperation]
    let schemas: [String: JSONSchema]
    let groups: [Group]

    package init(_ document: APIDocument) {
        operations = document.operations
        schemas = document.schemas
        var names: [String] = []
        for operation in document.operations where !names.contains(operation.group) { names.append(operation.group) }
        groups = names.map { name in Group(name: name, operations: document.operations.filter { $0.group == name }) }
    }

    func group(_ slug: String) -> Group? { groups.first { $0.slug == slug } }

    /// The members of an object.
    func fields(of schema: JSONSchema, _ words: Phrases) -> [ReferenceField] {
        switch schema {
        case .reference(let name): schemas[name].map { fields(of: $0, words) } ?? []
        case .object(let properties): properties.map { ReferenceField($0, words) }
        default: []
        }
    }

    /// The named schemas that a group's answers are made of, and those within its bodies; in the order of their names.
    func shapes(of group: Group) -> [String] {
        var found: Set<String> = []
        var open: [JSONSchema] = group.operations.compactMap(\.answer)
        for operation in group.operations {
            if case .reference(let name)? = operation.body, let schema = schemas[name] { open.append(schema) }
        }
        while let schema = open.popLast() {
            switch schema {
            case .reference(let name):
                if found.insert(name).inserted, let schema = schemas[name] { open.append(schema) }
            case .list(let inner, _), .map(let inner): open.append(inner)
            case .either(let inner): open += inner
            case .object(let properties): open += properties.map(\.schema)
            default: break
            }
        }
        return found.sorted()
    }
}
