import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryMarket

/// Every use case × everybody, against the rights written down here in letters.
struct MarketRightsTests {
    /// One letter per use case: `+` allowed (whatever else speaks against it), `-` invisible, `s` sign in first, `n` not
    /// yours, `w` the credential is too narrow. Four groups: an asset that is published (standing, form, history, change,
    /// papers, add version, edit version, take it offline, relate, list, mark, delete, subscribe), one in review (standing,
    /// decide, findings, withdraw), one delisted (standing, subscribe), the site (queue, words, agreements).
    private static let table: KeyValuePairs<String, String> = [
        "visitor": "+ssssssssssss ---- -- sss",
        "stranger": "+nnnnnnnnnnn+ ---- -- nnn",
        "named": "+nnnnnnnnnnn+ ---- -- nnn",
        "granted": "+nnnnnnnnnnn+ ---- -- nnn",
        "subscriber": "+nnnnnnnnnnn+ ---- ++ nnn",
        "reader": "+nnnnnnnnnnn+ +nnn ++ nnn",
        "contributor": "+nnnnnnnnnnn+ +nnn ++ nnn",
        "writer": "+nnnnnnnnnnn+ +nnn ++ nnn",
        "leader": "++++++++++n++ +nn+ ++ nnn",
        "creator": "++++++++++n++ +nn+ ++ nnn",
        "creator reading": "+wwwwwwwwwnw+ +nnw ++ nnn",
        "creator bound elsewhere": "+nnnnnnnnnnnn ---- -- nnn",
        // A version of the published asset waits for reviewers by then.
        "reviewer": "+n+nnnnnnnnn+ +++n -- ++n",
        "reviewer reading": "+nnnnnnnnnnn+ +nnn -- nnn",
        "root": "+++++++++++++ ++++ ++ +++",
        "root bound here": "+nnnnnnnnnnn+ ---- -- nnn",
    ]

    @Test(arguments: TestDatabase.all)
    func `everybody may do what the table says and nothing else`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let house = try await MarketHouse(database)
            let ground = try await RightsGround(house)
            for (who, rights) in Self.table {
                let viewer = try #require(ground.viewer(who))
                var found = ""
                for (index, use) in ground.uses(by: viewer).enumerated() {
                    if [13, 17, 19].contains(index) { found += " " }
                    found += await Self.letter(use)
                }
                #expect(found == rights, "\(who)")
            }
        }
    }

    private static func letter(_ use: () async throws -> Void) async -> String {
        do {
            try await use()
            return "+"
        } catch let error as any DomainError {
            return switch error.problem.code {
            case "repository-not-found": "-"
            case "sign-in-first": "s"
            case "not-yours": "n"
            case "scope-too-narrow": "w"
            case "access-gated": "g"
            default: "+"
            }
        } catch {
            return "?"
        }
    }
}

/// Three assets of an organisation, and everybody who may have to do with them.
private struct RightsGround {
    let house: MarketHouse
    let (shown, reviewed, gone): (RepoID, RepoID, RepoID)
    private var people: [String: Viewer] = [:]

    init(_ house: MarketHouse) async throws {
        self.house = house
        for name in [
            "stranger", "named", "granted", "subscriber", "reader", "contributor", "writer", "leader", "creator",
        ] {
            people[name] = try await house.person(name)
        }
        people["reviewer"] = try await house.person("reviewer", role: .reviewer)
        people["root"] = try await house.person("root", role: .admin)
        people["visitor"] = .visitor
        try await house.organization(
            "lab",
            of: "leader",
            members: ["reader": .read, "contributor": .contributor, "creator": .contributor, "writer": .write]
        )
        let (creator, reviewer) = (people["creator"] ?? .visitor, people["reviewer"] ?? .visitor)
        shown = try await house.asset("shown", owner: "lab", of: creator)
        gone = try await house.asset("gone", owner: "lab", of: creator)
        reviewed = try await house.asset("reviewed", owner: "lab", of: creator)
        for repo in [shown, gone] {
            try await house.send(repo, by: creator)
            _ = try await house.publishing.decide(repo, approve: true, by: reviewer)
            try await house.subscribe(people["subscriber"] ?? .visitor, to: repo)
        }
        _ = try await house.publishing.take(.delist, of: gone, by: creator)
        let form = MarketHouse.form {
            ($0.visibility, $0.named) = (.named, ["named"])
            ($0.isGated, $0.granted) = (true, ["granted"])
        }
        try await house.send(reviewed, form, by: creator)
    }

    func viewer(_ who: String) -> Viewer? {
        let words = who.split(separator: " ", maxSplits: 1)
        guard var viewer = words.first.flatMap({ people[String($0)] }) else { return nil }
        switch words.dropFirst().first {
        case "reading": viewer.scope = .read
        case "bound elsewhere": viewer.onlyRepo = RepoID("elsewhere")
        case "bound here": viewer.onlyRepo = shown
        default: break
        }
        return viewer
    }

    func uses(by viewer: Viewer) -> [() async throws -> Void] {
        uses(of: shown, by: viewer) + reviewing(by: viewer) + [
            { _ = try await house.publishing.standing(of: gone, by: viewer) },
            { _ = try await house.subscriptions.subscribe(to: gone, by: viewer) },
            { _ = try await house.publishing.queue(by: viewer) },
            { _ = try await house.market.words.list(nil, by: viewer, in: house.database) },
            {
                let text = Agreement.Text(title: "T", body: "B")
                _ = try await house.market.agreements.edit(.data, chinese: text, english: text, by: viewer)
            },
        ]
    }

    private func uses(of repo: RepoID, by viewer: Viewer) -> [() async throws -> Void] {
        let (publishing, versions) = (house.publishing, house.market.versions)
        return [
            { _ = try await publishing.standing(of: repo, by: viewer) },
            { _ = try await publishing.form(of: repo, by: viewer) },
            { _ = try await publishing.history(of: repo, by: viewer) },
            { _ = try await publishing.change(repo, MarketHouse.form(), by: viewer) },
            { try await publishing.setPapers([], of: repo, by: viewer) },
            { _ = try await versions.add("1.0.0", Versions.Words(), to: repo, by: viewer) },
            { _ = try await versions.edit("9.9.9", Versions.Words(), of: repo, by: viewer) },
            { _ = try await versions.takeOffline("9.9.9", of: repo, by: viewer) },
            { _ = try await house.market.relations.relate(repo, to: "nothing", by: viewer) },
            { _ = try await publishing.take(.list, of: repo, by: viewer) },
            { _ = try await publishing.mark(repo, by: viewer) },
            { try await publishing.delete(repo, confirming: "", by: viewer) },
            { _ = try await house.subscriptions.subscribe(to: repo, by: viewer) },
        ]
    }

    private func reviewing(by viewer: Viewer) -> [() async throws -> Void] {
        [
            { _ = try await house.publishing.standing(of: reviewed, by: viewer) },
            { _ = try await house.publishing.decide(reviewed, approve: false, by: viewer) },
            { _ = try await house.publishing.findings(in: reviewed, by: viewer) },
            { _ = try await house.publishing.take(.list, of: reviewed, by: viewer) },
        ]
    }
}
