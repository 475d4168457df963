import Foundation
import GalleryDatabase
import GalleryHub
import GalleryModel
import GalleryTesting
import GalleryServing
import Testing

@testable import GalleryMarket

struct ExportsTests {
    private static func text(_ export: AssetExport, _ exports: Exports, by viewer: Viewer) async throws -> String {
        let pieces = try await exports.begin(export, by: viewer)
        var text = pieces.head
        var place = ""
        while let (piece, next) = try await pieces.piece(after: place) {
            text += piece
            place = next
        }
        return text
    }

    @Test(arguments: TestDatabase.all)
    func `administrators get every asset on a line, and it is written down`(_ kind: TestDatabase) async throws {
        try await kind.runMarket { database in
            let files = try TestFiles(database)
            let ada = try await files.identity.person("ada")
            let root = try await files.identity.person("root", role: .admin)
            try await files.repository("one", visibility: .owner, of: ada)
            try await files.repository("two", kind: .dataset, of: ada)
            let exports = Exports(database: database, world: files.world)
            let csv = try await Self.text(AssetExport(format: .csv), exports, by: root)
            let lines = csv.split(whereSeparator: \.isNewline)
            #expect(lines.count == 3)
            #expect(lines[0].hasPrefix("\u{FEFF}id,kind,name,"))
            #expect(csv.contains(",model,ada/one,") && csv.contains(",dataset,ada/two,"))
            let jsonl = try await Self.text(
                AssetExport(format: .jsonl, kind: .dataset, owner: "ADA"),
                exports,
                by: root
            )
            let lineCount = jsonl.split(separator: "\n").count
            #expect(lineCount == 1)
            let object = try JSONSerialization.jsonObject(with: Data(jsonl.utf8)) as? [String: Any]
            #expect(object?["name"] as? String == "ada/two")
            #expect(object?["ownerId"] as? String == "ur10001")
            #expect(object?["state"] as? String == "published" && object?["publishedAt"] == nil)
            #expect(["views", "downloads", "favourites", "subscriptions"].allSatisfy { object?[$0] as? Int == 0 })
            #expect(try await exports.past(by: root).count == 2)
        }
    }

    @Test(arguments: TestDatabase.all, [SiteRole.user, .reviewer])
    func `nobody else exports`(_ kind: TestDatabase, _ role: SiteRole) async throws {
        try await kind.runMarket { database in
            let files = try TestFiles(database)
            let viewer = try await files.identity.person("someone", role: role)
            let root = try await files.identity.person("root", role: .admin)
            let exports = Exports(database: database, world: files.world)
            await #expect(throws: Problem.notYours) { try await exports.begin(AssetExport(format: .csv), by: viewer) }
            await #expect(throws: Problem.notYours) { try await exports.past(by: viewer) }
            await #expect(throws: Problem.signInFirst) {
                try await exports.begin(AssetExport(format: .csv), by: .visitor)
            }
            let narrow = Viewer(account: root.account, scope: .write)
            await #expect(throws: Problem.self) {
                try await exports.begin(AssetExport(format: .csv), by: narrow)
            }
            await #expect(throws: AccountError.unknown("nobody")) {
                try await exports.begin(AssetExport(format: .csv, owner: "nobody"), by: root)
            }
        }
    }

    @Test(arguments: [
        ("=1+1", "\"'=1+1\""), ("+49", "\"'+49\""), ("-2", "\"'-2\""), ("@SUM", "\"'@SUM\""), ("＝1", "\"'＝1\""),
        ("\tx", "\"'\tx\""), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), ("名字", "名字"), ("", ""),
    ])
    func `no cell is taken for a formula or breaks its line`(_ text: String, _ cell: String) {
        #expect(CSV.line([text, "x"]) == "\(cell),x\r\n")
    }
}
