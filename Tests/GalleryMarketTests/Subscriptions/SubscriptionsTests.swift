import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryMarket

struct SubscriptionsTests {
    @Test(arguments: TestDatabase.all)
    func `a subscription outlives delisting, and keeps the asset from being deleted`(_ kind: TestDatabase) async throws
    {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob, eve) = (
                try await house.person("ada"), try await house.person("bob"), try await house.person("eve")
            )
            let repo = try await house.published(of: ada, reviewer: ada)
            await #expect(throws: AgreementError.notAccepted([.data, .service])) {
                try await house.subscriptions.subscribe(to: repo, by: bob)
            }
            try await house.subscribe(bob, to: repo)
            await #expect(throws: SubscriptionError.alreadySubscribed) { try await house.subscribe(bob, to: repo) }
            await #expect(throws: SubscriptionError.ownAsset) { try await house.subscribe(ada, to: repo) }
            #expect(try await house.subscriptions.standing(of: repo, by: eve).count == 1)

            _ = try await house.publishing.take(.delist, of: repo, by: ada)
            #expect(await house.may(.readFiles, repo, bob))
            #expect(await !house.may(.see, repo, eve))
            #expect(try await house.isListed(repo, to: bob))
            #expect(try await !house.isListed(repo, to: eve))
            await #expect(throws: SubscriptionError.hasSubscribers(1)) {
                try await house.hub.repositories.delete(repo, by: ada)
            }
            await #expect(throws: SubscriptionError.hasSubscribers(1)) {
                try await house.publishing.delete(repo, confirming: "ada/tiny", by: ada)
            }

            #expect(try await house.subscriptions.cancel(repo, by: bob).state == .cancelled)
            #expect(await !house.may(.see, repo, bob))
            let mine = try await house.subscriptions.mine(by: bob).items
            #expect(mine.map(\.name.description) == ["ada/tiny"] && mine.first?.listing == .delisted)
            #expect(try await house.subscriptions.recover(repo, by: bob).state == .active)
            #expect(await house.may(.readFiles, repo, bob))
            _ = try await house.subscriptions.cancel(repo, by: bob)
            await #expect(throws: PublishingError.nameMismatch(RepoName(owner: "ada", name: "tiny"))) {
                try await house.publishing.delete(repo, confirming: "tiny", by: ada)
            }
            try await house.publishing.delete(repo, confirming: "ada/tiny", by: ada)
            #expect(try await house.subscriptions.mine(by: bob).items.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `free use ends to the second, and a cancelled subscription keeps what is left`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob, eve) = (
                try await house.person("ada"), try await house.person("bob"), try await house.person("eve")
            )
            let form = MarketHouse.form { $0.freeUseDays = 10 }
            let repo = try await house.published(form: form, of: ada, reviewer: ada)
            #expect(await house.may(.see, repo, bob))
            #expect(await !house.may(.readFiles, repo, bob))
            #expect(await house.may(.readFiles, repo, ada))
            try await house.subscribe(bob, to: repo)
            try await house.subscribe(eve, to: repo)
            #expect(await house.may(.readFiles, repo, bob))
            house.clock.advance(by: .seconds(86_400 * 8))
            let left = try await house.subscriptions.cancel(repo, by: bob)
            #expect(left.daysLeft(at: house.clock.now) == 2)
            #expect(await !house.may(.readFiles, repo, bob))
            #expect(try await house.subscriptions.recover(repo, by: bob).until == left.until)
            await #expect(throws: SubscriptionError.notRenewed) { try await house.subscriptions.renew(repo, by: bob) }
            try await house.subscriptions.tend()
            #expect(await house.may(.readFiles, repo, bob))
            _ = try await house.subscriptions.cancel(repo, by: eve)

            house.clock.advance(by: .seconds(86_400 * 2))
            try await house.subscriptions.tend()
            #expect(await !house.may(.readFiles, repo, bob))
            #expect(try await house.subscriptions.standing(of: repo, by: bob).subscription?.state == .expired)
            await #expect(throws: SubscriptionError.over) { try await house.subscribe(bob, to: repo) }
            await #expect(throws: SubscriptionError.over) { try await house.subscriptions.recover(repo, by: eve) }
            let told = try await database.read { db in
                try db.values(String.self, "SELECT kind FROM notifications ORDER BY kind")
            }
            #expect(told == ["subscription-expired", "subscription-expiring", "subscription-expiring"])

            // With renewal the time begins anew, and the limit can be lifted for all.
            _ = try await house.publishing.change(
                repo,
                MarketHouse.form { ($0.freeUseDays, $0.renews) = (5, true) },
                by: ada
            )
            #expect(try await house.subscriptions.renew(repo, by: bob).daysLeft(at: house.clock.now) == 5)
            await #expect(throws: SubscriptionError.notOver) { try await house.subscriptions.renew(repo, by: bob) }
            house.clock.advance(by: .seconds(86_400 * 5))
            try await house.subscriptions.tend()
            #expect(try await house.subscriptions.standing(of: repo, by: bob).subscription?.renewals == 2)
            _ = try await house.publishing.change(repo, MarketHouse.form(), by: ada)
            let standing = try await house.subscriptions.standing(of: repo, by: bob)
            #expect(standing.subscription?.until == nil && standing.freeUseDays == nil)
            #expect(await house.may(.readFiles, repo, .visitor))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `official assets ask for no agreements, constraints are confirmed, sold ones are not free`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob) = (try await house.person("ada"), try await house.person("bob"))
            let root = try await house.person("root", role: .admin)
            let official = try await house.published("official", of: ada, reviewer: root)
            _ = try await house.publishing.mark(official, isOfficial: true, by: root)
            #expect(try await house.subscriptions.standing(of: official, by: bob).agreements.isEmpty)
            _ = try await house.subscriptions.subscribe(to: official, by: bob)

            let bound = try await house.published("bound", kind: .algorithm, of: ada, reviewer: root)
            let words = Versions.Words(notes: "", constraints: "Images of 512 px")
            _ = try await house.market.versions.add("1.0.0", words, to: bound, by: ada)
            await #expect(throws: SubscriptionError.constraintsUnconfirmed) {
                try await house.subscriptions.subscribe(to: bound, accepting: [.data, .service], by: bob)
            }
            try await house.subscribe(bob, to: bound)

            let sold = try await house.published("sold", of: ada, reviewer: root)
            let plan = AssetPlan(name: "Calls", quota: .calls, amount: 1000, price: 100, currency: "CNY")
            _ = try await house.publishing.mark(sold, plans: [plan], by: root)
            await #expect(throws: SubscriptionError.commercial) { try await house.subscribe(bob, to: sold) }
            #expect(try await house.subscriptions.standing(of: bound, by: bob).agreements == [.data, .service])
            let data = try await house.published("data", kind: .dataset, of: ada, reviewer: root)
            await #expect(throws: SubscriptionError.unsupported) { try await house.subscribe(bob, to: data) }

            let gated = try await house.published(
                "gated",
                form: MarketHouse.form { $0.isGated = true },
                of: ada,
                reviewer: root
            )
            await #expect(throws: AccessError.self) { try await house.subscribe(bob, to: gated) }
            try await house.hub.accessRequests.grant("bob", of: gated, by: ada)
            try await house.subscribe(bob, to: gated)

            let page = try await house.subscriptions.mine(limit: 2, by: bob)
            let rest = try await house.subscriptions.mine(before: page.next, by: bob)
            #expect(page.items.count == 2 && rest.items.count == 1 && rest.next == nil)
            #expect(try await house.subscriptions.mine(kind: .algorithm, by: bob).items.map(\.name.name) == ["bound"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the agreements are ticked each time, and each time is on record`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob) = (try await house.person("ada"), try await house.person("bob"))
            let first = try await house.published("first", of: ada, reviewer: ada)
            let second = try await house.published("second", of: ada, reviewer: ada)
            try await house.market.agreements.accept([.data, .service], by: bob)
            for repo in [first, second] {
                await #expect(throws: AgreementError.notAccepted([.data, .service])) {
                    try await house.subscriptions.subscribe(to: repo, by: bob)
                }
                await #expect(throws: AgreementError.notAccepted([.service])) {
                    try await house.subscriptions.subscribe(to: repo, accepting: [.data], by: bob)
                }
                try await house.subscribe(bob, to: repo)
            }
            let ticks = try await database.read { db in
                try db.values(
                    String.self,
                    """
                    SELECT t.occasion || ' ' || t.kind || ' ' || COALESCE(r.name, '-') FROM agreement_ticks t
                    JOIN accounts a ON a.id = t.account LEFT JOIN repositories r ON r.id = t.repo
                    WHERE a.name = 'bob' ORDER BY 1
                    """
                )
            }
            #expect(
                ticks.sorted() == [
                    " data -", " service -", "subscribing data first", "subscribing data second",
                    "subscribing service first", "subscribing service second",
                ]
            )
        }
    }

    @Test(arguments: TestDatabase.all)
    func `whoever cancelled is told to come back, and whose time is over begins anew when the limit is lifted`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob, eve) = (
                try await house.person("ada"), try await house.person("bob"), try await house.person("eve")
            )
            let form = MarketHouse.form { $0.freeUseDays = 2 }
            let repo = try await house.published(form: form, of: ada, reviewer: ada)
            for person in [bob, eve] { try await house.subscribe(person, to: repo) }
            _ = try await house.subscriptions.cancel(repo, by: eve)
            await #expect(throws: SubscriptionError.cancelled) { try await house.subscribe(eve, to: repo) }
            house.clock.advance(by: .seconds(86_400 * 2))
            try await house.subscriptions.tend()
            #expect(await !house.may(.readFiles, repo, bob))
            for person in [bob, eve] {
                await #expect(throws: SubscriptionError.over) { try await house.subscribe(person, to: repo) }
                await #expect(throws: SubscriptionError.over) { try await house.subscriptions.renew(repo, by: person) }
                #expect(try await !house.subscriptions.standing(of: repo, by: person).maySubscribe)
            }

            _ = try await house.publishing.change(repo, MarketHouse.form(), by: ada)
            #expect(try await house.subscriptions.standing(of: repo, by: bob).maySubscribe)
            let anew = try await house.subscribe(bob, to: repo)
            #expect(anew.state == .active && anew.until == nil)
            #expect(try await house.subscriptions.recover(repo, by: eve).until == nil)
            #expect(try await house.subscriptions.standing(of: repo, by: bob).count == 2)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `one reminder for each period, none where it renews by itself`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database, policy: .automatic)
            let (ada, bob) = (try await house.person("ada"), try await house.person("bob"))
            let form = MarketHouse.form { $0.freeUseDays = 10 }
            let repo = try await house.published(form: form, of: ada, reviewer: ada)
            let renewing = MarketHouse.form { ($0.freeUseDays, $0.renews) = (10, true) }
            let other = try await house.published("other", form: renewing, of: ada, reviewer: ada)
            for asset in [repo, other] { try await house.subscribe(bob, to: asset) }
            func told() async throws -> [String] {
                try await database.read { db in
                    try db.values(
                        String.self,
                        """
                        SELECT n.kind FROM notifications n JOIN accounts a ON a.id = n.account
                        WHERE a.name = 'bob' ORDER BY n.kind
                        """
                    )
                }
            }
            for (days, count) in [(6, 0), (1, 1), (1, 1), (1, 1)] {
                house.clock.advance(by: .seconds(86_400 * days))
                for _ in 0..<2 { try await house.subscriptions.tend() }
                #expect(try await told().count == count, "after \(days) more")
            }
            house.clock.advance(by: .seconds(86_400))
            try await house.subscriptions.tend()
            #expect(try await told() == ["subscription-expired", "subscription-expiring"])
            let next = try #require(try await house.subscriptions.standing(of: other, by: bob).subscription)
            #expect(next.renewals == 1 && next.daysLeft(at: house.clock.now) == 10)

            // What renews begins no other period while it is off the shelf.
            _ = try await house.publishing.take(.delist, of: other, by: ada)
            house.clock.advance(by: .seconds(86_400 * 10))
            try await house.subscriptions.tend()
            #expect(await !house.may(.readFiles, other, bob))
            _ = try await house.publishing.take(.list, of: other, by: ada)
            #expect(try await house.subscriptions.renew(other, by: bob).daysLeft(at: house.clock.now) == 10)
            #expect(await house.may(.readFiles, other, bob))
        }
    }
}
