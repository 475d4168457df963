import Foundation
import GalleryDatabase
import GalleryModel
import GalleryTesting
import Testing

@testable import GalleryHub

struct SecretsTests {
    private func withFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "gallery-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }

    @Test
    func `what is sealed opens with the key file, which others cannot read`() async throws {
        try await withFolder { folder in
            let sealed = try SecretBox(folder: folder, world: .live).seal("secret 秘密", world: .live)
            #expect(try SecretBox(folder: folder, world: .live).open(sealed) == "secret 秘密")
            let path = folder.appending(path: "secrets.key").path
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["secrets.key"])
        }
    }

    @Test
    func `another key, damage and a file that others may read are told apart`() async throws {
        try await withFolder { folder in
            let box = try SecretBox(folder: folder, world: .live)
            var sealed = box.seal("secret", world: .live)
            let foreign = try await withFolder { try SecretBox(folder: $0, world: .live) }
            #expect(throws: SecretBox.Fault.otherKey) { try foreign.open(sealed) }
            sealed[sealed.count - 1] ^= 1
            #expect(throws: SecretBox.Fault.damaged) { try box.open(sealed) }
            for short in [0, 4, 10, 28, 43] {
                #expect(throws: SecretBox.Fault.self) { try box.open(Array(sealed.prefix(short))) }
            }
            let path = folder.appending(path: "secrets.key").path
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            #expect(throws: SecretBox.Fault.tooOpen(path: path)) { try SecretBox(folder: folder, world: .live) }
        }
    }

    @Test
    func `passwords are Argon2id with a salt of their own`() async throws {
        let hasher = PasswordHasher(cost: .least)
        let hash = try await hasher.hash("pass\u{0}word 密码")
        #expect(hash.hasPrefix("$argon2id$"))
        #expect(try await hasher.hash("pass\u{0}word 密码") != hash)
        #expect(try await hasher.verify("pass\u{0}word 密码", against: hash))
        #expect(try await !hasher.verify("pass", against: hash))
        #expect(try await !hasher.verify("", against: nil))
        #expect(try await !hasher.verify("x", against: "no hash"))
    }

    @Test
    func `people who sign in at the same time all get an answer`() async throws {
        let hasher = PasswordHasher(cost: .least, lanes: 2)
        let hash = try await hasher.hash("password")
        let fits = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { try await hasher.verify("password", against: hash) } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(fits == 50)
    }

    @Test
    func `drawn texts use every letter about equally`() {
        let text = Secret.alphanumeric(62_000, world: .live)
        let counts = Dictionary(grouping: text, by: { $0 }).mapValues(\.count)
        #expect(counts.count == 62)
        #expect(counts.values.allSatisfy { (800...1200).contains($0) })
    }

    @Test(arguments: TestDatabase.all)
    func `a key pair signs in by both keys, and its secret is sealed`(_ kind: TestDatabase) async throws {
        try await withFolder { folder in
            try await kind.run { database in
                let identity = try Identity.testing(database, world: .fixed(), keys: folder)
                let ada = try await identity.person("ada")
                let issued = try await identity.keyPairs.create(name: "laptop", by: ada)
                let (access, secret) = (issued.pair.accessKey, issued.secretKey)
                #expect(access.count == 20 && secret.count == 40)
                let stored = try await database.read {
                    try $0.values([UInt8].self, "SELECT sealed_secret FROM key_pairs")
                }
                #expect(!String(decoding: stored.joined(), as: UTF8.self).contains(secret))
                let known = try await identity.keyPairs.holder(accessKey: access, secretKey: secret, from: "a")
                #expect(known?.name == "ada")
                #expect(
                    try await identity.keyPairs.holder(accessKey: access, secretKey: secret + "x", from: "a") == nil
                )
                #expect(try await identity.keyPairs.holder(accessKey: "X", secretKey: secret, from: "a") == nil)
                let bob = try await identity.person("bob")
                await #expect(throws: KeyPairError.unknown) { try await identity.keyPairs.delete(access, by: bob) }
                try await identity.keyPairs.delete(access, by: ada)
                #expect(try await identity.keyPairs.holder(accessKey: access, secretKey: secret, from: "a") == nil)
            }
        }
    }
}
