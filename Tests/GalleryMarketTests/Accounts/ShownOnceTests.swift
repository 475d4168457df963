import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import Testing

@testable import GalleryMarket

/// Secrets that a page shows once.
struct ShownOnceTests {
    /// Whose page, its form, what is sent, and what the secret looks like.
    private struct Form: Sendable, CustomStringConvertible {
        let person: String
        let page: String
        let action: String
        let field: String
        let secret: String
        var description: String { page }
    }

    private static let forms = [
        Form(
            person: "ada",
            page: "/settings/tokens",
            action: "/settings/tokens",
            field: "read",
            secret: "hf_[A-Za-z0-9]{40}"
        ),
        Form(
            person: "ada",
            page: "/settings/keys",
            action: "/settings/keys",
            field: "",
            secret: "<code class=\"secret\">[A-Za-z0-9]{40}<"
        ),
        Form(
            person: "root",
            page: "/console/people/ada",
            action: "/console/people/ada/password",
            field: "",
            secret: "([A-Za-z0-9]{5}-){3}[A-Za-z0-9]{5}(?=</code>)"
        ),
    ]

    @Test(arguments: TestDatabase.all, forms.indices)
    func `a secret is shown once, to the browser that asked for it`(_ kind: TestDatabase, _ index: Int) async throws {
        let form = Self.forms[index]
        try await Site.run(kind) { site in
            let ada = try await site.browser(of: "ada")
            let root = try await site.browser(of: "root", role: .admin)
            let browser = form.person == "ada" ? ada : root
            let pattern = try Regex(form.secret)
            _ = try await browser.get(form.page)
            let answer = try await browser.post(form.action, ["name": "laptop", "scope": form.field])
            #expect(answer.status == .seeOther && answer.location == form.page)
            #expect(!answer.html.contains(pattern))
            let elsewhere = site.browser()
            _ = try await elsewhere.get("/login")
            _ = try await elsewhere.post("/login", ["name": form.person, "password": Identity.testPassword])
            #expect(try await !elsewhere.get(form.page).html.contains(pattern))
            let shown = try await browser.get(form.page)
            let secret = String(shown.html[try #require(shown.html.firstRange(of: pattern))])
            #expect(shown.headers[.cacheControl] == "no-store")
            let again = try await browser.get(form.page)
            #expect(again.status == .ok && !again.html.contains(secret) && !again.html.contains(pattern))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what waits is sealed, and not for long`(_ kind: TestDatabase) async throws {
        try await Site.run(kind) { site in
            let (shown, identity) = (site.market.shownOnce, site.market.hub.identity)
            let (ada, bob) = (try await identity.person("ada"), try await identity.person("bob"))
            try await shown.keep("open sesame", for: "/here", session: "one", by: ada)
            let kept = try await site.market.hub.database.read { db in
                try db.values([UInt8].self, "SELECT sealed FROM shown_once")
            }
            #expect(kept.count == 1 && !String(decoding: kept[0], as: UTF8.self).contains("sesame"))
            #expect(try await shown.take(for: "/there", session: "one", by: ada) == nil)
            #expect(try await shown.take(for: "/here", session: "two", by: ada) == nil)
            #expect(try await shown.take(for: "/here", session: "one", by: bob) == nil)
            #expect(try await shown.take(for: "/here", session: "one", by: .visitor) == nil)
            #expect(try await shown.take(for: "/here", session: "one", by: ada) == "open sesame")
            #expect(try await shown.take(for: "/here", session: "one", by: ada) == nil)
            try await shown.keep("late", for: "/here", session: "one", by: ada)
            site.clock.advance(by: ShownOnce.lifetime)
            #expect(try await shown.take(for: "/here", session: "one", by: ada) == nil)
            await #expect(throws: Problem.self) {
                try await shown.keep("x", for: "/here", session: nil, by: .visitor)
            }
        }
    }

    @Test
    func `nobody replaces their own password where that would sign them out`() async throws {
        try await Site.run { site in
            let root = try await site.browser(of: "root", role: .admin)
            #expect(try await !root.get("/console/people/root").html.contains("/console/people/root/password"))
            let answer = try await root.post("/console/people/root/password")
            #expect(answer.location == "/settings/account")
            #expect(try await root.get("/console").status == .ok)
        }
    }
}
