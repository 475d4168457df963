/// A truth value as clients write it: `true`, `True`, `1`, `on`, `yes` and their opposites.
package struct Truth: Sendable, Equatable {
    package let isOn: Bool

    /// Nil for a text that says neither.
    package init?(_ text: String) {
        switch text.lowercased() {
        case "true", "1", "on", "yes": isOn = true
        case "false", "0", "off", "no": isOn = false
        default: return nil
        }
    }
}
