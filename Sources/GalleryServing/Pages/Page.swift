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
    let page: any Page
    let shared: [String: Any]

    func child(named name: String) -> Any? {
        for child in Mirror(reflecting: page).children where child.label == name {
            let mirror = Mirror(reflecting: child.value)
            return mirror.displayStyle == .optional ? mirror.children.first?.value : child.value
        }
        return shared[name]
    }
}
