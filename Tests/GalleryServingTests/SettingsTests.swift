import Foundation
import GalleryServing
import Testing

struct SettingsTests {
    @Test func `the reference in docs is the one this program prints`() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/settings.md")
        let written = try String(contentsOf: path, encoding: .utf8)
        #expect(written == SettingsReference.markdown(), "run: gallery settings --markdown > docs/settings.md")
    }

    @Test func `every default passes its own check`() {
        for setting in SettingsCatalogue.all {
            var settings = Settings()
            #expect(setting.take(setting.read(settings), &settings) == nil, "\(setting.key)")
            #expect(settings == Settings())
        }
    }

    @Test func `keys and environment names are unique`() {
        #expect(Set(SettingsCatalogue.all.map(\.environmentName)).count == SettingsCatalogue.all.count)
    }

    @Test(arguments: [
        ("server.port", "70000"), ("server.port", "eighty"), ("limits.fileBytes", "5 potatoes"),
        ("limits.fileBytes", "0"),
        ("limits.fileBytes", "99999999 TiB"), ("publishing.policy", "never"), ("server.trustsProxy", "maybe"),
        ("server.publicURL", "gallery.example.org"), ("server.publicURL", "https://a/b"), ("database.url", "mysql://x"),
    ])
    func `a value that makes no sense is refused with a reason`(key: String, value: String) throws {
        var settings = Settings()
        let fault = try #require(SettingsCatalogue.setting(key)).take(.text(value), &settings)
        #expect(fault?.hasPrefix("must ") == true)
        #expect(settings == Settings())
    }

    @Test(
        arguments: [("5 GB", 5_000_000_000), ("512MiB", 512 << 20), ("1000001", 1_000_001), ("7 b", 7)]
            as [(String, Int64)]
    )
    func `sizes are read as people write them`(text: String, bytes: Int64) {
        #expect(ByteCount.parse(text) == bytes)
        #expect(ByteCount.parse(ByteCount.text(bytes)) == bytes)
    }

    @Test func `the password of the database is not shown`() throws {
        var settings = Settings()
        settings.database.url = "postgres://gallery:s3cret@db.example.org/gallery"
        let shown = try #require(SettingsCatalogue.setting("database.url")).shown(in: settings)
        #expect(shown == "postgres://gallery:(hidden)@db.example.org/gallery")
    }
}
