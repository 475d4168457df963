import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryMarket

/// Comments with the people and assets they need.
struct TalkingHub {
    let hub: TestFiles
    let comments: Comments
    let notifications: Notifications

    init(_ database: any Database, limits: CommentLimits = CommentLimits()) throws {
        hub = try TestFiles(database)
        comments = Comments(database: database, world: hub.world, limits: limits)
        notifications = Notifications(database: database, world: hub.world)
    }

    func person(_ name: String, role: SiteRole = .user) async throws -> Viewer {
        try await hub.identity.person(name, role: role)
    }

    @discardableResult
    func say(_ text: String, on repo: RepoID, to id: String? = nil, by viewer: Viewer) async throws -> String {
        hub.clock.advance(by: .seconds(1))
        return try await comments.write(text, on: .asset(repo), replyingTo: id, by: viewer).comment.id
    }

    func told(_ viewer: Viewer) async throws -> [String] {
        try await notifications.list(by: viewer).notifications.map { $0.entry.kind.rawValue }
    }
}

@Suite struct CommentsTests {
    @Test(arguments: TestDatabase.all)
    func `a thread with replies, likes, a change and a deletion`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let talk = try TalkingHub(database)
            let (ada, bob, eve) = (
                try await talk.person("ada"), try await talk.person("bob"), try await talk.person("eve")
            )
            let repo = try await talk.hub.repository("m", of: ada).id
            let first = try await talk.say("Nice, @eve!", on: repo, by: bob)
            let answer = try await talk.say("Thanks", on: repo, to: first, by: ada)
            let third = try await talk.say("Me too", on: repo, to: answer, by: eve)
            #expect(try await talk.told(ada) == ["reply", "comment"])
            #expect(try await talk.told(bob) == ["reply", "reply"])
            #expect(try await talk.told(eve) == ["mention"])

            var list = try await talk.comments.list(on: .asset(repo), by: .visitor)
            #expect(list.count == 3 && !list.mayWrite && list.threads.count == 1)
            #expect(list.threads[0].head.people == ["eve": "eve"])
            #expect(list.threads[0].replies.map(\.text) == ["Thanks", "Me too"])
            #expect(list.threads[0].replies.map(\.answeredName) == [nil, "ada"])

            let liked = try await talk.comments.setLiked(true, first, by: eve)
            #expect(liked.comment.likes == 1 && liked.isLiked)
            _ = try await talk.comments.setLiked(true, first, by: eve)
            _ = try await talk.comments.setLiked(false, first, by: eve)
            let again = try await talk.comments.setLiked(true, first, by: eve)
            #expect(again.comment.likes == 1)
            #expect(try await talk.told(bob).filter { $0 == "comment-liked" }.count == 1)

            await #expect(throws: CommentError.notYours) {
                try await talk.comments.edit(first, to: "x", by: ada)
            }
            let edited = try await talk.comments.edit(first, to: "Very nice, @eve and @ada!", by: bob)
            #expect(edited.comment.editedAt != nil)
            #expect(try await talk.told(ada).filter { $0 == "mention" }.count == 1)
            #expect(try await talk.told(eve).filter { $0 == "mention" }.count == 1, "told of the first time alone")

            try await talk.comments.delete(first, by: bob)
            list = try await talk.comments.list(on: .asset(repo), by: eve)
            #expect(list.count == 2 && list.threads[0].head.text == nil, "what others answered stays")
            await #expect(throws: CommentError.unknown) { try await talk.say("x", on: repo, to: first, by: ada) }
            try await talk.comments.delete(third, by: eve)
            try await talk.comments.delete(answer, by: ada)
            #expect(try await talk.comments.list(on: .asset(repo), by: eve).threads.isEmpty)
            await #expect(throws: CommentError.unknown) { try await talk.comments.thread(first, by: eve) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `pages and orders`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            var limits = CommentLimits()
            limits.comments = []
            let talk = try TalkingHub(database, limits: limits)
            let (ada, bob) = (try await talk.person("ada"), try await talk.person("bob"))
            let repo = try await talk.hub.repository("m", of: ada).id
            var ids: [String] = []
            for number in 1...7 { ids.append(try await talk.say("c\(number)", on: repo, by: bob)) }
            for id in [ids[2], ids[4]] { _ = try await talk.comments.setLiked(true, id, by: ada) }
            _ = try await talk.comments.setLiked(true, ids[2], by: bob)
            func texts(_ order: CommentOrder) async throws -> [String] {
                var (result, cursor): ([String], String?) = ([], nil)
                repeat {
                    let page = try await talk.comments.list(on: .asset(repo), order, after: cursor, limit: 3, by: bob)
                    result += page.threads.compactMap(\.head.text)
                    cursor = page.next
                } while cursor != nil
                return result
            }
            #expect(try await texts(.newest) == ["c7", "c6", "c5", "c4", "c3", "c2", "c1"])
            #expect(try await texts(.likes) == ["c3", "c5", "c7", "c6", "c4", "c2", "c1"])
            for number in 1...5 { try await talk.say("r\(number)", on: repo, to: ids[0], by: ada) }
            let thread = try await talk.comments.list(on: .asset(repo), limit: 7, by: bob).threads[6]
            #expect(thread.replies.map(\.text) == ["r1", "r2", "r3"] && thread.head.comment.replies == 5)
            let rest = try await talk.comments.thread(ids[0], after: thread.next, by: bob)
            #expect(rest.replies.map(\.text) == ["r4", "r5"] && rest.next == nil)
            await #expect(throws: CommentError.badCursor) {
                try await talk.comments.list(on: .asset(repo), after: "1.x.y", by: bob)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `reports, hiding and restoring`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let talk = try TalkingHub(database)
            let (ada, bob) = (try await talk.person("ada"), try await talk.person("bob"))
            let reviewer = try await talk.person("rex", role: .reviewer)
            let repo = try await talk.hub.repository("m", of: ada).id
            let id = try await talk.say("Buy cheap pills", on: repo, by: bob)
            await #expect(throws: CommentError.ownComment) {
                try await talk.comments.report(id, reason: "spam", by: bob)
            }
            try await talk.comments.report(id, reason: "spam", by: ada)
            try await talk.comments.report(id, reason: "spam again", by: ada)
            #expect(try await talk.told(reviewer) == ["comment-reported"])
            let queue = try await talk.comments.reported(by: reviewer).comments
            #expect(queue.map(\.name) == ["ada/m"])
            #expect(queue.first?.reports.map(\.reason) == ["spam"])
            await #expect(throws: Problem.notYours) { try await talk.comments.reported(by: ada) }

            _ = try await talk.comments.hide(id, reason: "advertising", by: reviewer)
            #expect(try await talk.comments.reported(by: reviewer).comments.isEmpty)
            #expect(try await talk.told(bob) == ["comment-hidden"])
            func text(_ viewer: Viewer) async throws -> String? {
                try await talk.comments.list(on: .asset(repo), by: viewer).threads.first?.head.text
            }
            #expect(try await text(.visitor) == nil)
            #expect(try await text(ada) == nil)
            #expect(try await text(bob) == "Buy cheap pills")
            #expect(try await text(reviewer) == "Buy cheap pills")
            await #expect(throws: CommentError.hidden) { try await talk.comments.edit(id, to: "x", by: bob) }
            await #expect(throws: CommentError.hidden) { try await talk.say("x", on: repo, to: id, by: ada) }
            await #expect(throws: CommentError.hidden) {
                try await talk.comments.hide(id, reason: "again", by: reviewer)
            }
            _ = try await talk.comments.restore(id, by: reviewer)
            #expect(try await text(.visitor) == "Buy cheap pills")
            await #expect(throws: CommentError.noReports) {
                try await talk.comments.dismissReports(of: id, by: reviewer)
            }
            let actions = try await database.read { db in try db.auditEntries(limit: 50).map(\.action) }
            #expect(Set(actions).isSuperset(of: ["comment.hide", "comment.restore"]))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `who may do what`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            var limits = CommentLimits()
            limits.comments = []
            let talk = try TalkingHub(database, limits: limits)
            let owner = try await talk.person("ada")
            let author = try await talk.person("bob")
            let viewers: [(String, Viewer)] = [
                ("visitor", .visitor), ("stranger", try await talk.person("eve")), ("author", author), ("owner", owner),
                ("reviewer", try await talk.person("rex", role: .reviewer)),
                ("admin", try await talk.person("root1", role: .admin)),
                ("read token", Viewer(account: author.account, scope: .read)),
            ]
            let repo = try await talk.hub.repository("m", of: owner).id
            let secret = try await talk.hub.repository("s", visibility: .owner, of: owner).id
            let hidden = try await talk.say("secret", on: secret, by: owner)
            func allows(_ body: () async throws -> Void) async throws -> Bool {
                do {
                    try await body()
                    return true
                } catch is Problem {
                    return false
                } catch is AccessError {
                    return false
                } catch CommentError.notYours {
                    return false
                } catch CommentError.unknown {
                    return false
                }
            }
            let comments = talk.comments
            let actions: [(String, @Sendable (Viewer, String) async throws -> Void)] = [
                ("read", { viewer, _ in _ = try await comments.list(on: .asset(repo), by: viewer) }),
                ("write", { viewer, _ in _ = try await comments.write("x", on: .asset(repo), by: viewer) }),
                ("like", { viewer, id in _ = try await comments.setLiked(true, id, by: viewer) }),
                ("edit", { viewer, id in _ = try await comments.edit(id, to: "y", by: viewer) }),
                ("hide", { viewer, id in _ = try await comments.hide(id, reason: "r", by: viewer) }),
                ("delete", { viewer, id in try await comments.delete(id, by: viewer) }),
                ("see secret", { viewer, _ in _ = try await comments.thread(hidden, by: viewer) }),
            ]
            let allowed: [String: Set<String>] = [
                "visitor": ["read"],
                "stranger": ["read", "write", "like"],
                "author": ["read", "write", "like", "edit", "delete"],
                "owner": ["read", "write", "like", "see secret"],
                "reviewer": ["read", "write", "like", "hide"],
                "admin": ["read", "write", "like", "hide", "see secret"],
                "read token": ["read"],
            ]
            for (role, viewer) in viewers {
                for (action, run) in actions {
                    let id = try await talk.say("hello", on: repo, by: author)
                    let isAllowed = try await allows { try await run(viewer, id) }
                    #expect(isAllowed == (allowed[role]?.contains(action) ?? false), "\(role) \(action)")
                }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `texts have limits, writers too, and time runs out for changes`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let talk = try TalkingHub(database)
            let (ada, bob) = (try await talk.person("ada"), try await talk.person("bob"))
            let repo = try await talk.hub.repository("m", of: ada).id
            for text in ["", " \n ", String(repeating: "长", count: 3001), "a\0b", "bell\u{7}"] {
                await #expect(throws: CommentError.badText) { try await talk.say(text, on: repo, by: bob) }
            }
            let first = try await talk.say(String(repeating: "长", count: 3000), on: repo, by: bob)
            for _ in 2...6 { try await talk.say("again", on: repo, by: bob) }
            await #expect(throws: CommentError.tooFast(seconds: 15)) { try await talk.say("7", on: repo, by: bob) }
            try await talk.say("somebody else", on: repo, by: ada)
            talk.hub.clock.advance(by: .seconds(3600 * 25))
            await #expect(throws: CommentError.tooLate) { try await talk.comments.edit(first, to: "late", by: bob) }
            try await talk.say("a day later", on: repo, by: bob)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `two writers lose nothing`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            var limits = CommentLimits()
            limits.comments = []
            let talk = try TalkingHub(database, limits: limits)
            let (ada, bob) = (try await talk.person("ada"), try await talk.person("bob"))
            let repo = try await talk.hub.repository("m", of: ada).id
            let first = try await talk.say("first", on: repo, by: ada)
            let comments = talk.comments
            try await withThrowingTaskGroup { group in
                for number in 0..<8 {
                    let viewer = number.isMultiple(of: 2) ? ada : bob
                    group.addTask {
                        _ = try await comments.write("r\(number)", on: .asset(repo), replyingTo: first, by: viewer)
                    }
                    group.addTask { _ = try await comments.setLiked(true, first, by: viewer) }
                }
                try await group.waitForAll()
            }
            let thread = try await talk.comments.thread(first, by: ada)
            #expect(thread.replies.count == 8 && thread.head.comment.replies == 8 && thread.head.comment.likes == 2)
        }
    }

    @Test(arguments: [
        ("@ada", ["ada"]), ("hi @ada, @Bob. and @ada", ["ada", "Bob"]), ("问@ada一下", ["ada"]), ("mail me@ada.org", []),
        ("`@ada` ``a ` @bob`` @eve", ["eve"]), ("@@ada /@bob @x @-", []), ("(@a.b-c_d.)", ["a.b-c_d"]),
        ("`@ada", ["ada"]),
    ])
    func `mentions are names after an at sign, outside of code`(_ text: String, _ names: [String]) {
        #expect(Mentions.names(in: text) == names)
    }
}
