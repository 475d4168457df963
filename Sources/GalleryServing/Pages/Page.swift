import Mustache

/// One page: a struct of values that are ready to be shown, named as its template names them.
///
/// Stored properties only. Sections take arrays, booleans and optionals: nil hides one, an empty text does not.
package protocol Page: Sendable {
    /// The file below `Web/templates` without its suffix: `publishing/review`.
    static var template: String { get }
}

/// What a template sees: the page's own values, then what every page has.
struct Frame: MustacheParent {
    private let page: PageValues
    private let shared: [String: Any]

    init(page: any Page, shared: [String: Any]) {
        self.page = PageValues(page)
        self.shared = shared
    }

    func child(named name: String) -> Any? {
        page.child(named: name) ?? shared[name].flatMap(PageValues.shown)
    }
}

/// The values of a struct, read once: templates ask for them again and again, and each reflection reads all of them.
struct PageValues: MustacheParent, CustomStringConvertible {
    private let whole: Any
    private let values: [(name: String?, value: Any)]

    init(_ whole: Any) {
        self.whole = whole
        values = Mirror(reflecting: whole).children.map { ($0.label, $0.value) }
    }

    var description: String { String(describing: whole) }

    func child(named name: String) -> Any? {
        values.first { $0.name == name }.flatMap { Self.shown($0.value) }
    }

    /// A value as templates take it: structs by their values, optionals by what they hold.
    static func shown(_ value: Any) -> Any? {
        if value is String || value is Bool || value is Int { return value }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.flatMap { shown($0.value) }
        case .collection: return mirror.children.compactMap { shown($0.value) }
        case .struct: return PageValues(value)
        default: return value
        }
    }
}
