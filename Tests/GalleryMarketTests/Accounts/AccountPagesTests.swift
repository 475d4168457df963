import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import GalleryMarket

struct AccountPagesTests {
    @Test
    func `a visitor signs up, uses a token of their own, and signs out`() async throws {
        try await Site.run { site in
            let browser = site.browser()
            #expect(try await browser.get("/join").status == .ok)
            let refused = try await browser.post(
                "/join",
                ["name": "Ada", "password": "short", "email": "nowhere", "nickname": "阿达"]
            )
            #expect(refused.status == .unprocessableContent)
            #expect(refused.html.contains("value=\"Ada\"") && refused.html.contains("value=\"阿达\""))
            #expect(refused.html.contains("id=\"email-error\"") && !refused.html.contains("short"))
            let joined = try await browser.post(
                "/join",
                ["name": "Ada", "password": "a long password", "next": "/settings/tokens"]
            )
            #expect(joined.location == "/settings/tokens")
            #expect(try await browser.get("/settings/tokens").html.contains("/logout"))
            let issued = try await browser.post(
                "/settings/tokens",
                ["name": "laptop", "scope": "write", "days": "30", "asset": ""]
            )
            #expect(issued.status == .seeOther && issued.location == "/settings/tokens")
            let shown = try await browser.get("/settings/tokens")
            let text = try #require(shown.html.firstMatch(of: /hf_[A-Za-z0-9]{40}/)).output
            #expect(shown.headers[.cacheControl] == "no-store")
            #expect(try await !browser.get("/settings/tokens").html.contains(text))
            let bearer: HTTPFields = [.authorization: "Bearer \(text)"]
            try await site.client.execute(uri: "/api/whoami-v2", method: .get, headers: bearer) {
                #expect(String(buffer: $0.body).contains("\"name\":\"Ada\""))
            }
            let out = try await browser.post("/logout")
            #expect(out.location == "/")
            #expect(await !browser.isSignedIn)
            #expect(try await browser.get("/my").location == "/login?next=%2Fmy")
        }
    }

    @Test(arguments: [
        ("/my/growth", "/my/growth"), ("/datasets/ada/words?x=1", "/datasets/ada/words?x=1"), ("", "/my"),
        ("https://evil.example", "/my"), ("//evil.example", "/my"), ("/\\evil.example", "/my"),
        ("/login?next=/login", "/my"), ("javascript:alert(1)", "/my"), ("/a\r\nSet-Cookie: x=1", "/my"),
        ("/join", "/my"),
    ])
    func `signing in leads to a place of ours alone`(_ next: String, _ place: String) async throws {
        try await Site.run { site in
            _ = try await site.market.hub.identity.person("ada")
            let browser = site.browser()
            _ = try await browser.get("/login?next=\(PercentEncoding.encode(next))")
            let answer = try await browser.post(
                "/login",
                ["name": "ada", "password": Identity.testPassword, "next": next]
            )
            #expect(answer.location == place)
        }
    }

    @Test
    func `guessing is slowed down, and unknown and wrong sound alike`() async throws {
        try await Site.run { site in
            _ = try await site.market.hub.identity.person("ada")
            let browser = site.browser()
            _ = try await browser.get("/login")
            let unknown = try await browser.post("/login", ["name": "nobody", "password": "wrong password"])
            let wrong = try await browser.post("/login", ["name": "ada", "password": "wrong password"])
            #expect(unknown.status == .unprocessableContent && wrong.status == .unprocessableContent)
            let sentence = "Name and password do not fit together"
            #expect(unknown.html.contains(sentence) && wrong.html.contains(sentence))
            for _ in 0..<4 { _ = try await browser.post("/login", ["name": "ada", "password": "wrong password"]) }
            let slowed = try await browser.post("/login", ["name": "ada", "password": Identity.testPassword])
            #expect(slowed.status == .tooManyRequests)
            #expect(slowed.headers[.retryAfter] != nil)
        }
    }

    @Test
    func `a form without the token of its page changes nothing`() async throws {
        try await Site.run { site in
            let visitor = site.browser()
            #expect(
                try await visitor.post("/join", ["name": "eve", "password": "a long password"]).status == .forbidden
            )
            let ada = try await site.browser(of: "ada")
            await ada.forgetToken()
            for path in ["/settings/profile", "/settings/tokens", "/my/check-in", "/logout", "/settings/account/name"] {
                #expect(try await ada.post(path, ["name": "eve", "nickname": "eve"]).status == .forbidden, "\(path)")
            }
        }
    }

    @Test
    func `where sign-up is closed there is no form for it`() async throws {
        try await Site.run(change: { $0.identity.allowsSignUp = false }) { site in
            let browser = site.browser()
            let page = try await browser.get("/join")
            #expect(!page.html.contains("action=\"/join\""))
            #expect(try await !browser.get("/login").html.contains("href=\"/join\""))
            let answer = try await browser.post("/join", ["name": "ada", "password": "a long password"])
            #expect(answer.status == .forbidden)
        }
    }

    @Test(arguments: ["en", "zh"])
    func `every page of an account shows, and visitors are asked to sign in`(_ language: String) async throws {
        try await Site.run { site in
            let paths = [
                "/settings/profile", "/settings/account", "/settings/tokens", "/settings/keys", "/settings/sessions",
                "/settings/organizations", "/my", "/my/models", "/my/datasets?state=draft&q=x", "/my/algorithms",
                "/my/notebooks", "/my/favourites", "/my/subscriptions", "/my/applications",
                "/my/applications?side=decide&state=pending", "/my/growth", "/my/onboarding", "/device",
            ]
            let ada = try await site.browser(of: "ada")
            let visitor = site.browser()
            for path in paths {
                let page = try await ada.get(path, language: language)
                #expect(page.status == .ok, "\(path)")
                #expect(!page.html.contains("[[") && !page.html.contains("{{"), "\(path)")
                let away = try await visitor.get(path)
                #expect(away.location?.hasPrefix("/login?next=") == true, "\(path)")
            }
            #expect(try await ada.get("/my/exports").status == .forbidden)
            let root = try await site.browser(of: "root", role: .admin)
            #expect(try await root.get("/my/exports", language: language).status == .ok)
        }
    }

    @Test
    func `settings are kept, and what is wrong stands at its field`() async throws {
        try await Site.run { site in
            let ada = try await site.browser(of: "ada")
            _ = try await ada.get("/settings/profile")
            let saved = try await ada.post("/settings/profile", ["nickname": "<b>Ada</b>", "bio": "one\r\ntwo"])
            #expect(saved.location == "/settings/profile")
            let page = try await ada.get("/settings/profile")
            #expect(page.html.contains("&lt;b&gt;Ada") && !page.html.contains("<b>Ada"))
            let long = try await ada.post(
                "/settings/profile",
                ["nickname": "Ada", "bio": String(repeating: "x", count: 501)]
            )
            #expect(long.status == .unprocessableContent && long.html.contains("id=\"bio-error\""))
            let taken = try await ada.post("/settings/account/name", ["name": "models"])
            #expect(taken.status == .unprocessableContent && taken.html.contains("id=\"name-error\""))
            #expect(try await ada.post("/settings/account/name", ["name": "lovelace"]).status == .seeOther)
            let junk = try await ada.upload("/settings/profile/avatar", Array("no picture".utf8))
            #expect(junk.status == .unprocessableContent && junk.html.contains("id=\"picture-error\""))
            let foreign = try await ada.post("/settings/tokens", ["name": "x", "scope": "read", "asset": "a/b"])
            #expect(foreign.status == .unprocessableContent && foreign.html.contains("id=\"asset-error\""))
        }
    }

    @Test
    func `checking in twice says so and counts once`() async throws {
        try await Site.run { site in
            let ada = try await site.browser(of: "ada")
            _ = try await ada.get("/my")
            let first = try await ada.post("/my/check-in", follow: true)
            #expect(first.html.contains("disabled"))
            _ = try await ada.post("/my/check-in", ["back": "growth"], follow: true)
            let summary = try await ada.get("/my/growth")
            #expect(summary.html.components(separatedBy: "+1<").count == 2)
        }
    }

    @Test
    func `an organisation is founded, gets members, and keeps its last admin`() async throws {
        try await Site.run { site in
            let ada = try await site.browser(of: "ada")
            let bob = try await site.browser(of: "bob")
            _ = try await ada.get("/settings/organizations")
            let made = try await ada.post("/settings/organizations", ["name": "lab", "private": "1"])
            #expect(made.location == "/settings/organizations/lab")
            let nobody = try await ada.post(
                "/settings/organizations/lab/members",
                ["member": "nobody", "role": "write"]
            )
            #expect(nobody.status == .unprocessableContent && nobody.html.contains("id=\"member-error\""))
            #expect(try await bob.get("/settings/organizations/lab").status == .forbidden)
            _ = try await ada.post("/settings/organizations/lab/members", ["member": "ur10002", "role": "write"])
            _ = try await bob.get("/settings/organizations")
            #expect(try await !bob.get("/settings/organizations/lab").html.contains("name=\"bio\""))
            #expect(try await bob.post("/settings/organizations/lab", ["nickname": "x"]).status == .forbidden)
            let left = try await ada.post("/settings/organizations/lab/leave", follow: true)
            #expect(left.html.contains("needs an admin"))
            #expect(try await bob.post("/settings/organizations/lab/leave").location == "/settings/organizations")
        }
    }

    @Test
    func `a program waits, a person compares the code, and lets it in`() async throws {
        try await Site.run { site in
            let logins = site.market.hub.identity.deviceLogins
            let started = try await logins.begin(client: "hf")
            let path = "/device?user_code=\(started.userCode)"
            let visitor = site.browser()
            #expect(try await visitor.get(path).location?.hasPrefix("/login?next=%2Fdevice%3F") == true)
            let ada = try await site.browser(of: "ada")
            let page = try await ada.get(path)
            #expect(page.html.contains(started.userCode) && page.headers[.cacheControl] == "no-store")
            #expect(try await ada.get("/device?user_code=XXXX-XXXX").status == .notFound)
            #expect(try await !ada.get("/device?user_code=%22%3E%3Cscript%3E").html.contains("\"><script"))
            _ = try await ada.get(path)
            let done = try await ada.post("/device", ["user_code": started.userCode, "decision": "approve"])
            #expect(done.status == .ok && done.html.contains("role=\"status\""))
            let grant = try await logins.claim(deviceCode: started.deviceCode, client: "hf")
            #expect(grant.accessToken.hasPrefix("hf_"))
        }
    }
}
