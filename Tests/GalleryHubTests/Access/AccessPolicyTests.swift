import GalleryModel
import Testing

@testable import GalleryHub

/// Every viewer × every repository × every action, against the rights written down here in letters.
struct AccessPolicyTests {
    /// What a row promises: one letter per action, in the order see, readCard, readFiles, respond, discuss, write, administer.
    /// `+` yes, `-` invisible, `s` sign in first, `g` gated, `n` not yours, `w` the credential needs the scope write,
    /// `x` disabled, `u` for subscribers, `c` closed code.
    struct Row: CustomTestStringConvertible, Sendable {
        var who: Who
        var repo: Repo
        var rights: String

        var testDescription: String { "\(who) on \(repo)" }
    }

    enum Who: String, CaseIterable, Sendable {
        case visitor, stranger, named, granted, rejected, pending
        case reader, contributor, creator, writer, admin, owner, reviewer, `operator`
        case ownerReading, ownerWriting, ownerBoundHere, ownerBoundElsewhere, strangerReading, writerReading
        case operatorReading, operatorBoundHere
        case subscriber, subscriberReading
        // The workers of the owner's runs: of one that writes here, one that reads here, one that has nothing to do with it.
        case workerWriting, workerReading, workerElsewhere
    }

    enum Repo: String, CaseIterable, Sendable {
        case open, openGated, openAutoGated, named, namedGated, closed, closedGated, disabled
        case reviewed, forSubscribers, codeClosed
    }

    static let rows: [Row] = [
        // A repository for everyone.
        row(.open, "+++nn+n", .workerWriting), row(.open, "+++nnnn", .workerReading, .workerElsewhere),
        row(.open, "+++ssss", .visitor),
        row(.open, "+++++nn", .subscriber, .subscriberReading),
        row(.openGated, "+gg+gnn", .subscriber, .subscriberReading),
        row(.open, "+++++nn", .stranger, .named, .granted, .rejected, .pending, .reader, .contributor, .reviewer),
        row(.open, "++++++n", .writer), row(.open, "+++++++", .creator, .admin, .owner, .operator),
        row(.open, "+++++ww", .ownerReading, .operatorReading), row(.open, "+++++++", .ownerWriting, .ownerBoundHere),
        row(.open, "+++nnnn", .ownerBoundElsewhere), row(.open, "+++++nn", .strangerReading, .operatorBoundHere),
        row(.open, "+++++wn", .writerReading),
        // For everyone to see, its files for those let in.
        row(.openGated, "+ggssss", .visitor),
        row(.openGated, "+gg+gnn", .stranger, .named, .rejected, .pending, .strangerReading, .reviewer),
        row(.openGated, "+++++nn", .granted, .reader, .contributor, .operatorBoundHere),
        row(.openGated, "+++nn+n", .workerWriting), row(.openGated, "+++nnnn", .workerReading),
        row(.openGated, "+ggnnnn", .workerElsewhere), row(.openGated, "++++++n", .writer),
        row(.openGated, "+++++++", .creator, .admin, .owner, .operator),
        row(.openGated, "+++++ww", .ownerReading, .operatorReading),
        row(.openGated, "+++++++", .ownerWriting, .ownerBoundHere), row(.openGated, "+ggnnnn", .ownerBoundElsewhere),
        row(.openGated, "+++++wn", .writerReading),
        // For named users.
        row(.named, "-------", .visitor, .stranger, .granted, .rejected, .pending, .strangerReading, .reviewer),
        row(.named, "+++++nn", .named, .reader, .contributor, .operatorBoundHere), row(.named, "++++++n", .writer),
        row(.named, "+++++++", .creator, .admin, .owner, .operator, .ownerWriting, .ownerBoundHere),
        row(.named, "+++++ww", .ownerReading, .operatorReading), row(.named, "-------", .ownerBoundElsewhere),
        row(.named, "+++++wn", .writerReading), row(.named, "+++nn+n", .workerWriting),
        row(.named, "+++nnnn", .workerReading), row(.named, "-------", .workerElsewhere),
        // For named users, who must be let in as well.
        row(.namedGated, "+gg+gnn", .named), row(.namedGated, "-------", .visitor, .stranger, .granted),
        row(.namedGated, "+++++nn", .reader),
        // For the owner alone; being named or granted does not help.
        row(
            .closed,
            "-------",
            .visitor,
            .stranger,
            .named,
            .granted,
            .rejected,
            .pending,
            .strangerReading,
            .reviewer
        ),
        row(.closed, "+++++nn", .reader, .contributor, .operatorBoundHere), row(.closed, "++++++n", .writer),
        row(.closed, "+++++++", .creator, .admin, .owner, .operator, .ownerWriting, .ownerBoundHere),
        row(.closed, "+++++ww", .ownerReading, .operatorReading), row(.closed, "-------", .ownerBoundElsewhere),
        row(.closed, "+++++wn", .writerReading), row(.closed, "+++nn+n", .workerWriting),
        row(.closed, "+++nnnn", .workerReading), row(.closed, "-------", .workerElsewhere),
        row(.closedGated, "-------", .visitor, .stranger, .named, .granted), row(.closedGated, "+++++nn", .reader),
        row(.closedGated, "+++++++", .owner),
        // A subscription outlives delisting, but passes no gate.
        row(.named, "+++++nn", .subscriber, .subscriberReading),
        row(.closed, "+++++nn", .subscriber, .subscriberReading),
        row(.closedGated, "+gg+gnn", .subscriber), row(.disabled, "xxxxxxx", .subscriber),
        // In review: for reviewers as well.
        row(.reviewed, "-------", .visitor, .stranger, .named, .granted, .rejected, .pending, .strangerReading),
        row(.reviewed, "+++++nn", .reader, .reviewer), row(.reviewed, "+++++++", .owner, .operator),
        row(.reviewed, "-------", .ownerBoundElsewhere),
        // For everyone to see, its files for subscribers.
        row(.forSubscribers, "++ussss", .visitor),
        row(.forSubscribers, "++u++nn", .stranger, .named, .granted, .reviewer),
        row(.forSubscribers, "+++++nn", .subscriber, .subscriberReading, .reader),
        row(.forSubscribers, "+++++++", .owner, .admin, .operator),
        row(.forSubscribers, "++unnnn", .ownerBoundElsewhere),
        // Its code is closed: to subscribers and those let in, too.
        row(.codeClosed, "++cssss", .visitor),
        row(.codeClosed, "++c++nn", .stranger, .named, .granted, .subscriber, .strangerReading, .reviewer),
        row(.codeClosed, "+++++nn", .reader, .contributor), row(.codeClosed, "+++++++", .owner, .operator),
        row(.codeClosed, "++cnnnn", .ownerBoundElsewhere),
        // Withdrawn by an operator: nobody but operators.
        row(.disabled, "xxxxxxx", .visitor, .stranger, .named, .granted, .reader, .writer, .admin, .owner, .reviewer),
        row(.disabled, "xxxxxxx", .operatorBoundHere, .ownerReading), row(.disabled, "+++++++", .operator),
    ].flatMap { $0 }

    private static func row(_ repo: Repo, _ rights: String, _ who: Who...) -> [Row] {
        who.flatMap { who in
            // To be let in by hand or by asking makes no difference to rights.
            let twins: [Repo] = repo == .openGated ? [.openGated, .openAutoGated] : [repo]
            return twins.map { Row(who: who, repo: $0, rights: rights) }
        }
    }

    @Test(arguments: rows)
    func `everyone may do what the table says and nothing else`(_ row: Row) {
        let (viewer, facts) = row.who.on(row.repo)
        let found = RepoAction.allCases.map { action in
            AccessPolicy.refusal(of: action, on: facts, to: viewer).map(Self.letter) ?? "+"
        }
        #expect(found.joined() == row.rights)
    }

    @Test
    func `the table has a line for everyone on the main kinds of repository`() {
        for repo in [Repo.open, .openGated, .openAutoGated, .named, .closed] {
            #expect(Set(Self.rows.filter { $0.repo == repo }.map(\.who)) == Set(Who.allCases), "\(repo)")
        }
    }

    @Test(arguments: [Who.visitor, .stranger])
    func `what is invisible sounds like what does not exist`(_ who: Who) throws {
        let (viewer, facts) = who.on(.closed)
        let error = #expect(throws: AccessError.self) { try AccessPolicy.demand(.see, on: facts, by: viewer) }
        #expect(error?.problem == AccessError.notFound(to: viewer))
        #expect(error?.problem.hubCode == .repoNotFound)
        #expect(error?.problem.kind == (who == .visitor ? .unauthenticated : .missing))
        #expect(error?.problem.detail.contains("tiny") == false)
    }

    @Test
    func `gated and disabled repositories answer in the words that clients compare`() {
        let (stranger, gated) = Who.stranger.on(.openGated)
        let error = #expect(throws: AccessError.self) { try AccessPolicy.demand(.readFiles, on: gated, by: stranger) }
        #expect(error?.problem.hubCode == .gatedRepo)
        #expect(
            error?.problem.detail.hasPrefix(
                "Access to model ada/tiny is restricted and you are not in the authorized list"
            ) == true
        )
        let (owner, disabled) = Who.owner.on(.disabled)
        let refused = #expect(throws: AccessError.self) { try AccessPolicy.demand(.see, on: disabled, by: owner) }
        #expect(refused?.problem.detail == "Access to this resource is disabled.")
    }

    @Test
    func `scopes grow from read over write to admin`() {
        let order = [Scope.read, .write, .admin]
        for (index, scope) in order.enumerated() {
            #expect(order.map { scope.includes($0) } == order.indices.map { $0 <= index })
        }
    }

    @Test(arguments: Who.allCases)
    func `subscribers of what nobody sees reach what they keep, insiders everything`(_ who: Who) {
        for repo in [Repo.open, .closed, .named] {
            let (viewer, facts) = who.on(repo)
            guard AccessPolicy.refusal(of: .see, on: facts, to: viewer) == nil else { continue }
            let isSubscriber = facts.isSubscribed
            let isOutside = isSubscriber || [.visitor, .stranger, .named, .granted, .rejected, .pending].contains(who)
            let reach = AccessPolicy.reach(facts, of: viewer)
            if isSubscriber, repo == .closed {
                #expect(reach == .kept)
            } else if isOutside {
                #expect(reach == .shown)
            } else {
                #expect(reach != .kept, "\(repo)")
            }
        }
    }

    private static func letter(_ refusal: Refusal) -> String {
        switch refusal {
        case .invisible: "-"
        case .signInFirst: "s"
        case .gated: "g"
        case .unsubscribed: "u"
        case .codeClosed: "c"
        case .disabled: "x"
        case .notYours: "n"
        case .scopeTooNarrow(.write): "w"
        case .scopeTooNarrow: "?"
        }
    }
}

extension AccessPolicyTests.Who {
    /// The viewer, and the repository's facts as they are told about this viewer.
    func on(_ repo: AccessPolicyTests.Repo) -> (Viewer, RepoFacts) {
        var facts = RepoFacts(
            id: RepoID("here"),
            kind: .model,
            name: RepoName(owner: "ada", name: "tiny"),
            owner: AccountID("owner"),
            createdBy: AccountID("somebody")
        )
        switch repo {
        case .open: break
        case .openGated: facts.gating = .manual
        case .openAutoGated: facts.gating = .automatic
        case .named: facts.visibility = .named
        case .namedGated: (facts.visibility, facts.gating) = (.named, .manual)
        case .closed: facts.visibility = .owner
        case .closedGated: (facts.visibility, facts.gating) = (.owner, .manual)
        case .disabled: facts.isDisabled = true
        case .reviewed: (facts.visibility, facts.isUnderReview, facts.gating) = (.owner, true, .manual)
        case .forSubscribers: facts.needsSubscription = true
        case .codeClosed: facts.isCodeClosed = true
        }
        var viewer = Viewer(account: Viewer.Account(id: AccountID("me"), name: "me", role: .user))
        switch self {
        case .visitor: viewer = .visitor
        case .stranger: break
        case .strangerReading: viewer.scope = .read
        case .named: facts.isNamed = true
        case .granted: facts.grant = .accepted
        case .rejected: facts.grant = .rejected
        case .pending: facts.grant = .pending
        case .reader: facts.membership = .read
        case .contributor: facts.membership = .contributor
        case .creator: (facts.membership, facts.createdBy) = (.contributor, AccountID("me"))
        case .writer: facts.membership = .write
        case .writerReading: (facts.membership, viewer.scope) = (.write, .read)
        case .admin: facts.membership = .admin
        case .subscriber: facts.isSubscribed = true
        case .subscriberReading: (facts.isSubscribed, viewer.scope) = (true, .read)
        case .owner: facts.owner = AccountID("me")
        case .ownerReading: (facts.owner, viewer.scope) = (AccountID("me"), .read)
        case .ownerWriting: (facts.owner, viewer.scope) = (AccountID("me"), .write)
        case .ownerBoundHere: (facts.owner, viewer.scope, viewer.onlyRepo) = (AccountID("me"), .write, facts.id)
        case .ownerBoundElsewhere: (facts.owner, viewer.onlyRepo) = (AccountID("me"), RepoID("elsewhere"))
        case .workerWriting, .workerReading, .workerElsewhere:
            facts.owner = AccountID("me")
            let me = Viewer.Account(id: AccountID("me"), name: "me", role: .user)
            let product = self == .workerWriting ? facts.id : RepoID("product")
            viewer = .worker(of: me, writes: product, reads: self == .workerReading ? [facts.id] : [])
        case .reviewer: viewer.account?.role = .reviewer
        case .operator: viewer.account?.role = .admin
        case .operatorReading:
            viewer.account?.role = .admin
            viewer.scope = .read
        case .operatorBoundHere:
            viewer.account?.role = .admin
            viewer.onlyRepo = facts.id
        }
        return (viewer, facts)
    }
}
