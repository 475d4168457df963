import GalleryHub
import GalleryModel

/// The gate of the operations console.
enum Administrators {
    /// Demands an administrator with a session, or with a token for everything; answers the account.
    @discardableResult
    static func demand(_ viewer: Viewer) throws -> Viewer.Account {
        let account = try viewer.mustManageAccount()
        guard account.role == .admin else { throw Problem.notYours }
        return account
    }
}
