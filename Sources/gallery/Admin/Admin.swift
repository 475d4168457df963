import ArgumentParser
import GalleryHub
import GalleryModel
import GalleryServing

/// `gallery admin`
struct Admin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look after accounts, organisations and search; works while the server runs.",
        subcommands: [
            AdminCreateUser.self, AdminCreateToken.self, AdminCreateOrganization.self, AdminListUsers.self,
            AdminDisableUser.self, AdminEnableUser.self, AdminResetPassword.self, AdminSetRole.self,
            AdminReindex.self,
        ]
    )
}

extension SettingsOptions {
    /// Opens the gallery these options name, brought up to date, and closes it after `body`.
    func withIdentity(_ body: (Identity) async throws -> Void) async throws {
        let settings = try await settings().settings
        try await Console.explainingFaults {
            let stores = try Stores(settings)
            do {
                _ = try await stores.migrate(.live)
                let identity = try Identity(
                    database: stores.database,
                    world: .live,
                    keys: stores.folder.keys,
                    rules: Identity.Rules(settings)
                )
                try await body(identity)
            } catch let error as any DomainError {
                try await stores.close()
                Console.complain(error.problem.detail)
                throw ExitCode.failure
            } catch {
                try await stores.close()
                throw error
            }
            try await stores.close()
        }
    }
}

extension SiteRole: ExpressibleByArgument {}
extension Scope: ExpressibleByArgument {}
