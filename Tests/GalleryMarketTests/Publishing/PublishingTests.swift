import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryMarket

struct PublishingTests {
    @Test(arguments: TestDatabase.all)
    func `from draft over review to the shelf and back`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let (ada, bob) = (try await house.person("ada"), try await house.person("bob"))
            let rita = try await house.person("rita", role: .reviewer)
            let repo = try await house.asset(of: ada)
            #expect(try await house.listing(repo) == .draft)
            #expect(try await house.publishing.standing(of: repo, by: ada).actions(under: .send) == [.send])
            await #expect(throws: AgreementError.self) {
                try await house.publishing.publish(repo, MarketHouse.form(), accepting: [], by: ada)
            }

            #expect(try await house.send(repo, by: ada) == .inReview)
            #expect(await !house.may(.see, repo, bob))
            #expect(await house.may(.readFiles, repo, rita))
            let queue = try await house.publishing.queue(by: rita)
            #expect(queue.items.map(\.name.description) == ["ada/tiny"] && queue.next == nil)
            #expect(try await house.publishing.waitingCount(by: rita) == 1)
            await #expect(throws: PublishingError.reasonMissing) {
                try await house.publishing.decide(repo, approve: false, reason: " ", by: rita)
            }
            _ = try await house.publishing.decide(repo, approve: false, reason: "No card", by: rita)
            #expect(try await house.publishing.standing(of: repo, by: ada).publication.reason == "No card")
            #expect(await !house.may(.see, repo, rita))

            try await house.send(repo, by: ada)
            _ = try await house.publishing.decide(repo, approve: true, by: rita)
            #expect(await house.may(.readFiles, repo, bob))
            #expect(try await house.publishing.queue(by: rita).items.isEmpty)
            await #expect(throws: PublishingError.nothingToReview) {
                try await house.publishing.decide(repo, approve: true, by: rita)
            }

            #expect(try await house.publishing.take(.delist, of: repo, by: ada).listing == .delisted)
            #expect(await !house.may(.see, repo, bob))
            #expect(try await house.publishing.take(.list, of: repo, by: ada).listing == .published)
            await #expect(throws: PublishingError.notPossible(.list, .published)) {
                try await house.publishing.take(.list, of: repo, by: ada)
            }
            let steps = try await house.publishing.history(of: repo, by: ada).map(\.action)
            #expect(steps == ["list", "delist", "approve", "send", "reject", "send"])
            let audit = try await database.read { try $0.auditEntries(limit: 50).map(\.action) }
            #expect(
                Set(["asset.send", "asset.reject", "asset.approve", "asset.delist", "asset.list"]).isSubset(of: audit)
            )
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a form that lacks something is sent back by field and changes nothing`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let ada = try await house.person("ada")
            let root = try await house.person("root", role: .admin)
            let repo = try await house.asset(of: ada)
            let error = await #expect(throws: PublishingError.self) {
                try await house.send(repo, MarketHouse.form { ($0.description, $0.licence) = ("", "") }, by: ada)
            }
            #expect(error?.problem.faults.keys.sorted() == ["description", "licence"])
            await #expect(throws: PublishingError.unknownUser("nobody", field: "named")) {
                try await house.send(
                    repo,
                    MarketHouse.form { ($0.visibility, $0.named) = (.named, ["nobody"]) },
                    by: ada
                )
            }
            _ = try await house.market.words.add(["坏词"], to: .abuse, by: root, in: database)
            await #expect(throws: WordsError.found(field: "description", text: "坏 词")) {
                try await house.send(repo, MarketHouse.form { $0.description = "很坏 词" }, by: ada)
            }
            try await house.commit(["README.md": "# 坏词"], to: repo, by: ada)
            await #expect(throws: WordsError.found(field: "introduction", text: "坏词")) {
                try await house.send(repo, by: ada)
            }
            #expect(try await house.listing(repo) == .draft)
            #expect(try await house.market.agreements.missing(for: .publishing, by: ada).count == 2)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `named users are found by name, id and nickname, and they alone see it`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let ada = try await house.person("ada")
            let people = [try await house.person("bob"), try await house.person("cleo"), try await house.person("dan")]
            let eve = try await house.person("eve")
            let ids = try await database.write { db in
                try db.execute("UPDATE accounts SET nickname = '小丹' WHERE name = 'dan'")
                return try db.account(named: "cleo")?.publicID ?? ""
            }
            #expect(try await house.market.people.people(matching: "小", by: ada).map(\.name) == ["dan"])
            #expect(try await house.market.people.people(matching: ids, by: ada).map(\.name) == ["cleo"])
            #expect(try await house.market.people.people(matching: "BO", by: ada).map(\.name) == ["bob"])
            await #expect(throws: Problem.signInFirst) {
                try await house.market.people.people(matching: "b", by: .visitor)
            }
            let repo = try await house.asset(of: ada)
            let form = MarketHouse.form { ($0.visibility, $0.named) = (.named, ["bob", ids, "小丹"]) }
            #expect(try await house.send(repo, form, by: ada) == .published)
            for person in people { #expect(await house.may(.readFiles, repo, person)) }
            for viewer in [eve, .visitor] { #expect(await !house.may(.see, repo, viewer)) }
            #expect(try await house.publishing.namedReaders(of: repo, by: ada).map(\.name) == ["bob", "cleo", "dan"])
            _ = try await house.publishing.change(repo, MarketHouse.form(), by: ada)
            #expect(await house.may(.readFiles, repo, .visitor))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a word found later keeps nobody from showing an asset to fewer`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, root) = (try await house.person("ada"), try await house.person("root", role: .admin))
            let repo = try await house.asset(of: ada)
            try await house.commit(["README.md": "# 坏词"], to: repo, by: ada)
            try await house.send(repo, by: ada)
            _ = try await house.market.words.add(["坏词"], to: .abuse, by: root, in: database)
            _ = try await house.publishing.change(repo, MarketHouse.form { $0.visibility = .owner }, by: ada)
            #expect(await !house.may(.see, repo, .visitor))
            await #expect(throws: WordsError.found(field: "introduction", text: "坏词")) {
                try await house.publishing.change(repo, MarketHouse.form(), by: ada)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `where visibility can only widen it never narrows, and a notebook's is fixed`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic, onlyWidens: true)
            let ada = try await house.person("ada")
            _ = try await house.person("bob")
            let repo = try await house.asset(of: ada)
            let named = MarketHouse.form { ($0.visibility, $0.named) = (.named, ["bob"]) }
            let alone = MarketHouse.form { $0.visibility = .owner }
            try await house.send(repo, alone, by: ada)
            _ = try await house.publishing.change(repo, named, by: ada)
            await #expect(throws: PublishingError.onlyWidens) {
                try await house.publishing.change(repo, alone, by: ada)
            }
            _ = try await house.publishing.change(repo, MarketHouse.form(), by: ada)
            await #expect(throws: PublishingError.onlyWidens) {
                try await house.publishing.change(repo, named, by: ada)
            }

            let notebook = try await house.asset("n", kind: .notebook, of: ada)
            let form = MarketHouse.form { ($0.title, $0.environment) = ("A notebook", .cpu) }
            try await house.send(notebook, form, by: ada)
            var narrower = form
            narrower.visibility = .owner
            await #expect(throws: PublishingError.visibilityFixed) {
                try await house.publishing.change(notebook, narrower, by: ada)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `gated use starts with those let in on the form`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob, eve) = (
                try await house.person("ada"), try await house.person("bob"), try await house.person("eve")
            )
            let repo = try await house.asset(of: ada)
            let form = MarketHouse.form { ($0.isGated, $0.granted) = (true, ["bob", "ada"]) }
            try await house.send(repo, form, by: ada)
            #expect(await house.may(.readFiles, repo, bob))
            #expect(await house.may(.see, repo, eve))
            #expect(await !house.may(.readFiles, repo, eve))
            _ = try await house.publishing.change(repo, form, by: ada)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `marks and plans are the administrators'`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, root) = (try await house.person("ada"), try await house.person("root", role: .admin))
            let repo = try await house.published(of: ada, reviewer: root)
            let plan = AssetPlan(name: "A month", quota: .days, amount: 30, price: 990, currency: "CNY")
            let standing = try await house.publishing.mark(
                repo,
                isOfficial: true,
                isFeatured: true,
                plans: [plan],
                by: root
            )
            #expect(standing.plans == [plan])
            let repository = try #require(try await database.read { try $0.repository(repo) })
            #expect(repository.isOfficial && repository.isFeatured && repository.isCommercial)
            await #expect(throws: PublishingError.badPlan) {
                var bad = plan
                bad.currency = "yuan"
                _ = try await house.publishing.mark(repo, plans: [bad], by: root)
            }
            await #expect(throws: Problem.notYours) { try await house.publishing.mark(repo, isOfficial: true, by: ada) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `plans have names of their own, of fit words, and only what is sold has them`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, root) = (try await house.person("ada"), try await house.person("root", role: .admin))
            let repo = try await house.published(of: ada, reviewer: root)
            func plan(_ name: String) -> AssetPlan {
                AssetPlan(name: name, quota: .calls, amount: 1, price: 1, currency: "CNY")
            }
            await #expect(throws: PublishingError.samePlan("a MONTH")) {
                try await house.publishing.mark(repo, plans: [plan("A month"), plan(" a MONTH ")], by: root)
            }
            _ = try await house.market.words.add(["坏词"], to: .abuse, by: root, in: database)
            await #expect(throws: WordsError.found(field: "plans", text: "坏词")) {
                try await house.publishing.mark(repo, plans: [plan("A month"), plan("坏词")], by: root)
            }
            let standing = try await house.publishing.mark(repo, plans: [plan("A month"), plan("A year")], by: root)
            #expect(standing.plans.map(\.name) == ["A month", "A year"])
            let algorithm = try await house.published("sold", kind: .algorithm, of: ada, reviewer: root)
            _ = try await house.publishing.mark(algorithm, plans: [plan("A month")], by: root)
            let data = try await house.published("data", kind: .dataset, of: ada, reviewer: root)
            await #expect(throws: PublishingError.notSold) {
                try await house.publishing.mark(data, plans: [plan("A month")], by: root)
            }
            _ = try await house.publishing.mark(data, isFeatured: true, plans: [], by: root)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `only what is published is marked, and a mark can always be taken away`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, root) = (try await house.person("ada"), try await house.person("root", role: .admin))
            let draft = try await house.asset("draft", of: ada)
            await #expect(throws: PublishingError.unpublishedMark) {
                try await house.publishing.mark(draft, isFeatured: true, by: root)
            }
            let repo = try await house.published(of: ada, reviewer: root)
            _ = try await house.publishing.mark(repo, isOfficial: true, by: root)
            _ = try await house.publishing.take(.delist, of: repo, by: ada)
            _ = try await house.publishing.mark(repo, isOfficial: false, by: root)
            #expect(try await database.read { try $0.repository(repo)?.isOfficial } == false)
        }
    }
}
