import ArgumentParser
import GalleryHub
import GalleryModel

/// `gallery admin list-users`: one account a line, its fields separated by tabs.
struct AdminListUsers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list-users",
        abstract: "List people's accounts: ID, name, role, state, e-mail."
    )

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await options.withIdentity { identity in
            var last = ""
            while true {
                let page = try await identity.operators.accounts(of: .user, after: last, limit: 1000, by: nil)
                for account in page {
                    let state = account.isDisabled ? "disabled" : "active"
                    let fields = [account.publicID, account.name, account.role.rawValue, state, account.email]
                    Console.say(fields.joined(separator: "\t"))
                }
                guard page.count == 1000, let end = page.last else { return }
                last = end.name
            }
        }
    }
}
