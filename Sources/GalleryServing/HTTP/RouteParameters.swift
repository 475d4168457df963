import GalleryModel
import Hummingbird

extension GalleryContext {
    /// A segment of the path, decoded exactly once: `refs%2Fpr%2F1` is `refs/pr/1`.
    package func segment(_ name: String) throws -> String {
        guard let raw = parameters[name[...]] else {
            throw Problem.invalid("path-incomplete", "The address lacks its part '\(name)'.")
        }
        return try Self.decoded(raw)
    }

    /// What `**` took, decoded once: both `data%2Fx` and `data/x` are `data/x`. Empty where there is nothing.
    package func remainingPath() throws -> String {
        guard let raw = parameters[Parameters.recursiveCaptureKey] else { return "" }
        return try Self.decoded(raw)
    }

    private static func decoded(_ raw: Substring) throws -> String {
        guard let text = PercentEncoding.decode(raw) else {
            throw Problem.invalid("path-not-text", "The address has an escape that is not valid UTF-8 text.")
        }
        return text
    }
}
