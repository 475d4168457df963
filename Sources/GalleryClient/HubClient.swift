import AsyncHTTPClient
import Foundation
package import GalleryModel
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// The hub API, typed; every refusal becomes a `HubError` with the server's own sentence.
package struct HubClient: Sendable {
    package let transport: HubTransport

    package init(_ transport: HubTransport) { self.transport = transport }

    package var address: HubAddress { transport.address }

    // MARK: Asking

    package func whoami() async throws -> WhoAmIBody {
        try await get("/api/whoami-v2")
    }

    /// The repository at a revision, the default branch when none is given.
    package func repo(_ repo: RepoAddress, revision: String? = nil) async throws -> RepoBody {
        try await get(repo.api + (revision.map { "/revision/\($0.percentEncoded)" } ?? ""))
    }

    /// The visible repositories of one kind, newest first.
    package func repos(
        kind: RepoKind,
        author: String?,
        search: String?,
        limit: Int
    ) async throws -> [RepoBody] {
        var query = [("limit", String(limit)), ("sort", "lastModified")]
        if let author { query.append(("author", author)) }
        if let search { query.append(("search", search)) }
        return try await pages(transport.address.url("/api/\(kind.plural)", query: query), atMost: limit)
    }

    /// Every entry below a folder, or those directly in it.
    package func tree(
        _ repo: RepoAddress,
        revision: String,
        folder: String = "",
        recursive: Bool
    ) async throws -> [TreeEntryBody] {
        let path = folder.isEmpty ? "" : "/\(folder.percentEncoded)"
        let url = transport.address.url(
            "\(repo.api)/tree/\(revision.percentEncoded)\(path)",
            query: [("recursive", String(recursive))]
        )
        return try await pages(url, atMost: 5_000_000)
    }

    /// Those of the named files and folders that exist.
    package func entries(
        _ repo: RepoAddress,
        revision: String,
        paths: [String]
    ) async throws -> [TreeEntryBody] {
        struct Question: Encodable {
            var paths: [String]
            var expand = false
        }
        var result: [TreeEntryBody] = []
        for start in stride(from: 0, to: paths.count, by: 500) {
            let some = Array(paths[start..<min(start + 500, paths.count)])
            result += try await post("\(repo.api)/paths-info/\(revision.percentEncoded)", Question(paths: some))
        }
        return result
    }

    // MARK: Repositories

    /// Creates a repository and returns its address; with `existingIsFine`, also that of one that is there already.
    package func create(
        _ repo: RepoAddress,
        isPrivate: Bool?,
        existingIsFine: Bool
    ) async throws -> String {
        struct Wish: Encodable {
            var name: String
            var organization: String
            var type: String
            var visibility: String?
        }
        let wish = Wish(
            name: repo.name.name,
            organization: repo.name.owner,
            type: repo.kind.hubType,
            visibility: isPrivate.map { $0 ? "private" : "public" }
        )
        do {
            let made: CreatedRepoBody = try await post("/api/repos/create", wish, mayRepeat: false)
            return made.url
        } catch let error as HubError where existingIsFine && [401, 403, 409].contains(error.status) {
            // Without the right to create there, an existing repository that one may see is just as good.
            do { _ = try await self.repo(repo) } catch is HubError { throw error }
            return transport.address.url(repo.web)
        }
    }

    package func delete(_ repo: RepoAddress) async throws {
        struct Wish: Encodable {
            var name: String
            var organization: String
            var type: String
        }
        let wish = Wish(name: repo.name.name, organization: repo.name.owner, type: repo.kind.hubType)
        let request = try json("/api/repos/delete", wish, method: .DELETE)
        try await drain(transport.send(request))
    }

    package func createBranch(_ branch: String, in repo: RepoAddress) async throws {
        let request = try json("\(repo.api)/branch/\(branch.percentEncoded)", [String: String]())
        try await drain(transport.send(request))
    }

    // MARK: Calls

    func get<Answer: Decodable>(_ path: String) async throws -> Answer {
        try await decode(transport.send(HubRequest(url: transport.address.url(path))), as: Answer.self)
    }

    func post<Answer: Decodable>(
        _ path: String,
        _ body: some Encodable,
        mayRepeat: Bool = true
    ) async throws -> Answer {
        var request = try json(path, body)
        request.mayRepeat = mayRepeat
        return try await decode(transport.send(request), as: Answer.self)
    }

    func json(_ path: String, _ body: some Encodable, method: HTTPMethod = .POST) throws -> HubRequest {
        let bytes = try ByteBuffer(data: JSONEncoder().encode(body))
        return HubRequest(
            method: method,
            url: transport.address.url(path),
            headers: ["Content-Type": "application/json"],
            body: { .bytes(bytes) }
        )
    }

    func decode<Answer: Decodable>(_ response: HTTPClientResponse, as type: Answer.Type) async throws -> Answer {
        let buffer = try await response.body.collect(upTo: 64 << 20)
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(buffer: buffer))
        } catch {
            throw HubError.malformedAnswer("\(Answer.self) was expected (is \(transport.address) really a gallery?)")
        }
    }

    func drain(_ response: HTTPClientResponse) async throws {
        for try await _ in response.body { continue }
    }

    /// Follows `Link: <…>; rel="next"` from page to page, never to another server.
    private func pages<Item: Decodable>(_ first: String, atMost limit: Int) async throws -> [Item] {
        var items: [Item] = []
        var next: String? = first
        while let url = next, items.count < limit {
            let response = try await transport.send(HubRequest(url: url))
            let page = try await decode(response, as: [Item].self)
            items += page
            next =
                page.isEmpty
                ? nil : Self.nextPage(response.headers[canonicalForm: "Link"].map(String.init), seenAt: url)
            if let next, HubAddress.origin(of: next) != transport.address.origin {
                throw HubError.malformedAnswer("its next page lies on another server")
            }
        }
        return Array(items.prefix(limit))
    }

    /// The target of the link with `rel="next"`.
    static func nextPage(_ links: [String], seenAt url: String) -> String? {
        for link in links {
            let parts = link.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            guard let target = parts.first, target.hasPrefix("<"), target.hasSuffix(">"),
                parts.dropFirst().contains(where: { $0 == "rel=\"next\"" || $0 == "rel=next" })
            else { continue }
            return HubAddress.absolute(String(target.dropFirst().dropLast()), seenAt: url)
        }
        return nil
    }
}
