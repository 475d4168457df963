import Foundation
import GalleryDatabase
package import GalleryModel

/// Key pairs of one's own.
package struct KeyPairs: Sendable {
    let database: any Database
    let world: World
    let box: SecretBox
    let guesses: Guesses

    private static let most = 20
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)

    /// Makes a pair, whose secret key is shown this once.
    package func create(name: String, by viewer: Viewer) async throws -> IssuedKeyPair {
        let me = try viewer.mustManageAccount()
        let name = name.trimmingCharacters(in: .whitespaces)
        guard (1...64).contains(name.count), name.utf8.count <= 256, !name.unicodeScalars.contains(where: \.isControl)
        else {
            throw KeyPairError.invalidName
        }
        let accessKey = String(decoding: Secret.draw(20, from: Self.alphabet, world: world), as: UTF8.self)
        let secretKey = Secret.alphanumeric(40, world: world)
        let sealed = box.seal(secretKey, world: world)
        let pair = try await database.write { [world] db in
            guard try db.keyPairs(of: me.id).count < Self.most else { throw KeyPairError.tooMany }
            try db.insertKeyPair(accessKey, of: me.id, name: name, sealed: sealed, at: world.now())
            try db.audit("key.create", on: accessKey, by: me.id, detail: ["name": name], world: world)
            return try db.keyPair(accessKey)
        }
        guard let pair else { throw KeyPairError.unknown }
        return IssuedKeyPair(pair: pair, secretKey: secretKey)
    }

    package func list(by viewer: Viewer) async throws -> [KeyPair] {
        let me = try viewer.mustManageAccount()
        return try await database.read { try $0.keyPairs(of: me.id) }
    }

    package func delete(_ accessKey: String, by viewer: Viewer) async throws {
        let me = try viewer.mustManageAccount()
        try await database.write { [world] db in
            guard let pair = try db.keyPair(accessKey), pair.account == me.id else { throw KeyPairError.unknown }
            try db.deleteKeyPair(accessKey)
            try db.audit("key.delete", on: accessKey, by: me.id, detail: ["name": pair.name], world: world)
        }
    }

    /// The account a pair belongs to; nil unless both keys fit and the account may sign in.
    func holder(accessKey: String, secretKey: String, from address: String) async throws -> Account? {
        guard accessKey.utf8.count <= 64, secretKey.utf8.count <= 128 else { return nil }
        let attempt = Guesses.Attempt.signIn(account: "key \(accessKey)", address: address)
        try await guesses.begin(attempt)
        let found = try await database.read { db -> (KeyPair, Account?)? in
            guard let pair = try db.keyPair(accessKey) else { return nil }
            return (pair, try db.account(pair.account))
        }
        guard let (pair, account) = found, let account, account.maySignIn else { return nil }
        guard Secret.equal(try box.open(pair.sealedSecret).utf8, secretKey.utf8) else { return nil }
        try await guesses.forgive(attempt)
        let now = world.now()
        try await database.write { try $0.noteKeyPairUse(accessKey, at: now) }
        return account
    }
}
