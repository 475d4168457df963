import GalleryHub
import GalleryModel

/// Who may do what with compute and money: one's own with any credential for all one's assets, the rest as an administrator.
enum ComputeRights {
    /// Demands an administrator with a session, or with a token for everything; answers the account.
    @discardableResult
    static func mustOperate(_ viewer: Viewer) throws -> Viewer.Account {
        let account = try viewer.mustManageAccount()
        guard account.role == .admin else { throw Problem.notYours }
        return account
    }

    /// Money is the account's as a whole, so a credential for one asset is not enough.
    static func mustBeWhole(_ viewer: Viewer, _ scope: Scope = .read) throws -> Viewer.Account {
        let account = try viewer.mustBeSignedIn()
        guard viewer.onlyRepo == nil, viewer.scope.includes(scope) else { throw Problem.notYours }
        return account
    }
}
