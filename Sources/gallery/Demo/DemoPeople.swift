import GalleryHub
import GalleryModel

/// The accounts of a gallery that is to be tried out.
struct DemoPeople {
    private static let administratorName = "admin"
    /// Without characters that are easily taken for one another.
    private static let alphabet = Array("abcdefghjkmnpqrstuvwxyz23456789")

    let identity: Identity
    let world: World

    /// The administrator, and a password for it the first time.
    func administrator() async throws -> (account: Account, password: String?) {
        if let account = try await account(Self.administratorName) { return (account, nil) }
        let password = randomPassword()
        let account = try await identity.operators.createUser(
            name: Self.administratorName,
            email: "",
            role: .admin,
            password: password,
            by: nil
        )
        return (account, password)
    }

    /// Makes the accounts that are missing; people among them get no password, so only an operator can act for them.
    func welcome(_ accounts: DemoFolder.Accounts, owner: String) async throws {
        for user in accounts.users where try await account(user.name) == nil {
            _ = try await identity.operators.createUser(name: user.name, email: "", role: .user, password: nil, by: nil)
        }
        for organization in accounts.organizations where try await account(organization.name) == nil {
            _ = try await identity.organizations.create(
                .init(name: organization.name, nickname: organization.nickname),
                owner: owner
            )
        }
    }

    private func account(_ name: String) async throws -> Account? {
        do {
            return try await identity.accounts.account(named: name)
        } catch AccountError.unknown {
            return nil
        }
    }

    /// Four groups of five characters: some 99 bits.
    private func randomPassword() -> String {
        let characters = (0..<20).map { _ -> Character in
            while true {
                // Bytes beyond a whole multiple of the alphabet would favour its beginning.
                if let byte = world.randomBytes(1).first, Int(byte) < 256 / Self.alphabet.count * Self.alphabet.count {
                    return Self.alphabet[Int(byte) % Self.alphabet.count]
                }
            }
        }
        return stride(from: 0, to: 20, by: 5).map { String(characters[$0..<$0 + 5]) }.joined(separator: "-")
    }
}
