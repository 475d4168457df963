package import GalleryHub
package import GalleryModel
package import GalleryServing

/// What of the market must be there before the hub is built: its say in the life of repositories.
package struct MarketGround: Sendable {
    package let words: Words
    let publishing: PublishingRules
    let growth: GrowthRewards
    let program: RunningProgram
    /// What administrators may change while the gallery runs.
    package let inForce: SettingsInForce

    package init(settings: Settings, world: World, program: RunningProgram? = nil) {
        self.program = program ?? RunningProgram(version: "development", startedAt: world.now())
        inForce = SettingsInForce(settings, sources: self.program.sources)
        let inForce = inForce
        words = Words(world: world)
        growth = GrowthRewards(settings: settings.growth, world: world)
        publishing = PublishingRules(
            policyNow: { inForce.current.publishing.policy },
            onlyWidens: settings.publishing.visibilityOnlyWidens,
            words: words,
            growth: growth,
            world: world
        )
    }

    package var additions: HubAdditions {
        let (words, publishing) = (words, publishing)
        var additions = HubAdditions()
        additions.life.place = { wish, db in try publishing.place(wish, db) }
        additions.life.check = { texts, db in try words.check(texts.map { .init("text", $0) }, db) }
        additions.life.mayDelete = { repo, db in
            let count = try db.subscribers(of: repo).count
            guard count == 0 else { throw SubscriptionError.hasSubscribers(count) }
        }
        additions.mayAsk = { facts, account, db in
            guard try !Agreements.isComplete(.applying, by: account.id, db) else { return }
            throw AgreementError.beforeAsking(page: try db.applicationPage(of: facts.id))
        }
        additions.observers = [{ move, db in try publishing.note(move, db) }]
        let inForce = inForce
        additions.isSignUpOpen = { inForce.current.identity.allowsSignUp }
        return additions
    }
}
