import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryHub

@Suite struct DiscussionsTests {
    @Test(arguments: TestDatabase.all)
    func `a conversation with edits, hiding, a new title and an end`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
            let repo = try await hub.repo("m", of: ada)
            let talks = hub.discussions
            let opened = try await talks.open(on: repo, title: "Q", description: "What?", isPullRequest: false, by: bob)
            #expect(opened.number == 1)
            let answer = try await talks.comment("This.", on: 1, of: repo, by: ada)
            let edited = try await talks.edit(answer.id, to: "That.", on: 1, of: repo, by: ada)
            await #expect(throws: DiscussionError.notYourComment) {
                try await talks.edit(answer.id, to: "Mine.", on: 1, of: repo, by: bob)
            }
            var details = try await talks.details(1, of: repo, withPatch: true, by: .visitor)
            #expect(details.events.map(\.body) == ["What?", "That."])
            #expect(details.events[1] == edited, "what an edit answers is what is read later")
            #expect(details.events[1].edits.map(\.body) == ["This."])
            let renamed = try await talks.rename(1, to: "Good Q", of: repo, by: bob)
            #expect((renamed.detail, renamed.body) == ("Q", "Good Q"))
            _ = try await talks.setStatus(.closed, comment: "Done.", on: 1, of: repo, by: ada)
            await #expect(throws: DiscussionError.sameStatus(.closed)) {
                try await talks.setStatus(.closed, comment: nil, on: 1, of: repo, by: ada)
            }
            #expect(try await talks.hide(answer.id, on: 1, of: repo, by: ada).isHidden)
            details = try await talks.details(1, of: repo, withPatch: false, by: .visitor)
            #expect(details.discussion.status == .closed)
            #expect(details.events.map(\.kind) == [.comment, .comment, .title, .comment, .status])
            await #expect(throws: DiscussionError.commentHidden) {
                try await talks.edit(answer.id, to: "x", on: 1, of: repo, by: ada)
            }
            await #expect(throws: DiscussionError.unknown(7)) {
                try await talks.details(7, of: repo, withPatch: false, by: ada)
            }
            await #expect(throws: DiscussionError.noPullRequest(1)) {
                try await talks.merge(1, comment: nil, of: repo, by: ada)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `numbers are shared, the newest comes first, filters hold`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
            let repo = try await hub.repo("m", of: ada)
            for number in 1...5 {
                let isPull = number.isMultiple(of: 2)
                _ = try await hub.discussions.open(
                    on: repo,
                    title: "T\(number)",
                    description: "",
                    isPullRequest: isPull,
                    by: isPull ? ada : bob
                )
            }
            func numbers(_ filter: DiscussionFilter, _ page: ListPage = ListPage(limit: 50)) async throws -> [Int] {
                try await hub.discussions.list(of: repo, filter, page, by: .visitor).discussions.map(\.number)
            }
            #expect(try await numbers(.init()) == [5, 4, 3, 2, 1])
            #expect(try await numbers(.init(), ListPage(offset: 3, limit: 50)) == [2, 1])
            #expect(try await numbers(.init(isPullRequest: true)) == [4, 2])
            #expect(try await numbers(.init(author: "BOB")) == [5, 3, 1])
            _ = try await hub.discussions.setStatus(.closed, comment: nil, on: 2, of: repo, by: ada)
            #expect(try await numbers(.init(isOpen: false)) == [2])
            #expect(
                try await hub.discussions.list(of: repo, .init(isOpen: true), ListPage(limit: 1), by: ada).count == 4
            )
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a stranger's pull request is shown and merged`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
            let repo = try await hub.repo("m", of: ada)
            let proposed = try await hub.discussions.propose(
                on: repo,
                title: "Better",
                description: "",
                base: "main",
                by: bob
            )
            #expect(proposed.number == 1)
            #expect(proposed.reference == "refs/pr/1")
            try await hub.commit(["a.txt": "better\n"], to: "refs/pr/1", of: repo, by: bob)
            let details = try await hub.discussions.details(1, of: repo, withPatch: true, by: .visitor)
            #expect(details.events.map(\.kind) == [.comment, .commit])
            #expect(details.patch?.contains("+better") == true)
            #expect(details.conflicts == [])
            await #expect(throws: AccessError.self) {
                try await hub.discussions.merge(1, comment: nil, of: repo, by: bob)
            }
            let commit = try await hub.discussions.merge(1, comment: "Thanks.", of: repo, by: ada)
            let merged = try await hub.discussions.details(1, of: repo, withPatch: true, by: ada)
            #expect(merged.discussion.status == .merged)
            #expect(merged.discussion.mergeCommit == commit)
            await #expect(throws: DiscussionError.alreadyMerged) {
                try await hub.commit(["a.txt": "late\n"], to: "refs/pr/1", of: repo, by: bob)
            }
            #expect(try await hub.files.text(at: "a.txt", revision: "main", of: repo, by: ada) == "better\n")
            await #expect(throws: DiscussionError.alreadyMerged) {
                try await hub.discussions.merge(1, comment: nil, of: repo, by: ada)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a draft is opened before it is merged, and a conflict is shown`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let ada = try await hub.person("ada")
            let repo = try await hub.repo("m", of: ada)
            let draft = try await hub.discussions.open(
                on: repo,
                title: "D",
                description: "",
                isPullRequest: true,
                by: ada
            )
            #expect(draft.status == .draft)
            try await hub.commit(["a": "theirs"], to: "refs/pr/1", of: repo, by: ada)
            await #expect(throws: DiscussionError.stillDraft) {
                try await hub.discussions.merge(1, comment: nil, of: repo, by: ada)
            }
            _ = try await hub.discussions.setStatus(.closed, comment: nil, on: 1, of: repo, by: ada)
            await #expect(throws: DiscussionError.closed) {
                try await hub.commit(["b": "late"], to: "refs/pr/1", of: repo, by: ada)
            }
            _ = try await hub.discussions.setStatus(.open, comment: nil, on: 1, of: repo, by: ada)
            try await hub.commit(["a": "ours"], of: repo, by: ada)
            #expect(try await hub.discussions.details(1, of: repo, withPatch: false, by: ada).conflicts == ["a"])
            await #expect(throws: FilesError.mergeConflict(["a"])) {
                try await hub.discussions.merge(1, comment: nil, of: repo, by: ada)
            }
            #expect(
                try await hub.discussions.details(1, of: repo, withPatch: false, by: ada).discussion.status == .open
            )
        }
    }

    @Test(arguments: TestDatabase.all)
    func `who may not read may not talk, and owners can switch it off`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let (ada, bob) = (try await hub.person("ada"), try await hub.person("bob"))
            let hidden = try await hub.repo("h", of: ada, visibility: .owner)
            await #expect(throws: AccessError.self) {
                try await hub.discussions.open(on: hidden, title: "T", description: "", isPullRequest: false, by: bob)
            }
            let gated = try await hub.repo("g", of: ada, gating: .manual)
            await #expect(throws: AccessError.self) {
                try await hub.discussions.open(on: gated, title: "T", description: "", isPullRequest: false, by: bob)
            }
            let quiet = try await hub.repo("q", of: ada)
            _ = try await hub.repositories.change(quiet, RepositorySettings(discussionsDisabled: true), by: ada)
            await #expect(throws: DiscussionError.switchedOff) {
                try await hub.discussions.open(on: quiet, title: "T", description: "", isPullRequest: false, by: bob)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `many open at once and every number is used once`(_ kind: TestDatabase) async throws {
        try await kind.run { database throws in
            let hub = try SocialHub(database)
            let ada = try await hub.person("ada")
            let repo = try await hub.repo("m", of: ada)
            let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await hub.discussions.open(
                            on: repo,
                            title: "T\(number)",
                            description: "",
                            isPullRequest: false,
                            by: ada
                        ).number
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(numbers.sorted() == Array(1...8))
        }
    }
}
