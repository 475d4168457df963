import Foundation
import GalleryClient
import GalleryModel

/// What every command that talks to the gallery has: settings, a client, and whether somebody is signed in.
struct Session: Sendable {
    let configuration: Configuration
    let client: HubClient
    let isSignedIn: Bool

    /// Runs a command's work and closes the connections after it.
    static func run<Result: Sendable>(_ work: @Sendable (Session) async throws -> Result) async throws -> Result {
        let configuration = try Configuration.load()
        for warning in configuration.warnings { Console.complain("Warning: \(warning)") }
        let token = try TokenStore(configuration: configuration).token() ?? configuration.environmentToken
        let transport = HubTransport(
            address: configuration.address,
            token: token,
            userAgent: "gallery-cli/0.1.0",
            notice: { Console.complain($0) }
        )
        let session = Session(configuration: configuration, client: HubClient(transport), isSignedIn: token != nil)
        do {
            let result = try await work(session)
            try await transport.close()
            return result
        } catch {
            try await transport.close()
            throw session.explained(error)
        }
    }

    /// Adds the way out to a refusal that signing in might lift.
    private func explained(_ error: any Error) -> any Error {
        guard case .refused(var refusal)? = error as? HubError, refusal.status == 401 else { return error }
        refusal.sentence += isSignedIn ? " Sign in again: “gallery-cli login”." : " Sign in first: “gallery-cli login”."
        return HubError.refused(refusal)
    }

    /// The repository meant by a name: of the given kind, or of the only kind that has it.
    func find(_ name: RepoName, kind: RepoKind?) async throws -> (RepoAddress, RepoBody) {
        if let kind {
            let address = RepoAddress(kind: kind, name: name)
            return (address, try await client.repo(address))
        }
        for kinds in [[.model, .dataset, .app], RepoKind.allCases.filter { ![.model, .dataset, .app].contains($0) }] {
            let found = try await candidates(name, among: kinds)
            if found.count > 1 {
                let names = found.map(\.0.kind.hubType).sorted().joined(separator: ", ")
                throw SelectionError.ambiguous(name, kinds: names)
            }
            if let only = found.first { return only }
        }
        throw SelectionError.noRepository(name, isSignedIn: isSignedIn)
    }

    private func candidates(_ name: RepoName, among kinds: [RepoKind]) async throws -> [(RepoAddress, RepoBody)] {
        try await withThrowingTaskGroup(of: (RepoAddress, RepoBody)?.self) { group in
            for kind in kinds {
                group.addTask {
                    let address = RepoAddress(kind: kind, name: name)
                    do {
                        return (address, try await client.repo(address))
                    } catch let error as HubError where error.code == "RepoNotFound" || error.status == 404 {
                        return nil
                    }
                }
            }
            return try await group.reduce(into: []) { found, candidate in if let candidate { found.append(candidate) } }
        }
    }
}

/// A command names something that is not there, or not clear.
enum SelectionError: Error, Equatable, CustomStringConvertible {
    case ambiguous(RepoName, kinds: String)
    case noRepository(RepoName, isSignedIn: Bool)
    case noSuchFiles([String], RepoName)
    case nothingMatches(RepoName)
    case isFolder(String)

    var description: String {
        switch self {
        case .ambiguous(let name, let kinds):
            "“\(name)” is the name of more than one repository (\(kinds)): say which with --repo-type."
        case .noRepository(let name, let isSignedIn):
            "There is no repository “\(name)” that you may see."
                + (isSignedIn ? "" : " If it is private, sign in first: “gallery-cli login”.")
        case .noSuchFiles(let paths, let name):
            "“\(name)” has no \(paths.map { "“\($0.printable)”" }.joined(separator: ", "))."
        case .nothingMatches(let name):
            "No file of “\(name)” matches --include and --exclude."
        case .isFolder(let path):
            "“\(path.printable)” is a folder: add --recursive to remove all that is in it."
        }
    }
}
