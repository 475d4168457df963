import Foundation
import GalleryBlobs
import GalleryCompute
import GalleryDatabase
import GalleryHub
import GalleryMarket
import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

/// The whole site on a test's database, and browsers that visit it; what becomes public is so at once.
struct Site: Sendable {
    let clock: TestClock
    let market: MarketSlices
    let compute: ComputeSlices
    let client: any TestClientProtocol

    static func run(
        _ kind: TestDatabase = .sqlite,
        change: (inout Settings) -> Void = { _ in },
        _ body: @escaping @Sendable (Site) async throws -> Void
    ) async throws {
        var settings = Settings()
        settings.logging.level = .error
        settings.publishing.policy = .automatic
        change(&settings)
        let chosen = settings
        let steps = HubMigrations.all + MarketMigrations.all + ComputeMigrations.all + HubMigrations.volatile
        try await kind.run(migrations: steps) { bare in
            let database = OriginKeepingDatabase(bare)
            let root = FileManager.default.temporaryDirectory.appending(path: "gallery-site-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: root) }
            let clock = TestClock()
            let world = World.fixed(clock)
            let ground = MarketGround(settings: chosen, world: world)
            var additions = ground.additions
            additions.worker = Runs.worker
            let hub = try await HubSlices(
                settings: chosen,
                world: world,
                database: database,
                volatile: database,
                folder: DataFolder(at: root.path),
                blobs: MemoryBlobStore(),
                additions: additions
            )
            let market = MarketSlices(hub: hub, ground: ground)
            let machine = Capacity([.init(cores: 8, memoryBytes: 32 << 30)])
            let folder = try WebFolder(chosen.web)
            let compute = try ComputeSlices(
                hub: hub,
                machine: machine,
                address: ServingAddress(),
                web: folder.root
            )
            var pages = Pages(
                web: folder,
                navigation: .market,
                world: world,
                signingKey: Array("test".utf8)
            )
            pages.inForce = ground.inForce
            let shown = pages
            let router = Edge(settings: chosen, world: world, pages: shown).router { router in
                let api = APIRoutes(on: router)
                HubRoutes(slices: hub).add(to: router, api: api)
                MarketRoutes(slices: market, pages: shown).add(to: router, api: api)
                let menus = PageMenus {
                    ConsoleMenu.entries($0, $1)
                } mine: {
                    MyMenu.entries($0, try await market.mine.counts(by: $1.viewer), $1)
                }
                ComputeRoutes(slices: compute, pages: shown, menus: menus).add(to: router, api: api)
                api.publish()
            }
            try await Application(router: router).test(.router) { client in
                try await body(Site(clock: clock, market: market, compute: compute, client: client))
            }
        }
    }

    func browser() -> Browser { Browser(site: self) }

    /// A browser in which somebody has signed in.
    func browser(of name: String, role: SiteRole = .user) async throws -> Browser {
        _ = try await market.hub.identity.person(name, role: role)
        let browser = browser()
        _ = try await browser.get("/login")
        let answer = try await browser.post("/login", ["name": name, "password": Identity.testPassword])
        #expect(answer.status == .seeOther)
        return browser
    }
}

/// Keeps cookies and sends forms with the token of the page before.
actor Browser {
    private let site: Site
    private var cookies: [String: String] = [:]
    private var token: String?

    init(site: Site) { self.site = site }

    struct Answer: Sendable {
        let status: HTTPResponse.Status
        let location: String?
        let html: String
        let headers: HTTPFields
    }

    var isSignedIn: Bool { cookies["gallery_session"] != nil }

    func get(_ path: String, language: String = "en") async throws -> Answer {
        try await send(.get, path, ByteBuffer(), type: nil, language: language)
    }

    /// Sends a form, and follows where it leads to when `follow` says so.
    func post(
        _ path: String,
        _ fields: KeyValuePairs<String, String> = [:],
        follow: Bool = false
    ) async throws -> Answer {
        let all = fields.map { ($0.key, $0.value) } + (token.map { [("csrf_token", $0)] } ?? [])
        let body = all.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        let answer = try await send(
            .post,
            path,
            ByteBuffer(string: body),
            type: "application/x-www-form-urlencoded",
            language: "en"
        )
        guard follow, let location = answer.location else { return answer }
        return try await get(location)
    }

    func upload(_ path: String, _ file: [UInt8], fields: KeyValuePairs<String, String> = [:]) async throws -> Answer {
        var body = ByteBuffer()
        for (name, value) in fields.map({ ($0.key, $0.value) }) + [("csrf_token", token ?? "")] {
            body.writeString("--x\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n")
        }
        body.writeString(
            "--x\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
        )
        body.writeBytes(file)
        body.writeString("\r\n--x--\r\n")
        return try await send(.post, path, body, type: "multipart/form-data; boundary=x", language: "en")
    }

    func forgetToken() { token = nil }

    private func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: ByteBuffer,
        type: String?,
        language: String
    ) async throws -> Answer {
        var headers: HTTPFields = [.accept: "text/html", .acceptLanguage: language]
        headers[.contentType] = type
        if !cookies.isEmpty { headers[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
        let answer = try await site.client.execute(uri: path, method: method, headers: headers, body: body) {
            response in
            Answer(
                status: response.status,
                location: response.headers[.location],
                html: String(buffer: response.body),
                headers: response.headers
            )
        }
        for cookie in answer.headers[values: .setCookie] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { continue }
            cookies[String(pair[0])] = cookie.contains("Max-Age=0") ? nil : String(pair[1])
        }
        if let start = answer.html.range(of: "name=\"csrf_token\" value=\"") {
            token = String(answer.html[start.upperBound...].prefix { $0 != "\"" })
        }
        return answer
    }
}
