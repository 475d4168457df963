import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import XetFormat

@testable import GalleryHub

@Suite struct `Xet access` {
    @Test(arguments: TestDatabase.all)
    func `a token is good for its namespace and its time`(_ kind: TestDatabase) async throws {
        try await XetGround.run(kind) { ground in
            let path = "v1/xorbs/default/\(XetCapture.xorb)"
            let good = try ground.token("ada")
            #expect(try await ground.ask(.head, path, token: good).status == .notFound)
            for bad in ["", "xet_", "hf_abc", String(good.dropLast()), good + "0", "xet_7b7d." + good.suffix(64)] {
                #expect(try await ground.ask(.head, path, token: bad).status == .unauthorized)
            }
            #expect(try await ground.ask(.head, path, token: try ground.token("bob")).status == .forbidden)
            let reading = try ground.token("ada", isForWriting: false)
            #expect(try await ground.ask(.head, path, token: reading).status == .forbidden)
            ground.clock.advance(by: .seconds(901))
            #expect(try await ground.ask(.head, path, token: good).status == .unauthorized)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `uploads go to the owner's namespace, proposals of others to their own`(_ kind: TestDatabase) async throws {
        try await XetGround.run(kind) { ground in
            let files = Files(
                database: ground.database,
                content: ground.content,
                world: ground.world,
                limits: RepositoryLimits()
            )
            let repositories = Repositories(database: ground.database, files: files, world: ground.world)
            let (ada, bob) = (ground.viewer("ada"), ground.viewer("bob"))
            let open = try await repositories.create(NewRepository(kind: .model, name: "open"), by: ada)
            let closed = try await repositories.create(
                NewRepository(kind: .model, name: "closed", visibility: .owner),
                by: ada
            )

            func namespace(_ repo: RepoID, _ viewer: Viewer, isProposal: Bool = false) async throws -> String {
                let access = try await ground.xet.openUpload(to: repo, asProposal: isProposal, by: viewer)
                return try ground.xet.demandTicket(access.token, toWriteIn: access.space).namespace.rawValue
            }
            #expect(try await namespace(open.id, ada) == "ada")
            #expect(try await namespace(closed.id, ada) == "ada")
            #expect(try await namespace(open.id, ada, isProposal: true) == "ada")
            #expect(try await namespace(open.id, bob, isProposal: true) == "bob")
            await #expect(throws: AccessError.self) { try await namespace(open.id, bob) }
            await #expect(throws: AccessError.self) { try await namespace(closed.id, bob, isProposal: true) }
            await #expect(throws: Problem.signInFirst) { try await namespace(open.id, .visitor, isProposal: true) }
            var reader = ada
            reader.scope = .read
            await #expect(throws: AccessError.self) { try await namespace(open.id, reader) }

            let reading = try await ground.xet.openDownload(from: open.id, by: .visitor)
            #expect(throws: XetError.readOnlyTicket) {
                try ground.xet.demandTicket(reading.token, toWriteIn: reading.space)
            }
            await #expect(throws: AccessError.self) { try await ground.xet.openDownload(from: closed.id, by: bob) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the token is told in the body and in headers`(_ kind: TestDatabase) async throws {
        try await XetGround.run(kind) { ground in
            let files = Files(
                database: ground.database,
                content: ground.content,
                world: ground.world,
                limits: RepositoryLimits()
            )
            let repositories = Repositories(database: ground.database, files: files, world: ground.world)
            _ = try await repositories.create(NewRepository(kind: .dataset, name: "d"), by: ground.viewer("ada"))
            let router = Router(context: GalleryContext.self)
            router.add(middleware: ProblemMiddleware())
            router.add(middleware: TestViewer(viewer: ground.viewer("bob")))
            XetTokenRoutes(xet: ground.xet, repositories: repositories).add(to: router)
            try await Application(router: router).test(.router) { client in
                let address = "/api/datasets/Ada/d/xet-write-token/"
                #expect(try await client.execute(uri: address + "main", method: .get).status == .forbidden)
                #expect(try await client.execute(uri: address + "refs%2Fpr%2F1", method: .get).status == .ok)
                let answer = try await client.execute(uri: address + "None?create_pr=1", method: .get)
                func header(_ name: String) -> String { HTTPField.Name(name).flatMap { answer.headers[$0] } ?? "" }
                let (url, token) = (header("X-Xet-Cas-Url"), header("X-Xet-Access-Token"))
                #expect(url.hasSuffix("/cas/bob-1"))
                #expect(header("X-Xet-Token-Expiration") == "1767226500")
                let body = String(buffer: answer.body)
                #expect(body.contains("\"casUrl\":\"\(url)\"") && body.contains("\"accessToken\":\"\(token)\""))
                #expect(body.contains("\"exp\":1767226500"))
            }
        }
    }
}

/// Says who asks, as the identity middleware would.
private struct TestViewer: RouterMiddleware {
    let viewer: Viewer

    func handle(
        _ request: Request,
        context: GalleryContext,
        next: (Request, GalleryContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.viewer = viewer
        return try await next(request, context)
    }
}
