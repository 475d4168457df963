import GalleryHub
import GalleryModel
import GalleryServing
import SearchIndex

/// A person or an organisation.
struct PersonPage: Page {
    static let template = "people/person"

    struct Person {
        let path: String
        let name: String
        let avatar: String
        let isOrganization: Bool
    }

    struct Follow {
        let next: String
        let text: String
        let isOn: Bool
    }

    let account: String
    let nickname: String
    let publicID: String
    let avatar: String
    let isOrganization: Bool
    let bio: String?
    let joined: String
    let facts: [String]
    let follow: Follow?
    let signInPath: String?
    let people: [Person]
    let hasPeople: Bool
    let peopleTitle: String
    let tabs: [Tab]
    let rows: [AssetRow]
    let hasRows: Bool
    let emptyText: String
    /// Where the first asset is made, for whom that may be.
    let newPath: String?
    let pager: Pager?

    init(
        _ profile: Profile,
        _ members: [Account],
        _ list: AssetList,
        _ kind: RepoKind?,
        isFirst: Bool,
        _ viewer: Viewer,
        _ reader: Reader
    ) {
        let words = reader.words
        let owner = profile.account
        account = owner.name
        nickname = owner.nickname.isEmpty ? owner.name : owner.nickname
        publicID = owner.publicID
        avatar = owner.avatarPath(.large)
        isOrganization = owner.kind == .organization
        bio = owner.bio.isEmpty ? nil : owner.bio
        joined = words.say("people.joined", ["day": Formats.day(owner.createdAt)])
        facts =
            [words.say("people.followers", count: profile.followers)]
            + (isOrganization
                ? [words.say("people.members", count: profile.members)]
                : [words.say("people.following", count: profile.following)])
        let isSelf = viewer.account?.id == owner.id
        let isOn = profile.isFollowedByViewer
        follow =
            viewer.account == nil || isSelf
            ? nil
            : Follow(next: isOn ? "0" : "1", text: words.say(isOn ? "people.unfollow" : "people.follow"), isOn: isOn)
        signInPath = viewer.account == nil ? "/login?next=/\(owner.name)" : nil
        people = (isOrganization ? members : profile.organizations).map {
            Person(
                path: "/\($0.name)",
                name: $0.nickname.isEmpty ? $0.name : $0.nickname,
                avatar: $0.avatarPath(.small),
                isOrganization: $0.kind == .organization
            )
        }
        hasPeople = !people.isEmpty
        peopleTitle = words.say(isOrganization ? "people.membersTitle" : "people.organizations")
        let path = { (kind: RepoKind?) in "/\(owner.name)" + (kind.map { "?kind=\($0.rawValue)" } ?? "") }
        let counts = (list.facets[.kind] ?? []).reduce(into: [:]) { $0[$1.text] = $1.count }
        let all = Tab(
            words.say("discovery.kinds.all"),
            path(nil),
            count: reader.formats.number(counts.values.reduce(0, +)),
            isCurrent: kind == nil
        )
        tabs =
            [all]
            + PeoplePages.kinds.filter { counts[$0.rawValue] != nil || $0 == kind }.map { other in
                Tab(
                    reader.kinds(other),
                    path(other),
                    count: reader.formats.number(counts[other.rawValue] ?? 0),
                    isCurrent: other == kind
                )
            }
        rows = list.assets.map { AssetRow($0, showsKind: kind == nil, reader) }
        hasRows = !rows.isEmpty
        newPath = isSelf ? "/new" + (kind.map { "?kind=\($0.rawValue)" } ?? "") : nil
        emptyText = words.say(isSelf ? "people.none.self" : "people.none")
        pager = Pager(
            first: isFirst ? nil : path(kind),
            next: list.next.map { path(kind) + (kind == nil ? "?" : "&") + "cursor=\(PercentEncoding.encode($0))" }
        )
    }
}
