import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// The repository that an address of the hub API names: `/api/{plural}/{owner}/{name}/…` or `/{prefix}{owner}/{name}/…`.
struct HubAddress: Sendable {
    var kind: RepoKind
    var name: RepoName

    init(kind: RepoKind, parameters: Parameters) throws {
        self.kind = kind
        name = RepoName(owner: try parameters.segment("owner"), name: try parameters.segment("name"))
        if name.name.hasSuffix(".git") { name.name.removeLast(4) }
    }
}

extension Parameters {
    /// The revision of an address, one encoded segment.
    func revision() throws -> String { try segment("rev") }

    /// Whether a flag is set in any of the spellings clients use: `true`, `True`, `1`.
    func flag(_ name: String) -> Bool {
        ["true", "1"].contains(get(name)?.lowercased())
    }

    /// All values of a repeated parameter, also of the form `name[]`.
    func list(_ name: String) -> [String] {
        getAll(name) + getAll(name + "[]")
    }

    /// A whole number within `range`; out of range is brought to its nearest end, as the hub does.
    func number(_ name: String, default value: Int, in range: ClosedRange<Int>) throws -> Int {
        guard let text = get(name) else { return value }
        guard let number = Int(text) else {
            throw Problem.invalid("number-expected", "The parameter '\(name)' must be a whole number.")
        }
        return Swift.min(Swift.max(number, range.lowerBound), range.upperBound)
    }
}
