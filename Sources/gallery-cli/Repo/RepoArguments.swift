import ArgumentParser
import GalleryModel

/// `--repo-type`: `model`, `dataset`, `space` and the other kinds, by the names the hub uses.
struct RepoTypeArgument: ExpressibleByArgument, Sendable {
    let kind: RepoKind

    init?(argument: String) {
        let text = argument.lowercased()
        guard let kind = RepoKind(hubType: text) ?? RepoKind(rawValue: text) ?? RepoKind(plural: text) else {
            return nil
        }
        self.kind = kind
    }

    static var allValueStrings: [String] { RepoKind.allCases.map(\.hubType) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

/// `account/name`.
struct RepoIDArgument: ExpressibleByArgument, Sendable {
    let name: RepoName

    init?(argument: String) {
        guard let name = RepoName(argument), [name.owner, name.name].allSatisfy({ $0 != "." && $0 != ".." }),
            !argument.utf8.contains(where: { $0 <= 32 || $0 == 127 || $0 == UInt8(ascii: "\\") })
        else { return nil }
        self.name = name
    }
}
