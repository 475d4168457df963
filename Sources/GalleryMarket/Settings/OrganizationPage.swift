import GalleryHub
import GalleryModel
import GalleryServing

/// `/settings/organizations`
struct OrganizationsPage: Page {
    static let template = "settings/organizations"
    static let fields = [
        "account-name-invalid": "name", "account-name-reserved": "name", "account-name-taken": "name",
        "organization-limit": "name", "nickname-invalid": "nickname", "words-refused": "nickname",
    ]

    struct Entry {
        let name: String
        let nickname: String?
        let avatar: String
        let role: String
        let path: String
    }

    let menu: [SideEntry]
    let organizations: [Entry]
    let isOpen: Bool
    let name: FormField
    let nickname: FormField
    let isPrivate: Bool
}

/// `/settings/organizations/NAME`
struct OrganizationPage: Page {
    static let template = "settings/organization"
    static let fields = [
        "nickname-invalid": "nickname", "words-refused": "nickname", "bio-too-long": "bio",
        "account-not-found": "member", "account-not-a-person": "member", "role-unknown": "member",
        "organization-last-admin": "members", "membership-not-found": "members",
    ]

    struct Member {
        let organization: String
        let name: String
        let nickname: String?
        let avatar: String
        let role: String
        let roles: [FormChoice]
        let isViewer: Bool
    }

    let menu: [SideEntry]
    let name: String
    let publicID: String
    let avatar: String
    let hasPicture: Bool
    let mayAdminister: Bool
    let isMember: Bool
    let nickname: FormField
    let bio: FormField
    let isPrivate: Bool
    let members: [Member]
    let membersError: String?
    let member: FormField
    let roles: [FormChoice]

    init(
        _ account: Account,
        members: [MemberEntry],
        viewer: Viewer.Account,
        mayAdminister: Bool,
        _ form: QueryParameters,
        _ fault: FormFault?,
        _ context: GalleryContext
    ) {
        let choices = { (chosen: String) in
            OrganizationRole.allCases.map {
                FormChoice($0.rawValue, context.say("role.\($0.rawValue)"), isChosen: $0.rawValue == chosen)
            }
        }
        menu = SettingsMenu.entries("organizations", context)
        name = account.name
        publicID = account.publicID
        avatar = account.avatarPath(.large)
        hasPicture = !account.picture.isEmpty
        self.mayAdminister = mayAdminister
        isMember = members.contains { $0.account.id == viewer.id }
        nickname = FormField(form["nickname"] ?? account.nickname, error: fault?.error(at: "nickname"))
        bio = FormField(form["bio"] ?? account.bio, error: fault?.error(at: "bio"))
        isPrivate = account.isPrivateByDefault
        membersError = fault?.error(at: "members")
        member = FormField(form["member"] ?? "", error: fault?.error(at: "member"))
        roles = choices(form["role"] ?? "write")
        self.members = members.map { entry in
            Member(
                organization: account.name,
                name: entry.account.name,
                nickname: entry.account.nickname == entry.account.name ? nil : entry.account.nickname,
                avatar: entry.account.avatarPath(.small),
                role: context.say("role.\(entry.role.rawValue)"),
                roles: choices(entry.role.rawValue),
                isViewer: entry.account.id == viewer.id
            )
        }
    }
}
