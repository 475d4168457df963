import Foundation
import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

/// A page that shows what it is given, in the place of the front page.
private struct Sample: Page {
    static let template = "site/clients"
    let point: String?
    let python: String? = nil
}

struct PagesTests {
    @Test func `a page is answered in the reader's language, with strict rules for the browser`() async throws {
        try await serve { client in
            for (header, language) in [("zh-CN", "zh-CN"), ("en", "en")] {
                let answer = try await client.execute(uri: "/", method: .get, headers: [.acceptLanguage: header])
                let html = String(buffer: answer.body)
                #expect(answer.status == .ok && html.contains("<html lang=\"\(language)\">"))
                #expect(answer.headers[.contentLanguage] == language)
                #expect(answer.headers[.vary] == "Accept-Language, Cookie")
                let policy = try #require(answer.headers[.contentSecurityPolicy])
                #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'"))
                #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
                #expect(answer.headers[.xContentTypeOptions] == "nosniff")
                #expect(!html.contains("{{") && !html.contains("[["))
            }
        }
    }

    @Test func `values are escaped wherever they stand`() async throws {
        try await serve(point: "<script>alert(1)</script>\" onclick='x'") { client in
            let html = String(buffer: try await client.execute(uri: "/", method: .get).body)
            #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onclick=&#39;x&#39;"))
            #expect(!html.contains("<script>alert"))
        }
    }

    @Test func `a message is shown once, and only if we wrote it`() async throws {
        try await serve { client in
            let moved = try await client.execute(uri: "/go", method: .post)
            #expect(moved.status == .seeOther && moved.headers[.location] == "/")
            let cookie = try #require(moved.headers[.setCookie]?.split(separator: ";").first.map(String.init))
            let shown = try await client.execute(uri: "/", method: .get, headers: [.cookie: cookie])
            #expect(String(buffer: shown.body).contains("已保存 &lt;tiny&gt;"))
            #expect(shown.headers[values: .setCookie].contains { $0.hasPrefix("gallery_flash=; Path=/; Max-Age=0") })
            let forged = cookie.dropLast() + (cookie.hasSuffix("0") ? "1" : "0")
            let refused = try await client.execute(uri: "/", method: .get, headers: [.cookie: String(forged)])
            #expect(!String(buffer: refused.body).contains("class=\"flash\""))
        }
    }

    @Test(arguments: ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a b"])
    func `nobody is sent to another site`(address: String) {
        #expect(Pages.localPath(address) == nil)
    }

    @Test func `a visitor's form proves that it comes from a page of ours`() async throws {
        try await serve { client in
            let cookie = "gallery_form=" + String(repeating: "a", count: 32)
            let token = FormToken.of(String(repeating: "a", count: 32))
            let cases: [(body: String, cookie: String?, status: HTTPResponse.Status)] = [
                ("x=1&csrf_token=\(token)", cookie, .ok), ("x=1", cookie, .forbidden),
                ("x=1&csrf_token=\(token)", nil, .forbidden),
                ("x=1&csrf_token=\(token)", "gallery_form=other", .forbidden),
            ]
            for (body, cookie, status) in cases {
                var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
                headers[.cookie] = cookie
                let body = ByteBuffer(string: body)
                let answer = try await client.execute(uri: "/form", method: .post, headers: headers, body: body)
                #expect(answer.status == status)
            }
        }
    }

    @Test func `language and theme are kept, and lead back to where they were chosen`() async throws {
        try await serve { client in
            let answer = try await client.execute(
                uri: "/preferences",
                method: .post,
                body: ByteBuffer(string: "lang=zh&theme=dark&back=%2Fclients%3Fa%3D1")
            )
            #expect(answer.status == .seeOther && answer.headers[.location] == "/clients?a=1")
            let cookies = answer.headers[values: .setCookie]
            #expect(cookies.contains { $0.hasPrefix("lang=zh; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax") })
            #expect(cookies.contains { $0.hasPrefix("theme=dark;") })
            let page = try await client.execute(uri: "/", method: .get, headers: [.cookie: "lang=zh; theme=dark"])
            #expect(String(buffer: page.body).contains("<html lang=\"zh-CN\" data-theme=\"dark\">"))
            let odd = try await client.execute(
                uri: "/preferences",
                method: .post,
                body: ByteBuffer(string: "lang=klingon&theme=%22%3E&back=//evil.example")
            )
            #expect(odd.headers[.location] == "/" && odd.headers[values: .setCookie].isEmpty)
        }
    }

    @Test func `static files are kept for good, and nothing else is given out`() async throws {
        try await serve { client in
            let html = String(buffer: try await client.execute(uri: "/", method: .get).body)
            let address = try #require(html.firstMatch(of: /href="(\/static\/[0-9a-f]+\/gallery.css)"/)?.1)
            let sheet = try await client.execute(uri: String(address), method: .get)
            #expect(sheet.status == .ok && sheet.headers[.contentType] == "text/css; charset=utf-8")
            #expect(sheet.headers[.cacheControl] == "public, max-age=31536000, immutable")
            #expect(String(buffer: sheet.body).hasPrefix("@layer tokens, base, components, utilities;"))
            let old = try await client.execute(uri: "/static/0123/gallery.css", method: .get)
            #expect(old.status == .ok && old.headers[.cacheControl] == "no-cache")
            for path in ["../text/layout.json", "..%2Ftext%2Flayout.json", "templates/layout/layout.mustache", ""] {
                #expect(try await client.execute(uri: "/static/0123/\(path)", method: .get).status == .notFound)
            }
        }
    }

    @Test func `browsers see a page where programs read JSON`() async throws {
        try await serve { client in
            let browser: HTTPFields = [.accept: "text/html,*/*;q=0.8", .acceptLanguage: "zh"]
            let page = try await client.execute(uri: "/fails", method: .get, headers: browser)
            #expect(page.status == .forbidden)
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            #expect(String(buffer: page.body).contains("您的账号在此处没有执行该操作的权限。"))
            for (path, accept) in [("/fails", "*/*"), ("/api/fails", "text/html")] {
                let answer = try await client.execute(uri: path, method: .get, headers: [.accept: accept])
                #expect(answer.status == .forbidden && answer.headers[.contentType] == "application/problem+json")
            }
            let nothing = try await client.execute(uri: "/nothing", method: .get, headers: browser)
            #expect(nothing.status == .notFound && String(buffer: nothing.body).contains("页面不存在"))
        }
    }

    @Test func `who must sign in is sent there, and comes back`() async throws {
        try await serve { client in
            let browser: HTTPFields = [.accept: "text/html"]
            let answer = try await client.execute(uri: "/mine?tab=2", method: .get, headers: browser)
            #expect(answer.status == .seeOther && answer.headers[.location] == "/login?next=%2Fmine%3Ftab%3D2")
            let program = try await client.execute(uri: "/mine", method: .get)
            #expect(program.status == .unauthorized)
        }
    }

    private func serve(
        point: String = "plain",
        _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        var navigation = Navigation()
        navigation.signInPath = "/login"
        let pages = try Pages(
            web: WebFolder(Settings().web),
            navigation: navigation,
            world: .fixed(),
            signingKey: [1, 2, 3]
        )
        let edge = Edge(settings: Settings(), world: .fixed(), pages: pages)
        let router = edge.router { router in
            PreferenceRoutes().add(to: router)
            router.get("/") { try await pages.answer(Sample(point: point), title: "T", $0, $1) }
            router.post("/go") { pages.redirect(to: "/", flash: "已保存 <tiny>", $0, $1) }
            router.post("/form") { request, context in
                _ = try await pages.form(request, context)
                return HTTPResponse.Status.ok
            }
            for path in ["/fails", "/api/fails"] {
                router.get("\(path)") { _, _ -> HTTPResponse.Status in throw Problem.notYours }
            }
            router.get("/mine") { _, context -> HTTPResponse.Status in
                _ = try context.viewer.mustBeSignedIn()
                return .ok
            }
        }
        try await Application(router: router).test(.router, body)
    }
}
