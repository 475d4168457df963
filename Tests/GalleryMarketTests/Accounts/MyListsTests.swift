import Foundation
import GalleryDatabase
import GalleryHub
import GalleryMarket
import GalleryModel
import GalleryServing
import GalleryTesting
import HTTPTypes
import Testing

struct MyListsTests {
    @Test(arguments: TestDatabase.all)
    func `what somebody downloads stands in their list once, with its latest day`(_ kind: TestDatabase) async throws {
        try await Site.run(kind) { site in
            let ada = try await site.browser(of: "ada")
            let hub = site.market.hub
            let viewer = try #require(try await viewer("ada", hub))
            for name in ["tiny", "other"] {
                _ = try await hub.repositories.create(
                    NewRepository(kind: .model, name: name, visibility: .everyone),
                    by: viewer
                )
            }
            let bob = try await site.browser(of: "bob")
            #expect(try await bob.get("/my/downloads").html.contains("Nothing here yet"))
            for _ in 0..<3 {
                #expect(try await bob.get("/ada/tiny/resolve/main/.gitattributes").status == .ok)
            }
            #expect(try await ada.get("/ada/other/archive/main").status == .ok)
            #expect(try await site.browser().get("/ada/tiny/resolve/main/.gitattributes").status == .ok)
            try await hub.counters.flush()
            let first = try await bob.get("/my/downloads").html
            #expect(first.contains("ada/tiny") && !first.contains("ada/other"))
            #expect(try await ada.get("/my/downloads?kind=model").html.contains("ada/other"))
            #expect(try await !ada.get("/my/downloads?kind=dataset").html.contains("ada/other"))
            site.clock.advance(by: .seconds(86_400))
            #expect(try await bob.get("/ada/other/archive/main").status == .ok)
            try await hub.counters.flush()
            let second = try await bob.get("/my/downloads").html
            let (other, tiny) = (second.range(of: "ada/other"), second.range(of: "ada/tiny"))
            #expect(try #require(other?.lowerBound) < #require(tiny?.lowerBound))
            #expect(try await hub.repositories.details(of: repo("tiny", hub), by: viewer).repository.downloads == 2)
        }
    }

    private func viewer(_ name: String, _ hub: HubSlices) async throws -> Viewer? {
        try await hub.database.read { try $0.account(named: name) }
            .map { Viewer(account: Viewer.Account(id: $0.id, name: $0.name, role: $0.role)) }
    }

    private func repo(_ name: String, _ hub: HubSlices) async throws -> RepoID {
        try await hub.repositories.locate(.model, RepoName(owner: "ada", name: name), by: .visitor).id
    }

    @Test
    func `ticked assets are delisted after a question, and each result is told`() async throws {
        try await Site.run { site in
            let ada = try await site.browser(of: "ada")
            let hub = site.market.hub
            let viewer = try #require(try await viewer("ada", hub))
            var repos: [String] = []
            for (name, visibility) in [("one", Visibility.everyone), ("two", .owner)] {
                let new = NewRepository(kind: .model, name: name, visibility: visibility)
                repos.append(try await hub.repositories.create(new, by: viewer).id.rawValue)
            }
            let list = try await ada.get("/my/models").html
            #expect(list.contains("Delist the chosen") && list.contains(repos[0]))
            let asked = try await ada.post("/my/bulk", ["action": "delist", "repo": repos[0], "back": "/my/models"])
            #expect(asked.html.contains("Delist 1 asset?") && asked.html.contains("ada/one"))
            #expect(try await site.browser().get("/ada/one").status == .ok)
            let done = try await ada.post(
                "/my/bulk",
                ["action": "delist", "repo": repos[0], "back": "/my/models", "sure": "1"]
            )
            #expect(done.html.contains("Done for 1 of 1"))
            #expect(try await site.browser().get("/ada/one").status == .notFound)
            let failed = try await ada.post("/my/bulk", ["action": "delist", "repo": repos[1], "sure": "1"])
            #expect(failed.html.contains("Not done") && failed.html.contains("ada/two"))
            #expect(try await ada.post("/my/bulk", ["action": "delist", "back": "/my/models"]).status == .seeOther)
        }
    }

    @Test
    func `the language chosen once greets its account in the next browser`() async throws {
        try await Site.run { site in
            let first = try await site.browser(of: "ada")
            _ = try await first.get("/models")
            #expect(try await first.post("/preferences", ["lang": "zh", "back": "/"]).status == .seeOther)
            let second = site.browser()
            #expect(try await second.get("/login").html.contains("lang=\"en\""))
            _ = try await second.post("/login", ["name": "ada", "password": Identity.testPassword])
            #expect(try await second.get("/my").html.contains("lang=\"zh-CN\""))
            // What a browser has chosen itself stays.
            let third = site.browser()
            _ = try await third.get("/login")
            _ = try await third.post("/preferences", ["lang": "en", "back": "/login"])
            _ = try await third.get("/login")
            _ = try await third.post("/login", ["name": "ada", "password": Identity.testPassword])
            #expect(try await third.get("/my").html.contains("lang=\"en\""))
        }
    }

    @Test
    func `a comment's faults stand at its fields, and the tab counts comments`() async throws {
        try await Site.run { site in
            let ada = try await site.browser(of: "ada")
            let hub = site.market.hub
            let viewer = try #require(try await viewer("ada", hub))
            let new = NewRepository(kind: .model, name: "tiny", visibility: .everyone)
            let repo = try await hub.repositories.create(new, by: viewer).id
            #expect(try await !ada.get("/ada/tiny").html.contains("<span class=\"count\">1</span>"))
            let comments = site.market.talk.comments
            let written = try await comments.write("First words", on: .asset(repo), replyingTo: nil, by: viewer)
            #expect(try await ada.get("/ada/tiny").html.contains("<span class=\"count\">1</span>"))
            let id = written.comment.id
            _ = try await ada.get("/ada/tiny/comments")
            let long = String(repeating: "x", count: 3001)
            let refused = try await ada.post("/comments/\(id)/edit", ["text": long])
            #expect(refused.status == .unprocessableContent && refused.html.contains("edit-error-\(id)"))
            #expect(refused.html.contains(long))
            let bob = try await site.browser(of: "bob")
            _ = try await bob.get("/ada/tiny/comments")
            let report = try await bob.post("/comments/\(id)/report", ["reason": ""])
            #expect(report.status == .unprocessableContent && report.html.contains("report-error-\(id)"))
        }
    }
}
