import Foundation
import GalleryClient
import Testing

@testable import gallery_cli

@Suite struct ConfigurationTests {
    private func read(_ text: String, _ environment: [String: String] = [:]) throws -> Configuration {
        try Configuration(ConfigurationFile(text), environment: environment)
    }

    private func faults(_ text: String, _ environment: [String: String] = [:]) -> [String] {
        do {
            _ = try read(text, environment)
            return []
        } catch {
            return (error as? ConfigurationError)?.faults ?? ["\(error)"]
        }
    }

    @Test func `the guide's file is understood`() throws {
        let configuration = try read(
            """
            # IAM相关配置
            iam_url=https://iam.myhuaweicloud.com/v3/auth/tokens
            iam_project=cn-north-7
            iam_timeout=15
            # AK/SK，和账号密码二选一
            Iam_ak={Crypto}abc=
            iam_sk = "s#1"

            repo_url=https://hub.example.com/
            cached_dir=/test
            sdk_encrypt_implementation_func=/path/to/crypt.py.my_encrypt_func
            sdk_decrypt_implementation_func=yourmodule.decrypt_func
            """
        )
        #expect(configuration.iamTimeoutInSeconds == 15)
        #expect(configuration.method == .keyPair(accessKey: .cipher("abc="), secretKey: .plain("s#1")))
        #expect(configuration.address.base == "https://hub.example.com")
        #expect(configuration.cachedDir == "/test")
        #expect(configuration.encrypt?.module == "/path/to/crypt.py")
        #expect(configuration.encrypt?.function == "my_encrypt_func")
        #expect(configuration.decrypt?.module == "yourmodule")
    }

    @Test func `without a file the gallery of this machine is meant`() throws {
        let plain = try read("")
        #expect(plain.address.base == "http://localhost:8080")
        #expect(plain.iamURL == "http://localhost:8080/v3/auth/tokens")
        #expect(plain.iamTimeoutInSeconds == 5)
        #expect(plain.method == nil)
        let hub = try read("", ["HF_ENDPOINT": "http://hub:1/", "HF_TOKEN": "hf_x", "XDG_CACHE_HOME": "/c"])
        #expect(hub.address.base == "http://hub:1")
        #expect(hub.environmentToken == "hf_x")
        #expect(hub.cachedDir == "/c/gallery")
    }

    @Test func `a token of the environment is not shown to another hub`() throws {
        let other = try read("repo_url=http://mine:1", ["HF_TOKEN": "hf_x"])
        #expect(other.environmentToken == nil)
        let same = try read("repo_url=http://mine:1", ["HF_TOKEN": "hf_x", "HF_ENDPOINT": "http://mine:1/"])
        #expect(same.environmentToken == "hf_x")
    }

    @Test func `all faults are told at once`() {
        let found = faults(
            """
            iam_timeout=soon
            repo_url=localhost
            iam_user=ada
            iam_ak=a
            iam_sk={Crypto}x
            nonsense
            iam_ak=b
            sdk_encrypt_implementation_func=oops
            """
        )
        for part in ["iam_timeout", "repo_url", "not both", "Line 6", "set twice, on lines 4 and 7", "sdk_encrypt"] {
            #expect(found.contains { $0.contains(part) }, "nothing about \(part)")
        }
    }

    @Test(arguments: [
        ("iam_user=a\niam_password=b", "iam_domain"), ("iam_ak=a", "iam_sk"),
        ("iam_ak={Crypto}a\niam_sk=b", "sdk_decrypt"),
        ("iam_url=iam.local", "iam_url"), ("iam_timeout=0", "iam_timeout"),
        ("sdk_encrypt_implementation_func=m.f", "sdk_decrypt_implementation_func"),
        ("sdk_decrypt_implementation_func=a/b.f", "module.function"),
    ]) func `each fault names its setting`(text: String, part: String) {
        let found = faults(text)
        #expect(found.count == 1)
        #expect(found.first?.contains(part) == true)
    }

    @Test func `a misspelt key is a warning`() throws {
        #expect(try read("iam_usr=x").warnings.first?.contains("iam_usr") == true)
    }

    @Test func `the token is kept for its owner and its gallery alone`() throws {
        try withFolder { folder in
            let store = try TokenStore(configuration: read("cached_dir=\(folder)\nrepo_url=http://a:1"))
            try store.save(SignedIn(token: "hf_secret", expiresAt: "2999-01-01T00:00:00.123456Z"))
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/token/token")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try store.token() == "hf_secret")
            let other = try TokenStore(configuration: read("cached_dir=\(folder)\nrepo_url=http://b:1"))
            #expect(try other.token() == nil)
            #expect(throws: ConfigurationError.self) { try store.token(now: .distantFuture) }
            try store.remove()
            #expect(!FileManager.default.fileExists(atPath: folder + "/token"))
            try store.remove()
        }
    }

    @Test func `the token is encrypted by the site's function, which never sees a command line`() throws {
        try withFolder { folder in
            let module = """
                import sys
                def seal(text):
                    print("noise")
                    assert text not in " ".join(sys.argv)
                    return text[::-1]
                def fail(text):
                    raise ValueError("no key")
                """
            try Data(module.utf8).write(to: URL(filePath: folder + "/crypt.py"))
            let lines = ["encrypt", "decrypt"].map { "sdk_\($0)_implementation_func=\(folder)/crypt.py.seal" }
            let store = try TokenStore(configuration: read((lines + ["cached_dir=\(folder)"]).joined(separator: "\n")))
            try store.save(SignedIn(token: "hf_secret", expiresAt: nil))
            let stored = try String(contentsOfFile: folder + "/token/token", encoding: .utf8)
            #expect(!stored.contains("hf_secret") && stored.contains("terces_fh"))
            #expect(try store.token() == "hf_secret")
            let failing = try #require(CryptFunction("\(folder)/crypt.py.fail"))
            #expect(throws: ConfigurationError(["\(folder)/crypt.py.fail failed: ValueError: no key"])) {
                try failing("x")
            }
        }
    }

    @Test func `paths are made absolute`() {
        #expect(Configuration.absolute("/tmp/../test/") == "/test")
        #expect(Configuration.absolute("~/x") == NSHomeDirectory() + "/x")
        #expect(Configuration.absolute("x").hasSuffix("/x"))
    }
}
