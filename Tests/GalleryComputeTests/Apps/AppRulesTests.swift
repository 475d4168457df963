import Foundation
import GalleryModel
import GalleryTesting
import HTTPTypes
import Testing

@testable import GalleryCompute

struct AppRulesTests {
    @Test(arguments: [(1, 5.0), (2, 10), (3, 20), (4, 40), (9, 300)])
    func `each fall in a row waits longer`(failures: Int, seconds: Double) {
        #expect(AppRules.wait(after: failures) == seconds)
    }

    @Test(arguments: [
        ("", false), ("a", true), (String(repeating: "字", count: 30), true), (String(repeating: "a", count: 31), false),
        ("two\nlines", false), ("tab\there", false), ("  around  ", true),
    ])
    func `a name has 1 to 30 characters on one line`(name: String, isGood: Bool) {
        let text = AppText(name: name)
        if isGood {
            #expect(throws: Never.self) { try text.check() }
        } else {
            #expect(throws: AppError.badName) { try text.check() }
        }
    }

    @Test func `licences are those of the list and descriptions are short`() {
        #expect(throws: AppError.badLicence) { try AppText(name: "a", licence: "my own").check() }
        #expect(throws: Never.self) { try AppText(name: "a", licence: "Apache-2.0").check() }
        #expect(throws: AppError.badAbout) {
            try AppText(name: "a", about: String(repeating: "a", count: 101)).check()
        }
    }

    // MARK: What is said

    private func talk(_ messages: [(String, String)], text: String? = nil, temperature: Double? = nil) -> AppTalk {
        AppTalk(messages: messages.map { .init(role: $0, content: $1) }, text: text, temperature: temperature)
    }

    private func wire(_ talk: AppTalk, _ purpose: AppPurpose) throws -> [String: Any] {
        let bytes = try talk.request(purpose, model: "ada/tiny")
        return try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    }

    @Test func `a conversation is asked as it is, with what was set`() throws {
        let wire = try wire(talk([("system", "Be brief."), ("user", "Hi")], temperature: 0), .chat)
        #expect(wire["model"] as? String == "ada/tiny")
        #expect(wire["stream"] as? Bool == true)
        #expect(wire["temperature"] as? Double == 0)
        #expect(wire["max_tokens"] as? Int == 512)
        #expect((wire["messages"] as? [[String: String]])?.map { $0["content"] } == ["Be brief.", "Hi"])
    }

    @Test func `a question stands below its text, as models learn it`() throws {
        let wire = try wire(talk([("user", "Who?")], text: "Ada wrote it."), .questions)
        #expect((wire["messages"] as? [[String: String]])?.last?["content"] == "Ada wrote it.\n\nWho?")
        #expect(throws: AppError.self) { try self.wire(talk([("user", "Who?")]), .questions) }
    }

    @Test func `what makes no sense is refused`() {
        let bad = [
            talk([]), talk([("user", "  ")]), talk([("assistant", "Hi")]), talk([("tool", "x"), ("user", "Hi")]),
            talk([("user", String(repeating: "a", count: AppTalk.largest + 1))]),
            talk([("user", "Hi")], temperature: 3),
            talk(Array(repeating: ("user", "Hi"), count: AppTalk.mostTurns + 1)),
        ]
        for talk in bad { #expect(throws: AppError.self) { try talk.request(.chat, model: "m") } }
    }

    // MARK: Passes and paths

    @Test func `a pass is for one app and for a while`() {
        let pass = AppPass(key: Array("key".utf8))
        let now = Date(timeIntervalSince1970: 1_000_000)
        let text = pass.text(for: "one", until: now.addingTimeInterval(60))
        #expect(pass.admits(text, to: "one", at: now))
        #expect(!pass.admits(text, to: "two", at: now))
        #expect(!pass.admits(text, to: "one", at: now.addingTimeInterval(60)))
        #expect(!AppPass(key: Array("other".utf8)).admits(text, to: "one", at: now))
        let later = text.replacingOccurrences(of: "1000060", with: "2000060")
        for forged in ["", "-", later, "+" + text, text + "-", text.uppercased(), "0" + text] {
            #expect(!pass.admits(forged, to: "one", at: now), "\(forged)")
        }
    }

    @Test(arguments: [
        ("/apps/a/live/p", "/"), ("/apps/a/live/p/", "/"), ("/apps/a/live/p/x/y.js?v=1&w=..", "/x/y.js?v=1&w=.."),
        ("/apps/a/live/p?x=1", "/?x=1"), ("/apps/a/live/p/a%20b", "/a%20b"),
        ("/apps/a/live/p/file=/tmp/x", "/file=/tmp/x"),
    ])
    func `what stands behind the pass goes on as it came`(address: String, target: String) throws {
        #expect(try AppLiveRoutes.target(address, below: "/apps/a/live/p") == target)
    }

    @Test(arguments: [
        "/../x", "/a/../../x", "/%2e%2e/x", "/a/%2E%2E%2Fx", "/%252e%252e/x", "/..%5Cx", "/a\\..\\x", "/a%00b", "/%zz",
    ])
    func `nothing climbs out of an app`(path: String) {
        #expect(throws: AppError.badPath) { try AppLiveRoutes.target("/apps/a/live/p" + path, below: "/apps/a/live/p") }
    }

    @Test func `no credential goes in and no cookie comes out`() {
        let inward = AppLiveRoutes.inward(
            [
                .cookie: "gallery_session=secret", .authorization: "Bearer secret", .accept: "text/html",
                .contentType: "application/json",
            ],
            base: "/apps/a/live/p",
            host: "gallery.example"
        )
        #expect(inward[.cookie] == nil)
        #expect(inward[.authorization] == nil)
        #expect(inward[.accept] == "text/html")
        let outward = AppLiveRoutes.outward(
            [
                .setCookie: "gallery_session=other", .contentType: "text/html", .contentSecurityPolicy: "default-src *",
                .location: "/login",
            ],
            base: "/apps/a/live/p",
            host: "gallery.example"
        )
        #expect(outward[.setCookie] == nil)
        #expect(outward[.contentSecurityPolicy]?.hasPrefix("sandbox allow-scripts") == true)
        #expect(outward[.contentSecurityPolicy]?.contains("allow-same-origin") == false)
        #expect(outward[.location] == "/apps/a/live/p/login")
    }

    @Test(arguments: [
        ("/login", "/b/login"), ("/b/x", "/b/x"), ("x?y=1", "x?y=1"), ("https://here/b/x", "/b/x"),
        ("https://elsewhere/b/x", nil), ("//elsewhere/", nil), ("javascript:alert(1)", nil), ("/\\elsewhere", nil),
    ])
    func `an app leads nowhere but into itself`(place: String, leads: String?) {
        let outward = AppLiveRoutes.outward([.location: place], base: "/b", host: "here")
        #expect(outward[.location] == leads)
    }

    @Test func `one person cannot take an app from all others`() throws {
        let seats = AppSeats()
        let (ada, bob) = (AccountID("ada"), AccountID("bob"))
        try seats.take("app", ada)
        try seats.take("app", ada)
        #expect(throws: AppError.busy) { try seats.take("app", ada) }
        try seats.take("app", bob)
        seats.leave("app", ada)
        try seats.take("app", ada)
    }
}
